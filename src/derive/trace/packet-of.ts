import type { Container } from "../../model/docker.ts";
import { type Address, type Family, familyOf } from "../../model/ip.ts";
import type { Packet } from "../../model/packet.ts";
import type { Departure } from "../path/follow.ts";
import { hostPlace } from "../path/world.ts";
import { uplinks } from "../uplinks.ts";
import { addressesOf, type Found, listed, type Party, refuse } from "./party.ts";
import { noUplink, senderOf } from "./sender.ts";
import { placeOfContainer, type TraceHost } from "./trace-host.ts";

/** What a person asks, in names. */
export interface Question {
  readonly from: Party;
  readonly to: Party;
  readonly protocol: Packet["protocol"];
  readonly family: Family;
  readonly sizeBytes?: number;
}

/** Who has to take the packet. */
export type Expected =
  | { readonly kind: "place"; readonly place: string | undefined; readonly name: string }
  | { readonly kind: "outside" }
  | { readonly kind: "anybody" };

/** The question as a packet: where it starts, and who has to take it. */
export interface TracedPacket {
  readonly departure: Departure;
  readonly expected: Expected;
  /** Why the answer cannot be certain, where a part of the way is not seen at all. */
  readonly blind?: { readonly text: string; readonly evenDrops: boolean };
  /** What has to hold outside of this host for the packet to come here at all. */
  readonly condition?: string;
}

/** The first packet of the connection that is asked about. */
export function packetOf(host: TraceHost, question: Question): Found<TracedPacket> {
  const { to } = question;
  const { protocol } = question;
  if (protocol === "icmp" && to.port !== undefined)
    return refuse("icmp has no ports: leave the one of --to away");
  if (protocol !== "icmp" && to.port === undefined)
    return refuse(`which port of --to? Give it as ${to.label}:PORT, or ask with --proto icmp`);
  const target = targetOf(host, question);
  if (!target.ok) return target;
  const { destination, expected } = target.value;
  const source = senderOf(host, question, destination);
  if (!source.ok) return source;
  const { place, entry, address, blind, condition } = source.value;
  const packet: Packet = {
    family: question.family,
    source: address,
    destination,
    protocol,
    ...(protocol === "icmp" ? {} : { sourcePort: 40_000 }),
    ...(to.port === undefined ? {} : { destinationPort: to.port }),
    ...(question.sizeBytes === undefined ? {} : { sizeBytes: question.sizeBytes }),
    ctState: "NEW",
    ctDirection: "ORIGINAL",
  };
  const attempt = { entry, packet, expect: { kind: "leaves", sourceTranslated: false } } as const;
  return {
    ok: true,
    value: {
      departure: { place, attempt },
      expected,
      ...(blind === undefined ? {} : { blind }),
      ...(condition === undefined ? {} : { condition }),
    },
  };
}

/** The family that both ends have; IPv4 where nothing else decides. */
export function familyFor(from: Party, to: Party): Family {
  const named = [from, to].flatMap((party) => {
    if (party.kind === "container")
      return party.chosen === undefined || party.chosen === "network" ? [] : [party.chosen];
    return party.address ?? [];
  });
  const [first] = named;
  if (first !== undefined) return familyOf(first);
  const lacks4 = [from, to].some(
    (party) =>
      party.kind === "container" &&
      addressesOf(party, "ipv4").length === 0 &&
      addressesOf(party, "ipv6").length > 0,
  );
  return lacks4 ? "ipv6" : "ipv4";
}

interface Target {
  readonly destination: Address;
  readonly expected: Expected;
}

function targetOf(host: TraceHost, question: Question): Found<Target> {
  const { to, family } = question;
  switch (to.kind) {
    case "container":
      return containerTarget(host, question, to);
    case "host":
      return hostTarget(host, question, to);
    case "outside": {
      const [uplink] = uplinks(host, family);
      const destination = to.address ?? uplink?.outside[0];
      if (destination === undefined) return refuse(noUplink(family));
      return fits(destination, family, { destination, expected: { kind: "outside" } });
    }
  }
}

type ContainerParty = Extract<Party, { readonly kind: "container" }>;

function containerTarget(
  host: TraceHost,
  { from, family }: Question,
  to: ContainerParty,
): Found<Target> {
  if (to.place === hostPlace) {
    const own = ownAddress(host, family);
    if (own === undefined) return refuse(`this host has no ${family} address`);
    return { ok: true, value: { destination: own, expected: expectedAt(to) } };
  }
  const all = addressesOf(to, family);
  const senders =
    from.kind === "container" ? from.endpoints.map(({ networkName }) => networkName) : [];
  const shared = all.filter(({ network }) => senders.includes(network));
  const candidates = shared.length > 0 ? shared : all;
  const [one, ...more] = candidates;
  const { name } = to.container;
  if (one === undefined) return refuse(`container ${name} has no ${family} address`);
  if (more.length > 0) {
    const names = listed(candidates.map(({ network }) => `${name}@${network}`));
    return refuse(`container ${name} is on several networks; choose one: ${names}`);
  }
  return { ok: true, value: { destination: one.address, expected: expectedAt(to) } };
}

function expectedAt({ place, container }: ContainerParty): Expected {
  return { kind: "place", place, name: `container ${container.name}` };
}

/** A published port is for its container, any other for the host itself or whatever the host makes of it. */
function hostTarget(
  host: TraceHost,
  { from, family, protocol }: Question,
  to: Extract<Party, { readonly kind: "host" }>,
): Found<Target> {
  const published = publishers(host, { protocol, family, port: to.port });
  const loopback = family === "ipv4" ? "127.0.0.1" : "::1";
  // Nobody elsewhere asks for an address of loopback.
  const bound = published.find(
    ({ address }) => !isWildcard(address) && (from.kind === "host" || !isLoopback(address)),
  )?.address;
  const own = from.kind === "host" ? loopback : ownAddress(host, family);
  const destination = to.address ?? bound ?? own;
  if (destination === undefined) return refuse(`this host has no ${family} address`);
  const [publisher] = published.filter(
    ({ address }) => isWildcard(address) || address === destination,
  );
  if (publisher === undefined)
    return fits(destination, family, { destination, expected: { kind: "anybody" } });
  const { container } = publisher;
  const place = placeOfContainer(host, container);
  const expected = { kind: "place", place, name: `container ${container.name}` } as const;
  return fits(destination, family, { destination, expected });
}

function fits(address: Address, family: Family, target: Target): Found<Target> {
  if (familyOf(address) !== family) return refuse(`${address} is no ${family} address`);
  return { ok: true, value: target };
}

/** Running containers that publish a port of the host, with the address that it is published on. */
export function publishers(
  host: Pick<TraceHost, "containers">,
  so: {
    readonly protocol: string;
    readonly family: Family;
    readonly port: number | undefined;
  },
): readonly {
  readonly container: Container;
  readonly address: Address;
  readonly containerPort: number;
}[] {
  return host.containers
    .filter(({ state }) => state === "running" || state === "paused")
    .flatMap((container) =>
      container.publishedPorts
        .filter(({ hostBinding: { protocol, hostPort, address } }) => {
          const isSame = protocol === so.protocol && hostPort === so.port;
          return isSame && familyOf(address) === so.family;
        })
        .map(({ hostBinding: { address }, containerPort }) => ({
          container,
          address,
          containerPort,
        })),
    );
}

export function isWildcard(address: Address): boolean {
  return address === "0.0.0.0" || address === "::";
}

function isLoopback(address: Address): boolean {
  return address.startsWith("127.") || address === "::1";
}

function ownAddress(host: TraceHost, family: Family): Address | undefined {
  const [uplink] = uplinks(host, family);
  return uplink?.hostAddress;
}
