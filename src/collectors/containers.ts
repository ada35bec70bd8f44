import { parseDockerContainer, parseDockerContainerList } from "../parsers/docker-containers.ts";
import { factFrom } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";
import { askObjects } from "./docker-objects.ts";
import { withoutDocker } from "./without-docker.ts";

/** All containers, running or not. A host whose daemon does not run has none to tell of. */
export const containers = defineCollector({
  fact: "containers",
  title: "Containers, their endpoints and published ports",
  reads: [
    {
      what: "GET /containers/json?all=1",
      needs: ["group docker"],
      withoutIt: "all containers",
      loses: "fact",
    },
    {
      what: "GET /containers/{id}/json",
      needs: ["group docker"],
      withoutIt: "endpoints and published ports of containers",
      loses: "fact",
    },
  ],
  needs: ["dockerDaemon"],
  async collect(host, { now, facts }) {
    if (facts.dockerDaemon.state !== "running") return withoutDocker(facts.dockerDaemon);
    const answer = await askObjects(host, {
      list: { kind: "docker", path: "/containers/json?all=1" },
      listParser: parseDockerContainerList,
      one: (id) => ({ kind: "docker", path: `/containers/${id}/json` }),
      parser: parseDockerContainer,
    });
    return factFrom(answer, now);
  },
});
