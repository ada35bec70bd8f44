import {
  type AddressWords,
  addressText,
  addressWords,
  contains,
  parsePrefix,
} from "../../../model/ip.ts";
import type { Element, WalkResult } from "../../../model/packet.ts";
import { eitherSwitch, linkSysctlKey } from "../../../model/sysctl.ts";
import type { CompiledNetns } from "../compile.ts";
import type { InFlight } from "../in-flight.ts";
import { routeOut } from "../route-out.ts";
import { routeElement } from "../route-text.ts";
import { type PossibleRoutes, possibleRoutes, type RouteAnswer } from "../routing.ts";
import { deliver } from "./deliver.ts";
import { leaveBy, tooBig } from "./leave.ts";
import { sourceAddress } from "./source-address.ts";
import { alongEach, finish, hook, note, type Way } from "./way.ts";

/** A packet of this host's own: routing, source, OUTPUT, routing again where rules changed it, POSTROUTING, a link or lo. */
export function send(netns: CompiledNetns, way: Way): WalkResult {
  const first = routeOut(netns, way.flight, way.flight.mark);
  if (!isUnspecified(way.flight.sourceWords))
    return alongEach(way, first, (answer, own) => {
      const foreign = foreignSource(netns, answer, own.flight);
      return foreign === undefined ? sendBy(netns, answer, own) : finish(own, "rejected", foreign);
    });
  return alongEach(way, first, (answer, own) => {
    if (answer.kind === "unsure") return finish(own, "unsure", answer.element);
    const source = chosenSource(netns, own.flight, answer);
    if (source === undefined) return finish(own, "rejected", refusal(answer, own.flight));
    own.flight = withOwnSource(own.flight, source);
    const again = routeOut(netns, own.flight, own.flight.mark);
    return alongEach(own, settled(again, answer, own.flight), (second, way_) =>
      sendBy(netns, second, way_),
    );
  });
}

/** Sockets that connect are routed again once their source is chosen (ip_route_connect); a datagram without a connection is not. */
function settled(again: PossibleRoutes, first: RouteAnswer, { packet }: InFlight): PossibleRoutes {
  const [answer] = again.answers;
  if (packet.protocol === "tcp" || again.doubt !== undefined || isSameWay(first, answer))
    return again;
  const text = "a routing rule by source sends a connected socket another way than a datagram";
  return { answers: [first, answer], doubt: { kind: "not-modelled", text } };
}

function isSameWay(a: RouteAnswer, b: RouteAnswer): boolean {
  if (a.kind === "unicast" && b.kind === "unicast")
    return a.outputLink === b.outputLink && a.gateway === b.gateway;
  return a.kind === b.kind;
}

function sendBy(netns: CompiledNetns, answer: RouteAnswer, way: Way): WalkResult {
  if (answer.kind === "unsure") return finish(way, "unsure", answer.element);
  if (answer.kind === "refused") return finish(way, "rejected", answer.element);
  if (answer.kind === "other") {
    const text = `whether the socket may send to all of ${way.flight.packet.destination}`;
    way.doubt ??= { kind: "not-modelled", text };
  }
  takeRoute(answer, way);
  const wrong = loopbackSource(netns, way);
  if (wrong !== undefined) return finish(way, "rejected", wrong);
  const stop = hook(netns, "output", way);
  if (stop !== undefined) return stop;
  const { routeAgain } = way.flight;
  if (routeAgain === undefined) return leave(netns, answer, way);
  const { routeAgain: _done, gateway: _gateway, ...flight } = way.flight;
  way.flight = flight;
  return alongEach(way, routeOut(netns, flight, routeAgain.mark), (next, own) => {
    if (next.kind === "unsure") return finish(own, "unsure", next.element);
    if (next.kind === "refused") return finish(own, "dropped", next.element);
    takeRoute(next, own);
    const odd = loopbackSource(netns, own);
    return odd === undefined ? leave(netns, next, own) : finish(own, "dropped", odd);
  });
}

type Open = Exclude<RouteAnswer, { readonly kind: "unsure" | "refused" }>;

function takeRoute(answer: Open, way: Way): void {
  const outLink = answer.kind === "local" ? "lo" : outputOf(answer);
  const gateway = answer.kind === "unicast" ? answer.gateway : undefined;
  way.flight = { ...way.flight, outLink, ...(gateway === undefined ? {} : { gateway }) };
  const verdict = answer.kind === "local" ? "local" : "send";
  note(way, { at: "routing", element: routeElement(answer.route), verdict });
}

function outputOf(answer: Open): string {
  return answer.kind === "unicast"
    ? answer.outputLink
    : (answer.route.nextHops[0]?.outputLink ?? "");
}

function leave(netns: CompiledNetns, answer: Open, way: Way): WalkResult {
  if (answer.kind === "other") {
    const text = `broadcast and multicast: ${way.flight.packet.destination}`;
    return finish(way, "unsure", { kind: "not-modelled", text });
  }
  const large =
    answer.kind === "unicast"
      ? tooBig(netns, answer, { flight: way.flight, by: "route" })
      : undefined;
  const stop = hook(netns, "postrouting", way);
  if (stop !== undefined) return stop;
  if (large !== undefined) return finish(way, "rejected", large);
  return answer.kind === "local" ? comeBack(netns, way) : leaveBy(netns, way);
}

/** lo hands the packet back with its route, its connection and its mark: PREROUTING and INPUT see it, no source is checked. */
function comeBack(netns: CompiledNetns, way: Way): WalkResult {
  const lo = netns.links.get("lo");
  if (lo === undefined || !lo.adminUp) {
    const problem = lo === undefined ? "missing" : "down";
    return finish(way, "dropped", { kind: "link", ifname: "lo", problem });
  }
  const { outLink: _out, sender: _sender, ...flight } = way.flight;
  way.flight = { ...flight, inLink: "lo", natDecided: true };
  return hook(netns, "prerouting", way) ?? deliver(netns, way);
}

type Known = Exclude<RouteAnswer, { readonly kind: "unsure" }>;

/** The route's preferred source, the address itself for one of the host's own, else what the link has for the next hop. */
function chosenSource(
  netns: CompiledNetns,
  { family, packet }: InFlight,
  answer: Known,
): string | undefined {
  if (answer.kind === "refused") return undefined;
  const { preferredSource, scope } = answer.route;
  if (preferredSource !== undefined) return preferredSource;
  if (answer.kind === "local") return packet.destination;
  const gateway = answer.kind === "unicast" ? answer.gateway : undefined;
  return sourceAddress(netns.links, {
    family,
    outLink: outputOf(answer),
    destination: packet.destination,
    ...(gateway === undefined ? {} : { gateway }),
    scope: scope === "link" || scope === "host" ? scope : "global",
  });
}

function refusal(answer: Known, { packet }: InFlight): Element {
  if (answer.kind === "refused") return answer.element;
  return { kind: "no-address", ifname: outputOf(answer), address: packet.source };
}

function withOwnSource(flight: InFlight, source: string): InFlight {
  const packet = { ...flight.packet, source };
  const original = { ...flight.original, source };
  const sourceWords = addressWords(source) ?? flight.sourceWords;
  return { ...flight, packet, original, sourceWords };
}

/** A source that was not left to the kernel has to be one's own (__ip_dev_find; for IPv6 when the socket was bound). */
function foreignSource(
  netns: CompiledNetns,
  answer: RouteAnswer,
  { packet, sourceWords, family }: InFlight,
): Element | undefined {
  if (answer.kind === "unsure" || answer.kind === "refused") return undefined;
  const { answers, doubt } = possibleRoutes(netns.fib, family, {
    destination: sourceWords,
    source: sourceWords.map(() => 0),
    mark: 0,
  });
  const [route] = answers;
  if (doubt !== undefined || route.kind === "local" || route.kind === "unsure") return undefined;
  return { kind: "no-address", ifname: outputOf(answer), address: packet.source };
}

const loopback = parsePrefix("127.0.0.0/8");

function loopbackSource(netns: CompiledNetns, way: Way): Element | undefined {
  const { packet, outLink = "" } = way.flight;
  if (loopback === undefined || outLink === "lo") return undefined;
  if (!contains(loopback, packet.source)) return undefined;
  const allowed = eitherSwitch(netns.facts.sysctls, outLink, "route_localnet");
  if (allowed === false)
    return { kind: "martian", what: "source", address: packet.source, ifname: outLink };
  if (allowed === undefined) {
    const text = `${linkSysctlKey("ipv4", outLink, "route_localnet")} was not read`;
    way.doubt ??= { kind: "not-modelled", text };
  }
  return undefined;
}

function isUnspecified(words: AddressWords): boolean {
  return ["0.0.0.0", "::"].includes(addressText(words));
}
