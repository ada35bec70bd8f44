import type { DockerNetwork } from "../../model/docker.ts";
import type { Address } from "../../model/ip.ts";
import type { Element } from "../../model/packet.ts";
import type { Path } from "../path/follow.ts";
import { hostPlace, linkAt } from "../path/world.ts";
import type { Expected } from "./packet-of.ts";
import { networkOwner, placeOfContainer, type TraceHost } from "./trace-host.ts";

/**
 * What sent a packet for a container another way: the state of its bridge, where that tells, else the route. Whatever met the packet
 * there would not have met it on the right way. Undefined = it was on the right way, or nobody knows.
 */
export function astray(host: TraceHost, path: Path, expected: Expected): Element | undefined {
  if (expected.kind !== "place" || expected.place === undefined) return undefined;
  if (expected.place === hostPlace || path.place !== hostPlace) return undefined;
  const last = path.hops.findLast(({ place }) => place === hostPlace);
  const routing = last?.steps.findLast(({ at }) => at === "routing");
  const bridges = bridgesTo(host, expected.place);
  if (routing?.element.kind !== "route" || routing.verdict !== "forward" || bridges.length === 0)
    return undefined;
  const { outputLink } = routing.element;
  if (bridges.some(({ bridge }) => bridge === outputLink)) return undefined;
  return bridges.flatMap((one) => problemOf(host, one) ?? [])[0] ?? routing.element;
}

interface BridgeTo {
  readonly bridge: string;
  /** Addresses that the bridge has to carry. */
  readonly gateways: readonly Address[];
}

function bridgesTo(host: TraceHost, place: string): readonly BridgeTo[] {
  const networks = new Map(host.dockerNetworks.map((network) => [network.id, network]));
  return host.containers
    .filter((container) => placeOfContainer(host, container) === place)
    .flatMap((container) => networkOwner(host, container).endpoints)
    .flatMap(({ networkId, addresses }) => {
      const bridge = networks.get(networkId)?.bridge;
      const gateways = addresses.flatMap(({ gateway }) => gateway ?? []);
      return bridge === undefined ? [] : [{ bridge, gateways }];
    });
}

function problemOf({ world }: TraceHost, { bridge, gateways }: BridgeTo): Element | undefined {
  const link = linkAt(world, { place: hostPlace, ifname: bridge });
  if (link === undefined) return { kind: "link", ifname: bridge, problem: "missing" };
  if (!link.adminUp) return { kind: "link", ifname: bridge, problem: "down" };
  const own = new Set(link.addresses.map(({ address }) => address));
  const address = gateways.find((gateway) => !own.has(gateway));
  return address === undefined ? undefined : { kind: "no-address", ifname: bridge, address };
}

/** A container's own address that leaves the host though Docker promised to put the host's in its place: no answer finds back. */
export function untranslated(host: TraceHost, { arrival, place }: Path): Element | undefined {
  if (arrival?.kind !== "forwarded" || place !== hostPlace) return undefined;
  const { source: address, ctDirection, family } = arrival.packet;
  if (ctDirection !== "ORIGINAL") return undefined;
  const promised = new Set(
    host.dockerNetworks
      .filter((network) => promisesHostAddress(network, family))
      .map(({ id }) => id),
  );
  const own = host.containers
    .flatMap(({ endpoints }) => endpoints)
    .filter(({ networkId }) => promised.has(networkId))
    .some(({ addresses }) => addresses.some((one) => one.address === address));
  return own ? { kind: "not-translated", what: "source", address } : undefined;
}

function promisesHostAddress(network: DockerNetwork, family: "ipv4" | "ipv6"): boolean {
  const mode = network.gatewayModes[family];
  return (
    network.driver === "bridge" &&
    network.masquerade &&
    !network.internal &&
    (mode === "nat" || mode === "nat-unprotected")
  );
}
