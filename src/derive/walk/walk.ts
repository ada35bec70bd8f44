import type { Attempt } from "../../model/intent.ts";
import { addressWords } from "../../model/ip.ts";
import type { WalkResult } from "../../model/packet.ts";
import type { CompiledNetns } from "./compile.ts";
import { type InFlight, inFlight } from "./in-flight.ts";
import { routeElement } from "./route-text.ts";
import { possibleRoutes, type RouteAnswer } from "./routing.ts";
import { deliver, deliverToAll } from "./way/deliver.ts";
import { forward, forwardingOff } from "./way/forward.ts";
import { send } from "./way/send.ts";
import { checkSource, martian } from "./way/source-check.ts";
import { alongEach, finish, hook, note, type Stop, unsure, type Way } from "./way/way.ts";

/**
 * What this namespace's kernel would do with a packet: from a link → PREROUTING → routing → FORWARD or INPUT → POSTROUTING → link,
 * or a listening socket; of its own → routing → OUTPUT → POSTROUTING → link. A certain drop wins over an earlier doubt, as then
 * every branch drops; what is delivered in spite of a doubt is unsure.
 */
export function walk(netns: CompiledNetns, attempt: Attempt): WalkResult {
  const flight = inFlight(attempt);
  const way: Way = { flight: flight ?? emptyFlight(attempt), steps: [], doubt: undefined };
  if (flight === undefined) return unsure(way, "the packet's addresses are none");
  if (attempt.entry.kind === "local") return send(netns, way);
  const stop = arrive(netns, attempt, way) ?? hook(netns, "prerouting", way);
  if (stop !== undefined) return stop;
  const odd = martian(netns, way.flight);
  if (odd.kind === "stopped") return finish(way, "dropped", odd.element);
  if (odd.kind === "unsure") way.doubt ??= odd.element;
  const { destinationWords, sourceWords, inLink, mark, packet, family } = way.flight;
  const answers = possibleRoutes(netns.fib, family, {
    destination: destinationWords,
    source: sourceWords,
    ...(inLink === undefined ? {} : { inLink }),
    mark,
    packet,
  });
  return alongEach(way, answers, (answer, own) => take(netns, answer, own));
}

/** A link of the kind veth takes no more than its own MTU and a tag (is_skb_forwardable); of others docknet does not know it. */
const vlanTagBytes = 4;

/** The link must be up, and whoever sends to a gateway needs somebody to answer for it. */
function arrive(netns: CompiledNetns, attempt: Attempt, way: Way): Stop | undefined {
  const ifname = way.flight.inLink ?? "";
  const link = netns.links.get(ifname);
  if (link === undefined)
    return finish(way, "dropped", { kind: "link", ifname, problem: "missing" });
  if (!link.adminUp) return finish(way, "dropped", { kind: "link", ifname, problem: "down" });
  if (link.flags.includes("NO-CARRIER"))
    return finish(way, "dropped", { kind: "link", ifname, problem: "no-carrier" });
  const measured = attempt.entry.kind === "link" && attempt.entry.measured;
  const large = measured ? 0 : (way.flight.packet.sizeBytes ?? 0);
  if (large > link.mtuBytes + vlanTagBytes && link.linkKind === "veth") {
    const { mtuBytes } = link;
    return finish(way, "dropped", { kind: "mtu", ifname, mtuBytes, sizeBytes: large });
  }
  const gateway = attempt.viaGateway;
  if (gateway === undefined) return undefined;
  const answers = link.addresses.some(({ address }) => address === gateway);
  if (answers) return undefined;
  return finish(way, "dropped", { kind: "no-address", ifname, address: gateway });
}

function take(netns: CompiledNetns, answer: RouteAnswer, way: Way): WalkResult {
  switch (answer.kind) {
    case "unsure":
      return finish(way, "unsure", answer.element);
    case "refused":
      return refuse(netns, answer, way);
    case "other":
      return takeGroup(netns, answer, way);
    case "unicast":
      return forward(netns, answer, way);
    case "local":
      return takeLocal(netns, answer, way);
  }
}

/** A host that does not forward tells nobody that it has no route (ip_error). */
function refuse(
  netns: CompiledNetns,
  { fate, element }: Extract<RouteAnswer, { readonly kind: "refused" }>,
  way: Way,
): WalkResult {
  const off = way.flight.family === "ipv4" ? forwardingOff(netns, way.flight) : undefined;
  return finish(way, off?.kind === "sysctl" ? "dropped" : fate, element);
}

function takeLocal(
  netns: CompiledNetns,
  answer: Exclude<RouteAnswer, { readonly kind: "unsure" | "refused" }>,
  way: Way,
): WalkResult {
  const source = checkSource(netns, way.flight, answer);
  if (source.kind === "stopped") return finish(way, "dropped", source.element);
  if (source.kind === "unsure") way.doubt ??= source.element;
  note(way, { at: "routing", element: routeElement(answer.route), verdict: "local" });
  return deliver(netns, way);
}

/** Anycast of IPv6 is the host's own; no TCP connection is opened to a broadcast or a group, and datagrams reach whoever listens. */
function takeGroup(
  netns: CompiledNetns,
  answer: Extract<RouteAnswer, { readonly kind: "other" }>,
  way: Way,
): WalkResult {
  if (answer.route.type === "anycast" && way.flight.family === "ipv6")
    return takeLocal(netns, answer, way);
  const element = routeElement(answer.route);
  const { packet, family } = way.flight;
  if (answer.route.type === "broadcast" && family === "ipv4") {
    const source = checkSource(netns, way.flight, answer);
    if (source.kind === "stopped") return finish(way, "dropped", source.element);
    if (source.kind === "unsure") way.doubt ??= source.element;
    note(way, { at: "routing", element, verdict: "broadcast" });
    return deliverToAll(netns, way, element);
  }
  if (packet.protocol === "tcp") return finish(way, "dropped", element);
  return unsure(way, `who takes what is sent to all of ${packet.destination}`);
}

function emptyFlight(attempt: Attempt): InFlight {
  const { packet } = attempt;
  return {
    family: packet.family,
    packet,
    sourceWords: addressWords(packet.source) ?? [0],
    destinationWords: addressWords(packet.destination) ?? [0],
    original: packet,
    mark: undefined,
    destinationTranslated: false,
    sourceTranslated: false,
  };
}
