import type { DockerNetwork } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";

/** Bridge networks with an endpoint on this host; docker_gwbridge counts as soon as the swarm is active. */
export function bridgeNetworksInUse(
  facts: Pick<Facts, "dockerNetworks" | "dockerDaemon">,
): readonly DockerNetwork[] {
  const { dockerDaemon: daemon } = facts;
  const swarm = daemon.state === "running" && daemon.swarm.state === "active";
  return facts.dockerNetworks.filter(
    (network) =>
      network.driver === "bridge" &&
      !network.configOnly &&
      (network.attachments.length > 0 || (swarm && network.name === "docker_gwbridge")),
  );
}
