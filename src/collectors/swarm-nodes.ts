import { known } from "../model/facts.ts";
import { parseDockerNodes } from "../parsers/docker-nodes.ts";
import { askFact } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";
import { withoutDocker } from "./without-docker.ts";

/** The swarm's nodes. Only a manager may list them: a worker, or a host in no swarm, knows of none. */
export const swarmNodes = defineCollector({
  fact: "swarmNodes",
  title: "Nodes of the swarm",
  reads: [
    {
      what: "GET /nodes",
      where: "the host is a manager",
      needs: ["group docker"],
      withoutIt: "the peers of a manager",
      loses: "fact",
    },
  ],
  needs: ["dockerDaemon"],
  async collect(host, { now, facts }) {
    const daemon = facts.dockerDaemon;
    if (daemon.state !== "running") return withoutDocker(daemon);
    if (!daemon.swarm.isManager)
      return known([], { at: now, sources: [{ kind: "docker", path: "/info" }] });
    return askFact(host, now, {
      query: { kind: "docker", path: "/nodes" },
      parser: parseDockerNodes,
    });
  },
});
