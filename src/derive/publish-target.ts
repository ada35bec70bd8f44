import type { Container } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { Family, Prefix } from "../model/ip.ts";
import { fullPrefix } from "./full-prefix.ts";
import { gatewayMode, leavesByHost, wayOut } from "./promises.ts";

/** Where a published port leads: the bridges and addresses that Docker may have chosen for it. */
export interface PublishTarget {
  readonly bridges: readonly string[];
  /** The address that each of the bridges leads to, in the same order. */
  readonly prefixes: readonly Prefix[];
}

type TargetFacts = Pick<Facts, "dockerDaemon" | "dockerNetworks" | "containers" | "daemonOptions">;

/** undefined where Docker promises no translation: routed and isolated networks, and what is not on a bridge. */
export function publishTarget(
  facts: TargetFacts,
  container: Container,
  family: Family,
): PublishTarget | undefined {
  const networks = new Map(facts.dockerNetworks.map((network) => [network.id, network]));
  const bridged = container.endpoints.flatMap(({ networkId, addresses }) => {
    const network = networks.get(networkId);
    const bridge = network?.bridge;
    if (network === undefined || bridge === undefined || network.internal) return [];
    if (gatewayMode(network, family) === "routed") return [];
    return addresses
      .filter((own) => own.family === family && leavesByHost(network, own))
      .flatMap(({ address }) => fullPrefix(address).map((prefix) => ({ bridge, prefix })));
  });
  const overlay = wayOut(facts, container)
    .filter((way) => way.network.name === "docker_gwbridge" && way.family === family)
    .flatMap(({ bridge, address }) => fullPrefix(address).map((prefix) => ({ bridge, prefix })));
  const all = [...bridged, ...overlay];
  if (all.length === 0) return undefined;
  return {
    bridges: all.map(({ bridge }) => bridge),
    prefixes: all.map(({ prefix }) => prefix),
  };
}
