import { addressWords, contains, parsePrefix } from "../../../model/ip.ts";
import type { Element, WalkResult } from "../../../model/packet.ts";
import { linkSysctlKey } from "../../../model/sysctl.ts";
import type { CompiledNetns } from "../compile.ts";
import type { InFlight } from "../in-flight.ts";
import { routeElement } from "../route-text.ts";
import type { RouteAnswer } from "../routing.ts";
import { leaveBy, tooBig } from "./leave.ts";
import { checkSource } from "./source-check.ts";
import { finish, hook, note, type Way } from "./way.ts";

/** A packet from a link that is not for this host: ip_forward and ip6_forward. */
export function forward(
  netns: CompiledNetns,
  answer: Extract<RouteAnswer, { readonly kind: "unicast" }>,
  way: Way,
): WalkResult {
  const framed = sentAsFrame(netns, answer.outputLink, way.flight);
  if (framed !== undefined) return finish(way, "unsure", framed);
  const off = forwardingOff(netns, way.flight);
  const routed = { at: "routing", element: routeElement(answer.route), verdict: "forward" };
  if (off !== undefined && off.kind !== "not-modelled") {
    note(way, routed);
    return finish(way, "dropped", off);
  }
  way.doubt ??= off;
  const source = checkSource(netns, way.flight, answer);
  if (source.kind === "stopped") return finish(way, "dropped", source.element);
  if (source.kind === "unsure") way.doubt ??= source.element;
  note(way, routed);
  const scope = outOfScope(way.flight, answer.outputLink);
  if (scope !== undefined) return finish(way, "rejected", scope);
  const by = way.flight.family === "ipv4" ? "route" : "link";
  const large = tooBig(netns, answer, { flight: way.flight, by });
  if (large !== undefined) return finish(way, "rejected", large);
  const { gateway } = answer;
  way.flight = {
    ...withTtlLess(way.flight),
    outLink: answer.outputLink,
    ...(gateway === undefined ? {} : { gateway }),
  };
  const stop = hook(netns, "forward", way) ?? hook(netns, "postrouting", way);
  if (stop !== undefined) return stop;
  const late = tooBig(netns, answer, { flight: way.flight, by: "route" });
  return late === undefined ? leaveBy(netns, way) : finish(way, "rejected", late);
}

/**
 * A bridge's packet that bridge netfilter translated to a destination on the same bridge goes on as a frame, past the routing and what
 * hangs on it (br_nf_pre_routing_finish).
 */
function sentAsFrame(
  netns: CompiledNetns,
  outputLink: string,
  { family, inLink, packet, reply, original }: InFlight,
): Element | undefined {
  if (inLink !== outputLink || netns.links.get(inLink)?.linkKind !== "bridge") return undefined;
  if (packet.destination === (reply ?? original).destination) return undefined;
  const key = `net.bridge.bridge-nf-call-${family === "ipv4" ? "iptables" : "ip6tables"}`;
  if (netns.facts.sysctls[key] === "0") return undefined;
  const text = `${inLink} sends on a translated packet as a frame where bridge netfilter sees it`;
  return { kind: "not-modelled", text };
}

/** The time to live is counted down before FORWARD is asked (ip_forward, ip6_forward). */
function withTtlLess(flight: InFlight): InFlight {
  const { packet } = flight;
  if (packet.ttl === undefined) return flight;
  return { ...flight, packet: { ...packet, ttl: packet.ttl - 1 } };
}

/**
 * IPv4: the flag of the incoming link decides (IN_DEV_FORWARD); writing ip_forward sets it on all. IPv6: `all` decides, the flag
 * of a link does not stop a packet (seen on Linux 6.18); force_forwarding of a link lets it through all the same (since 6.17).
 */
export function forwardingOff(netns: CompiledNetns, flight: InFlight): Element | undefined {
  const { sysctls, linkSettings } = netns.facts;
  const ifname = flight.inLink ?? "";
  if (flight.family === "ipv6") {
    const key = "net.ipv6.conf.all.forwarding";
    const value = sysctls[key];
    if (value === undefined) return { kind: "not-modelled", text: `${key} was not read` };
    if (value !== "0") return undefined;
    const forced = sysctls[linkSysctlKey("ipv6", ifname, "force_forwarding")];
    return forced === "1" ? undefined : { kind: "sysctl", key, value };
  }
  const own = linkSettings.find((entry) => entry.family === "ipv4" && entry.ifname === ifname);
  const all = sysctls["net.ipv4.ip_forward"];
  if (own?.forwarding === true) return undefined;
  if (all === "0") return { kind: "sysctl", key: "net.ipv4.ip_forward", value: "0" };
  if (own?.forwarding !== false) return undefined;
  return { kind: "sysctl", key: linkSysctlKey("ipv4", ifname, "forwarding"), value: "0" };
}

const linkLocal = parsePrefix("fe80::/10");

/** IPv6: a source of the link's scope does not leave its link (ip6_forward); nor does one that is no address of anybody. */
function outOfScope({ family, packet, inLink }: InFlight, outLink: string): Element | undefined {
  if (family === "ipv4" || linkLocal === undefined) return undefined;
  const near = contains(linkLocal, packet.source) && inLink !== outLink;
  const nobody = addressWords(packet.source)?.every((word) => word === 0) === true;
  if (!near && !nobody) return undefined;
  return { kind: "martian", what: "source", address: packet.source, ifname: outLink };
}
