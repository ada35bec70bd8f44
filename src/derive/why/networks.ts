import type { Container, DockerNetwork, Endpoint } from "../../model/docker.ts";
import type { Evidence, Remedy } from "../../model/finding.ts";
import { shellWord } from "../../model/query.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import { listed } from "../trace/party.ts";
import type { Look } from "./look.ts";
import type { ContainerSide, Sides } from "./sides.ts";
import { inspected, type WhyHost } from "./why-host.ts";

/** How two containers stand to each other. */
export type Relation =
  /** Somebody is no container. */
  | { readonly kind: "not-asked" }
  /** One and the same network namespace: loopback is common to both. */
  | { readonly kind: "one-namespace" }
  /** One uses the host's own network. */
  | { readonly kind: "by-host" }
  | { readonly kind: "shared"; readonly networks: readonly string[] }
  | { readonly kind: "apart" }
  | { readonly kind: "none" };

export function relationOf({ from, to }: Sides): Relation {
  if (from.kind !== "container" || to.kind !== "container") return { kind: "not-asked" };
  return relationBetween(from, to);
}

function relationBetween(
  { owner: one }: ContainerSide,
  { owner: other }: ContainerSide,
): Exclude<Relation, { readonly kind: "not-asked" }> {
  if (one.id === other.id) return { kind: "one-namespace" };
  if (isOnHost(one) || isOnHost(other)) return { kind: "by-host" };
  if (!isConnected(one) || !isConnected(other)) return { kind: "none" };
  const ids = realEndpoints(other).map(({ networkId }) => networkId);
  const shared = realEndpoints(one).filter(({ networkId }) => ids.includes(networkId));
  if (shared.length === 0) return { kind: "apart" };
  return { kind: "shared", networks: shared.map(({ networkName }) => networkName) };
}

/** Whether the two share a network, and what would connect them. `isReached` = packets get through all the same. */
export function lookAtNetworks(
  host: WhyHost,
  sides: Sides,
  so: { readonly isReached: boolean },
): Look {
  const { from, to } = sides;
  if (from.kind !== "container" || to.kind !== "container") return lonelyLook(host, sides);
  const relation = relationBetween(from, to);
  switch (relation.kind) {
    case "one-namespace":
      return one(`${from.container.name} and ${to.container.name} share one network namespace`);
    case "by-host": {
      const onHost = [from, to].filter(({ owner }) => isOnHost(owner));
      const names = onHost.map(({ container }) => container.name).join(" and ");
      return one(`${names} ${onHost.length > 1 ? "use" : "uses"} the host's own network`);
    }
    case "none":
      return { causes: [from, to].flatMap((side) => withoutNetwork(host, side)) };
    case "shared":
      return one(sharedText(host, relation.networks));
    case "apart": {
      const finding = apart(host, { from, to });
      return so.isReached ? { notes: [finding] } : { causes: [finding] };
    }
  }
}

function one(text: string): Look {
  return { seen: [{ topic: "network", text }] };
}

/** One container, and somebody who is none: an internal network has no way out. */
function lonelyLook(host: WhyHost, { from, to }: Sides): Look {
  const [side] = [from, to].flatMap((each) => (each.kind === "container" ? [each] : []));
  if (side === undefined) return {};
  if (isOnHost(side.owner)) return one(`${side.container.name} uses the host's own network`);
  const none = withoutNetwork(host, side);
  if (none.length > 0) return { causes: none };
  return one(`${side.container.name} is on ${placesText(host, side.owner)}`);
}

/** bridge, overlay and the like; `host` and `none` lead nowhere of their own. */
function realEndpoints({ endpoints }: Container): readonly Endpoint[] {
  return endpoints.filter(({ networkName }) => networkName !== "none" && networkName !== "host");
}

export function isOnHost({ networkMode }: Container): boolean {
  return networkMode === "host";
}

/** Whether it is on any network but none. */
export function isConnected(container: Container): boolean {
  return isOnHost(container) || realEndpoints(container).length > 0;
}

function networkOf({ trace }: WhyHost, endpoint: Endpoint): DockerNetwork | undefined {
  return trace.dockerNetworks.find(({ id }) => id === endpoint.networkId);
}

function sharedText(host: WhyHost, names: readonly string[]): string {
  const described = names.map((name) => {
    const network = host.trace.dockerNetworks.find((each) => each.name === name);
    return network === undefined ? name : `${name} (${driverText(network)})`;
  });
  return `both are on ${listed(described)}`;
}

function driverText({ driver, internal }: DockerNetwork): string {
  return internal ? `${driver}, internal` : driver;
}

/** `apps (bridge) and vault (bridge, internal)`. */
function placesText(host: WhyHost, container: Container): string {
  const names = realEndpoints(container).map((endpoint) => {
    const network = networkOf(host, endpoint);
    return network === undefined
      ? endpoint.networkName
      : `${endpoint.networkName} (${driverText(network)})`;
  });
  return names.join(" and ");
}

function networksEvidence(container: Container): Evidence {
  const addresses = container.endpoints.map(({ networkName, addresses: own }) =>
    [networkName, ...own.map(({ address }) => address)].join(" "),
  );
  return inspected(
    container,
    "{{json .NetworkSettings.Networks}}",
    addresses.join("; ") || "no network",
  );
}

function withoutNetwork(host: WhyHost, { owner, container }: ContainerSide): readonly WhyFinding[] {
  if (isConnected(owner)) return [];
  const target = host.trace.dockerNetworks.find((network) => isOpen(network))?.name ?? "NETWORK";
  const isNone = owner.networkMode === "none";
  const remedy: Remedy = {
    summary: "Connect it to a network",
    commands: [
      ...(isNone ? [`docker network disconnect none ${owner.name}`] : []),
      `docker network connect ${shellWord(target)} ${owner.name}`,
    ],
    persistent: ["start it with --network, or name the network in its compose file"],
  };
  const message = `${container.name} is on no network${isNone ? " (its mode is none): it has loopback only" : ""}`;
  const evidence = [networksEvidence(owner)];
  return [{ kind: "no-network", topic: "network", message, evidence, remedy }];
}

function apart(
  host: WhyHost,
  { from, to }: { readonly from: ContainerSide; readonly to: ContainerSide },
): WhyFinding {
  const [a, b] = [from.container.name, to.container.name];
  const message = `no network holds both: ${a} is on ${placesText(host, from.owner)}, ${b} on ${placesText(host, to.owner)}`;
  return {
    kind: "no-shared-network",
    topic: "network",
    message,
    evidence: [networksEvidence(from.owner), networksEvidence(to.owner)],
    remedy: connecting(host, { from, to }),
  };
}

/** One of them joins a network of the other, if that has one on which names resolve; else both join a new one. */
function connecting(
  host: WhyHost,
  { from, to }: { readonly from: ContainerSide; readonly to: ContainerSide },
): Remedy {
  const ways = [
    { joins: from.owner, of: to.owner },
    { joins: to.owner, of: from.owner },
  ];
  const persistent = [
    "name the network for both in the compose file (networks:), or with --network at their start",
  ];
  for (const { joins, of } of ways) {
    const network = realEndpoints(of)
      .map((endpoint) => networkOf(host, endpoint))
      .find((each) => each !== undefined && isOpen(each));
    if (network === undefined) continue;
    const name = shellWord(network.name);
    return {
      summary: `Connect ${joins.name} to ${network.name}, where ${of.name} is`,
      commands: [`docker network connect ${name} ${joins.name}`],
      sideEffects: "Docker keeps networks apart on purpose: the two can then talk on every port",
      persistent,
    };
  }
  return {
    summary: "Make a network for both",
    commands: [
      "docker network create together",
      `docker network connect together ${from.owner.name}`,
      `docker network connect together ${to.owner.name}`,
    ],
    persistent,
  };
}

/** A network that a container can be connected to while it runs, and on which names resolve. */
function isOpen({ name, driver, ingress, configOnly }: DockerNetwork): boolean {
  const isBuiltIn = name === "bridge" || name === "host" || name === "none";
  return !isBuiltIn && !ingress && !configOnly && driver === "bridge";
}
