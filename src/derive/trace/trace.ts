import { isRoutedBridge } from "../../model/docker.ts";
import type { Family } from "../../model/ip.ts";
import type { Element, Packet } from "../../model/packet.ts";
import type {
  TraceFate,
  TraceLeg,
  TraceQuestion,
  TraceReport,
  TraceWay,
} from "../../model/trace/trace-report.ts";
import { elementText } from "../evidence.ts";
import { type Departure, followPacket, followReply, type Path } from "../path/follow.ts";
import type { ProxyTarget } from "../path/relay.ts";
import { hostPlace } from "../path/world.ts";
import type { EndpointName } from "./endpoint.ts";
import {
  type Expected,
  familyFor,
  isWildcard,
  packetOf,
  publishers,
  type Question,
  type TracedPacket,
} from "./packet-of.ts";
import { addressesOf, type Found, type Party, partyOf } from "./party.ts";
import { networkOwner, type TraceHost } from "./trace-host.ts";
import { traceWay } from "./way.ts";

/** `docknet trace` in its typed form. */
export interface TraceRequest {
  readonly from: EndpointName;
  readonly to: EndpointName;
  readonly protocol: Packet["protocol"];
  /** Absent = what both ends have. */
  readonly family?: Family;
  /** Length of the IP packet in bytes. */
  readonly sizeBytes?: number;
}

export type Traced = Omit<TraceReport, "schemaVersion" | "tool" | "host" | "takenAt" | "notes">;

/** Follows the first packet of the connection and its answer; refuses names that do not fit this host. */
export function trace(host: TraceHost, request: TraceRequest): Found<Traced> {
  const from = partyOf(host, request.from);
  if (!from.ok) return from;
  const to = partyOf(host, request.to);
  if (!to.ok) return to;
  const { protocol, sizeBytes, family = familyFor(from.value, to.value) } = request;
  const size = sizeBytes === undefined ? {} : { sizeBytes };
  const question: Question = { from: from.value, to: to.value, protocol, family, ...size };
  const packet = packetOf(host, question);
  if (packet.ok) return { ok: true, value: answer(host, question, packet.value) };
  if (packet.unseen === undefined) return packet;
  const sentence = `${unsureWhether(question.from, question.to, protocol)}: ${packet.message}.`;
  return { ok: true, value: { fate: "unsure", sentence, legs: [] } };
}

function answer(host: TraceHost, question: Question, traced: TracedPacket): Traced {
  const { departure, expected } = traced;
  const path = followPacket(host.world, departure, proxyTarget(host));
  const legs = withBlind(legsOf(host, { path, departure, expected }), traced.blind);
  const end = decisive(legs);
  const { packet } = departure.attempt;
  const asked: TraceQuestion = {
    from: question.from.label,
    to: question.to.label,
    protocol: packet.protocol,
    family: packet.family,
    source: path.hops[0]?.came.source ?? packet.source,
    destination: packet.destination,
    ...(packet.destinationPort === undefined ? {} : { destinationPort: packet.destinationPort }),
    ...(packet.sizeBytes === undefined ? {} : { sizeBytes: packet.sizeBytes }),
  };
  const fate = end?.way.fate ?? "delivered";
  const condition =
    traced.condition === undefined || end !== undefined ? "" : ` It needs ${traced.condition}.`;
  return {
    question: asked,
    fate,
    sentence: `${sentence(question, legs, end)}${condition}`,
    legs,
  };
}

interface Followed {
  readonly path: Path;
  readonly departure: Departure;
  readonly expected: Expected;
}

/** One connection, or two where docker-proxy ends one and opens another. */
function legsOf(host: TraceHost, { path, departure, expected }: Followed): readonly TraceLeg[] {
  const { relayed } = path;
  const back: Expected =
    departure.attempt.entry.kind === "local"
      ? { kind: "place", place: departure.place, name: departure.place }
      : { kind: "outside" };
  if (relayed === undefined) return [leg(host, "the connection", { path, expected, back })];
  const toHost = { kind: "place", place: hostPlace, name: "the host" } as const;
  return [
    leg(host, "the connection to docker-proxy", { path, expected: toHost, back }),
    leg(host, "the connection of docker-proxy to the container", {
      path: relayed,
      expected,
      back: toHost,
    }),
  ];
}

function leg(
  host: TraceHost,
  title: string,
  so: { readonly path: Path; readonly expected: Expected; readonly back: Expected },
): TraceLeg {
  const request = traceWay(host, so.path, so.expected);
  const path = so.path.arrival === undefined ? undefined : followReply(host.world, so.path);
  if (path === undefined) return { title, request };
  return { title, request, reply: traceWay(host, path, so.back) };
}

/** What could not be seen of the sender makes the first connection unsure, its drops only where another way is open. */
function withBlind(legs: readonly TraceLeg[], blind: TracedPacket["blind"]): readonly TraceLeg[] {
  if (blind === undefined) return legs;
  return legs.map((own, index) => {
    const { fate } = own.request;
    const certain = fate === "dropped" || fate === "rejected";
    if (index > 0 || fate === "unsure" || (certain && !blind.evenDrops)) return own;
    const element: Element = { kind: "not-modelled", text: blind.text };
    const { owner: _owner, ...request } = own.request;
    return { ...own, request: { ...request, fate: "unsure", element, text: blind.text } };
  });
}

interface End {
  readonly way: TraceWay;
  readonly direction: "request" | "reply";
}

/** The way that decides: a request that does not arrive, before answers that do not. */
function decisive(legs: readonly TraceLeg[]): End | undefined {
  const requests = legs.map(({ request }) => ({ way: request, direction: "request" as const }));
  const replies = legs.flatMap(({ reply }) =>
    reply === undefined ? [] : [{ way: reply, direction: "reply" as const }],
  );
  for (const ends of [requests, replies]) {
    const failed = ends.filter(({ way }) => way.fate !== "delivered");
    const certain = failed.find(({ way }) => way.fate !== "unsure");
    const [first] = failed;
    if (first !== undefined) return certain ?? first;
  }
  return undefined;
}

function sentence({ from, to, protocol }: Question, legs: readonly TraceLeg[], end?: End): string {
  const target = `${to.label}/${protocol}`;
  if (end === undefined) {
    const last = legs.at(-1)?.request;
    const arrival = last?.arrival === undefined ? "" : ` (${last.arrival})`;
    const via = legs.length > 1 ? ` by docker-proxy${notTranslated(legs)}` : "";
    const answered = legs.every(({ reply }) => reply !== undefined)
      ? "and the answer comes back"
      : "and what becomes of it there is not seen from here";
    return `${from.label} reaches ${target}${via}${arrival}, ${answered}.`;
  }
  const { way, direction } = end;
  const by = way.text === undefined ? "" : `: ${way.text}`;
  const whose = way.owner === undefined ? "" : ` (kept by ${way.owner})`;
  if (way.fate === "unsure") return `${unsureWhether(from, to, protocol)}: in ${way.endedIn}${by}.`;
  if (direction === "reply")
    return `${target} is reached from ${from.label}, but its answer is ${how(way)}${by}${whose}.`;
  return `${from.label} does not reach ${target}: ${how(way)}${by}${whose}.`;
}

/** From another host docker-proxy only meets what no rule has sent to the container. */
function notTranslated([first]: readonly TraceLeg[]): string {
  const came = first?.request.hops.at(-1)?.came;
  const outside = first?.reply?.arrival?.startsWith("out of ") === true;
  if (came === undefined || !outside) return "";
  const element: Element = {
    kind: "not-translated",
    what: "destination",
    address: came.destination,
  };
  return `, as ${elementText(element)}`;
}

function unsureWhether(from: Party, to: Party, protocol: string): string {
  return `Whether ${from.label} reaches ${to.label}/${protocol} is unsure`;
}

function how({ fate, endedIn, arrival }: TraceWay): string {
  const words: Readonly<Record<TraceFate, string>> = {
    delivered: "delivered",
    dropped: `dropped in ${endedIn}`,
    rejected: `rejected in ${endedIn}`,
    misdelivered: `it ends elsewhere, ${arrival ?? endedIn}`,
    unsure: "unsure",
  };
  return words[fate];
}

/** docker-proxy connects to the container that publishes the port (moby cmd/docker-proxy). */
function proxyTarget(host: TraceHost): ProxyTarget {
  return ({ destination, destinationPort, protocol, family }) => {
    const asked = { protocol, family, port: destinationPort };
    const candidates = publishers(host, asked).filter(
      ({ address }) => isWildcard(address) || address === destination,
    );
    const exact = candidates.find(({ address }) => address === destination) ?? candidates[0];
    if (exact === undefined) return undefined;
    const { container, containerPort } = exact;
    // Of overlay networks it is the container's place on docker_gwbridge, which the container does not list.
    const bridged = host.dockerNetworks.filter((own) => isRoutedBridge(own)).map(({ id }) => id);
    const own = networkOwner(host, container).endpoints;
    const isSure = own.every(({ networkId }) => bridged.includes(networkId));
    const endpoints = isSure ? own : [];
    const party = { kind: "container", label: container.name, container, endpoints } as const;
    const addresses = [...addressesOf(party, family), ...addressesOf(party, "ipv4")];
    const [first] = addresses;
    // Of several networks nobody can tell which one docker-proxy was given.
    if (first === undefined || new Set(addresses.map(({ network }) => network)).size > 1)
      return undefined;
    return { address: first.address, port: containerPort };
  };
}
