import type { DockerNetwork } from "../model/docker.ts";
import { parseDockerNetwork, parseDockerNetworkList } from "../parsers/docker-networks.ts";
import { factFrom } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";
import { askObjects } from "./docker-objects.ts";
import { withoutDocker } from "./without-docker.ts";

/** Docker's networks. A host whose daemon does not run has none to tell of. */
export const dockerNetworks = defineCollector({
  fact: "dockerNetworks",
  title: "Docker networks",
  reads: [
    { what: "GET /networks", needs: ["group docker"], withoutIt: "all networks", loses: "fact" },
    {
      what: "GET /networks/{id}",
      needs: ["group docker"],
      withoutIt: "endpoints of networks",
      loses: "fact",
    },
  ],
  needs: ["dockerDaemon"],
  async collect(host, { now, facts }) {
    if (facts.dockerDaemon.state !== "running") return withoutDocker(facts.dockerDaemon);
    const answer = await askObjects(host, {
      list: { kind: "docker", path: "/networks" },
      listParser: parseDockerNetworkList,
      one: (id) => ({ kind: "docker", path: `/networks/${id}` }),
      parser: parseDockerNetwork,
    });
    return factFrom(answer.ok ? { ...answer, value: byName(answer.value) } : answer, now);
  },
});

/** Docker lists them in another order each time. */
function byName(networks: readonly DockerNetwork[]): readonly DockerNetwork[] {
  const key = ({ name, id }: DockerNetwork): string => `${name} ${id}`;
  return [...networks].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
