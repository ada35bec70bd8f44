import type { ExposureWay } from "../../model/exposure/exposure-report.ts";
import type { Attempt } from "../../model/intent.ts";
import { type Address, contains, familyOf, parsePrefix } from "../../model/ip.ts";
import type { Arrival, Element, Entry, Packet, WalkResult } from "../../model/packet.ts";
import type { CompiledNetns } from "../walk/compile.ts";
import { walk } from "../walk/walk.ts";
import { replyAttempt } from "../walk/way/reply.ts";
import type { Vantage } from "./vantages.ts";

/** What a way comes to, before it has words. */
export type Reach = Pick<ExposureWay, "outcome" | "by" | "element">;

/** Where a port leads. */
export type Destination =
  | {
      readonly kind: "container";
      /** The bridges and addresses that the packet may be sent to. */
      readonly places: readonly { readonly bridge: string; readonly address: Address }[];
      readonly port: number;
      /** Where docker-proxy connects to; absent where it serves nothing here. */
      readonly proxied?: Address;
    }
  /** A socket of the host's own namespace. */
  | { readonly kind: "socket" };

/** A packet's address and port, and where it ought to get. */
export interface Asked {
  readonly protocol: "tcp" | "udp";
  readonly address: Address;
  readonly port: number;
  readonly to: Destination;
}

/** The host, with the bridges of which a port is missing. */
export interface ReachHost {
  readonly netns: CompiledNetns;
  readonly cutOff: ReadonlyMap<string, Element>;
}

/** Port that a client connects from. */
const clientPort = 50_000;

/** Whether packets from there get to the port, and their answers back. */
export function reach(host: ReachHost, vantage: Vantage, asked: Asked): Reach {
  const attempt = attemptFrom(vantage.entry, {
    family: familyOf(asked.address),
    source: vantage.address,
    destination: asked.address,
    protocol: asked.protocol,
    sourcePort: clientPort,
    destinationPort: asked.port,
    ctState: "NEW",
    ctDirection: "ORIGINAL",
  });
  const result = walk(host.netns, attempt);
  if (result.fate === "unsure") return { outcome: "unsure", element: result.element };
  if (result.fate !== "delivered") return { outcome: "blocked", element: result.element };
  const { arrival } = result;
  const there =
    arrival.kind === "local"
      ? takenByHost(host, asked, arrival)
      : forwardedTo(host, asked, { arrival, result });
  return there.outcome === "reached" ? answered(host, { attempt, arrival, there }) : there;
}

function attemptFrom(entry: Entry, packet: Packet): Attempt {
  return { entry, packet, expect: { kind: "leaves", sourceTranslated: false } };
}

/** A socket of the host took it: the one that was meant, docker-proxy, or a stranger. */
function takenByHost(
  host: ReachHost,
  { to, port, protocol }: Asked,
  { process }: Extract<Arrival, { readonly kind: "local" }>,
): Reach {
  const named = process === undefined ? {} : { process };
  const element: Element = { kind: "listener", protocol, port, ...named };
  if (to.kind === "socket") return { outcome: "reached", by: "socket", element };
  if (process === undefined) {
    const text = `who listens on port ${port}/${protocol} of the host could not be seen`;
    return { outcome: "unsure", element: { kind: "not-modelled", text } };
  }
  if (process !== "docker-proxy") return { outcome: "blocked", element };
  return { ...proxied(host, to, protocol), by: "docker-proxy" };
}

/** docker-proxy opens a connection of its own to the container. */
function proxied(
  host: ReachHost,
  { proxied: address, port, places }: Extract<Destination, { readonly kind: "container" }>,
  protocol: "tcp" | "udp",
): Reach {
  if (address === undefined) {
    const text = "where docker-proxy connects to is not known";
    return { outcome: "unsure", element: { kind: "not-modelled", text } };
  }
  const family = familyOf(address);
  const attempt = attemptFrom(
    { kind: "local" },
    {
      family,
      source: family === "ipv4" ? "0.0.0.0" : "::",
      destination: address,
      protocol,
      sourcePort: clientPort,
      destinationPort: port,
      ctState: "NEW",
      ctDirection: "ORIGINAL",
    },
  );
  const result = walk(host.netns, attempt);
  if (result.fate !== "delivered")
    return { outcome: result.fate === "unsure" ? "unsure" : "blocked", element: result.element };
  const { arrival } = result;
  if (arrival.kind === "local" || !isPlace(places, arrival))
    return { outcome: "blocked", element: lastRoute(result) };
  const missing = host.cutOff.get(arrival.outputLink);
  if (missing !== undefined) return { outcome: "unsure", element: missing };
  const element: Element = { kind: "listener", protocol, port, process: "docker-proxy" };
  return { outcome: "reached", element };
}

function forwardedTo(
  host: ReachHost,
  { to, address }: Asked,
  so: {
    readonly arrival: Extract<Arrival, { readonly kind: "forwarded" }>;
    readonly result: WalkResult;
  },
): Reach {
  const { arrival, result } = so;
  const right =
    to.kind === "container" &&
    isPlace(to.places, arrival) &&
    arrival.packet.destinationPort === to.port;
  if (!right) return { outcome: "blocked", element: lastRoute(result) };
  const missing = host.cutOff.get(arrival.outputLink);
  if (missing !== undefined) return { outcome: "unsure", element: missing };
  if (arrival.packet.destination === address)
    return { outcome: "reached", by: "routing", element: lastRoute(result) };
  const translation = result.steps.find(({ verdict }) => /^dnat$/i.test(verdict));
  const element = translation?.element ?? lastRoute(result);
  return { outcome: "reached", by: "translation", element };
}

type Place = { readonly bridge: string; readonly address: Address };

function isPlace(
  places: readonly Place[],
  { outputLink, packet }: Extract<Arrival, { readonly kind: "forwarded" }>,
): boolean {
  return places.some(
    ({ bridge, address }) => bridge === outputLink && address === packet.destination,
  );
}

function lastRoute({ steps }: WalkResult): Element {
  const route = steps.findLast(({ element }) => element.kind === "route");
  return route?.element ?? { kind: "not-modelled", text: "the packet arrived elsewhere" };
}

/** The first answer, by the same conntrack entries, the way back. */
function answered(
  host: ReachHost,
  so: { readonly attempt: Attempt; readonly arrival: Arrival; readonly there: Reach },
): Reach {
  const { attempt, arrival, there } = so;
  const request = asSent(attempt.packet, arrival);
  const entry: Entry =
    arrival.kind === "local"
      ? ownSocket(attempt.entry, request)
      : { kind: "link", ifname: arrival.outputLink };
  const back = walk(host.netns, replyAttempt({ request, received: arrival.packet, entry }));
  if (back.fate === "delivered") return there;
  const outcome = back.fate === "unsure" ? "unsure" : "unanswered";
  return { ...there, outcome, element: back.element };
}

const linkLocal = parsePrefix("fe80::/10");

/** An answer to a link-local address leaves by the link that it came in by (the scope of the socket's peer). */
function ownSocket(from: Entry, { source }: Packet): Entry {
  const isScoped = linkLocal !== undefined && contains(linkLocal, source);
  return isScoped && from.kind === "link"
    ? { kind: "local", boundLink: from.ifname }
    : { kind: "local" };
}

/** A source that the kernel chose is only known once the packet has left. */
function asSent(packet: Packet, { packet: left }: Arrival): Packet {
  const open = packet.source === "0.0.0.0" || packet.source === "::";
  return open ? { ...packet, source: left.source } : packet;
}
