import type { Attempt } from "../../model/intent.ts";
import type {
  Arrival,
  Connmark,
  Element,
  Entry,
  Packet,
  Step,
  WalkResult,
} from "../../model/packet.ts";
import { walk } from "../walk/walk.ts";
import { passBridge } from "../walk/way/bridged.ts";
import { replyAttempt, replyPacket } from "../walk/way/reply.ts";
import { tooLongForFrames } from "./frame-size.ts";
import type { BridgeHop, Landing } from "./landing.ts";
import { sendBy, takenByChild } from "./link-layer.ts";
import { type ProxyTarget, proxiedTo, relay } from "./relay.ts";
import { outerPacket } from "./vxlan.ts";
import { hostPlace, type LinkEnd, linkAt, type Place, type World } from "./world.ts";

/** What one namespace did with the packet, or with the frame that went over one of its bridges. */
export interface PathHop {
  readonly place: string;
  readonly name: string;
  /** Where it came in: a link, a port of a bridge, or a socket of its own. */
  readonly from: string;
  /** Where it left, the same way; absent where it ended. */
  readonly to?: string;
  /** The packet as it came in, and as it left. */
  readonly came: Packet;
  readonly left?: Packet;
  /** Mark that it left on its connection; absent = none. */
  readonly connmark?: Connmark;
  readonly steps: readonly Step[];
}

/** The way of a packet through the namespaces of a host. */
export interface Path {
  readonly fate: WalkResult["fate"];
  /** What decided, where it was not delivered. */
  readonly element?: Element;
  /** Namespace in which the way ended. */
  readonly place: string;
  readonly arrival?: Arrival;
  readonly hops: readonly PathHop[];
  /** docker-proxy ended one connection and opened another: the way of that one, in which the container sees the bridge as client. */
  readonly relayed?: Path;
  /** The packet left in the packets of a tunnel: their way. */
  readonly outer?: Path;
}

export interface Departure {
  readonly place: string;
  readonly attempt: Attempt;
}

const maxHops = 32;

/** Follows a packet from namespace to namespace. A certain stop wins over an earlier doubt; what arrives in spite of one is unsure. */
export function followPacket(world: World, start: Departure, proxy?: ProxyTarget): Path {
  const trail: Trail = { world, known: [], hops: [], doubt: undefined };
  const path = go(trail, start);
  const target = proxiedTo(path, proxy);
  if (target === undefined) return path;
  return { ...path, relayed: followPacket(world, relay(path, target)) };
}

/** The first answer to a packet that arrived, by the same conntrack tables: from the socket, or from outside by the same link. */
export function followReply(world: World, there: Path): Path | undefined {
  const last = there.hops.findLast(({ place }) => place === there.place);
  // What comes back through a tunnel is another host's to send.
  if (there.arrival === undefined || last === undefined || there.outer !== undefined)
    return undefined;
  const { arrival } = there;
  const entry: Entry =
    arrival.kind === "local" ? { kind: "local" } : { kind: "link", ifname: arrival.outputLink };
  const known = there.hops.filter(({ left }) => left !== undefined);
  const attempt = replyAttempt({
    request: last.came,
    received: arrival.packet,
    entry,
    connmark: arrival.connmark,
  });
  return go({ world, known, hops: [], doubt: undefined }, { place: there.place, attempt });
}

interface Trail {
  readonly world: World;
  /** Hops of the way there: what each namespace's conntrack remembers. */
  readonly known: readonly PathHop[];
  readonly hops: PathHop[];
  doubt: Element | undefined;
}

function go(trail: Trail, start: Departure): Path {
  let departure: Departure = start;
  while (trail.hops.length < maxHops) {
    const next = oneHop(trail, departure);
    if ("fate" in next) return next;
    departure = next;
  }
  const text = `the packet is still under way after ${maxHops} hops`;
  return ended(trail, departure.place, { fate: "unsure", element: { kind: "not-modelled", text } });
}

/** One namespace, and the links and bridges up to the next. */
function oneHop(trail: Trail, { place, attempt }: Departure): Departure | Path {
  const here = trail.world.places.get(place);
  if (here === undefined) return lost(trail, place, `namespace ${place} is not seen`);
  const taken = takenOnArrival(trail.world, place, attempt);
  if (taken !== undefined) return ended(trail, place, { fate: "dropped", element: taken });
  const result = walk(here.netns, attempt);
  const { arrival } = result;
  trail.hops.push(hopOf(here, attempt, { steps: result.steps, arrival }));
  if (arrival === undefined)
    return ended(trail, place, result.fate === "delivered" ? { fate: "unsure" } : result);
  if (result.fate !== "delivered") trail.doubt ??= result.element;
  if (arrival.kind === "local") return delivered(trail, place, arrival);
  const { outputLink, gateway, packet } = arrival;
  const sender = { place, ifname: outputLink };
  const nextHop = gateway ?? packet.destination;
  const landing = sendBy(trail.world, sender, { nextHop, sender, over: [] });
  const tooLong = tooLongForFrames(trail.world, landing, { packet, sender });
  return land(trail, { landing: tooLong ?? landing, arrival, sender });
}

function takenOnArrival(world: World, place: string, { entry }: Attempt): Element | undefined {
  return entry.kind === "local" ? undefined : takenByChild(world, { place, ifname: entry.ifname });
}

interface Flight {
  readonly landing: Landing;
  readonly arrival: Extract<Arrival, { readonly kind: "forwarded" }>;
  readonly sender: LinkEnd;
}

function land(trail: Trail, { landing, arrival, sender }: Flight): Departure | Path {
  if (landing.kind === "stopped" || landing.kind === "unsure") {
    const fate = landing.kind === "stopped" ? "dropped" : "unsure";
    return ended(trail, landing.at, { fate, element: landing.element });
  }
  const { packet } = arrival;
  for (const over of landing.over) {
    const stop = overHop(trail, over, packet);
    if (stop !== undefined) return stop;
  }
  if (landing.kind === "outside") {
    const { place, ifname } = landing.end;
    return delivered(trail, place, { ...arrival, outputLink: ifname });
  }
  if (landing.kind === "tunnel") return throughTunnel(trail, landing, packet);
  const { place, ifname } = landing.end;
  const mark =
    place === sender.place ? "the mark that a packet keeps within a namespace" : undefined;
  if (mark !== undefined) trail.doubt ??= { kind: "not-modelled", text: mark };
  return { place, attempt: arriving(trail, place, { packet, ifname }) };
}

/** The outer packet's way decides; what docknet does not see of the other host is behind where it leaves. */
function throughTunnel(
  trail: Trail,
  { tunnel, end }: Extract<Landing, { readonly kind: "tunnel" }>,
  inner: Packet,
): Path {
  const place = tunnelPlace(trail.world, end);
  const outer = followPacket(trail.world, { place, attempt: outerPacket(tunnel, inner) });
  const { fate, element } = outer;
  if (fate === "dropped" || fate === "rejected")
    return { ...ended(trail, outer.place, outer), outer };
  const doubt = trail.doubt ?? (fate === "unsure" ? element : undefined);
  const left = { kind: "forwarded", outputLink: end.ifname, packet: inner } as const;
  const base = { place: end.place, arrival: left, hops: trail.hops, outer };
  return doubt === undefined
    ? { fate: "delivered", ...base }
    : { fate: "unsure", element: doubt, ...base };
}

/** Docker makes the link in the host's namespace and moves it: its socket stays there (vxlan_get_link_net). */
function tunnelPlace(world: World, end: LinkEnd): string {
  return linkAt(world, end)?.peerNetnsId === undefined ? end.place : hostPlace;
}

/** A frame from port to port is seen by the rules of its namespace where br_netfilter asks them. */
function overHop(trail: Trail, over: BridgeHop, packet: Packet): Path | undefined {
  const here = trail.world.places.get(over.place);
  const { inPort, outPort, bridge } = over;
  if (here === undefined || inPort === undefined || outPort === undefined) return undefined;
  const attempt = arriving(trail, over.place, { packet, ifname: bridge });
  const outcome = passBridge(here.netns, { bridge, inPort, outPort, attempt });
  const steps = outcome.kind === "passed" ? outcome.steps : outcome.stop.steps;
  const passed = outcome.kind === "passed" ? { to: outPort, left: outcome.packet } : {};
  trail.hops.push({
    place: here.id,
    name: `${here.name}, bridge ${bridge}`,
    from: inPort,
    came: packet,
    steps,
    ...passed,
  });
  if (outcome.kind === "stopped") return ended(trail, over.place, outcome.stop);
  trail.doubt ??= outcome.doubt;
  if (outcome.packet.source === packet.source) return undefined;
  return lost(trail, over.place, `${bridge}: a bridged packet gets another source`);
}

/** A packet of a new namespace: its conntrack knows the answer to what it saw before, and nothing else. */
function arriving(
  trail: Trail,
  place: string,
  { packet, ifname }: { readonly packet: Packet; readonly ifname: string },
): Attempt {
  const entry = { kind: "link", ifname, measured: true } as const;
  const expect = { kind: "leaves", sourceTranslated: false } as const;
  if (packet.ctDirection === "ORIGINAL") return { entry, packet, expect };
  const seen = trail.known.find(
    (hop) => hop.place === place && hop.left !== undefined && isAnswer(packet, hop.left),
  );
  if (seen === undefined) {
    const text = `namespace ${place} did not see the packet that this one answers`;
    trail.doubt ??= { kind: "not-modelled", text };
    return { entry, packet, expect };
  }
  const { came: request, left: received = packet, connmark } = seen;
  return { ...replyAttempt({ request, received, entry, connmark }), packet };
}

function isAnswer(packet: Packet, left: Packet): boolean {
  const answer = replyPacket(left);
  return (
    answer.source === packet.source &&
    answer.destination === packet.destination &&
    answer.sourcePort === packet.sourcePort &&
    answer.destinationPort === packet.destinationPort
  );
}

function hopOf(
  { id, name }: Place,
  { entry, packet }: Attempt,
  { steps, arrival }: { readonly steps: readonly Step[]; readonly arrival: Arrival | undefined },
): PathHop {
  const from = entry.kind === "link" ? entry.ifname : "a socket";
  const came = entry.kind === "local" && arrival !== undefined ? asSent(packet, arrival) : packet;
  const hop = { place: id, name, from, came, steps };
  if (arrival === undefined) return hop;
  const to = arrival.kind === "local" ? {} : { to: arrival.outputLink };
  const { connmark } = arrival;
  return {
    ...hop,
    ...to,
    left: arrival.packet,
    ...(connmark === undefined ? {} : { connmark }),
  };
}

/** A source that the kernel chose is only known once the packet has left; where rules changed it, the choice is not told. */
function asSent(packet: Packet, { packet: left }: Arrival): Packet {
  const open = packet.source === "0.0.0.0" || packet.source === "::";
  return open ? { ...packet, source: left.source } : packet;
}

function delivered(trail: Trail, place: string, arrival: Arrival): Path {
  const { doubt, hops } = trail;
  if (doubt === undefined) return { fate: "delivered", place, arrival, hops };
  return { fate: "unsure", element: doubt, place, arrival, hops };
}

function ended(
  trail: Trail,
  place: string,
  { fate, element }: { readonly fate: WalkResult["fate"]; readonly element?: Element },
): Path {
  const base = { fate, place, hops: trail.hops };
  return element === undefined ? base : { ...base, element };
}

function lost(trail: Trail, place: string, text: string): Path {
  return ended(trail, place, { fate: "unsure", element: { kind: "not-modelled", text } });
}
