import type { Element, WalkResult } from "../../../model/packet.ts";
import type { CompiledNetns } from "../compile.ts";
import type { InFlight } from "../in-flight.ts";
import type { RouteAnswer } from "../routing.ts";
import { arrived, finish, type Way } from "./way.ts";

/** The link that a packet goes out on has to be there, up, and to have a carrier. */
export function leaveBy(netns: CompiledNetns, way: Way): WalkResult {
  const { outLink: ifname = "", packet, gateway } = way.flight;
  const link = netns.links.get(ifname);
  if (link === undefined)
    return finish(way, "dropped", { kind: "link", ifname, problem: "missing" });
  if (!link.adminUp) return finish(way, "dropped", { kind: "link", ifname, problem: "down" });
  if (link.flags.includes("NO-CARRIER"))
    return finish(way, "dropped", { kind: "link", ifname, problem: "no-carrier" });
  return arrived(way, {
    kind: "forwarded",
    outputLink: ifname,
    packet,
    ...(gateway === undefined ? {} : { gateway }),
  });
}

/**
 * The packet is larger than the route or the link takes, and must not be cut: the sender is told (`fragmentation needed`, `packet
 * too big`). An IPv6 packet is never cut on the way; forwarded ones are measured by the link before FORWARD is asked, and by the route
 * when they have passed POSTROUTING (ip6_dst_mtu_maybe_forward, ip6_finish_output).
 */
export function tooBig(
  netns: CompiledNetns,
  { route, outputLink }: Extract<RouteAnswer, { readonly kind: "unicast" }>,
  { flight: { packet, family }, by }: { readonly flight: InFlight; readonly by: "link" | "route" },
): Element | undefined {
  const { sizeBytes, mayFragment } = packet;
  const link = netns.links.get(outputLink);
  if (sizeBytes === undefined || link === undefined) return undefined;
  if (family === "ipv4" && mayFragment) return undefined;
  const mtuBytes = by === "link" ? link.mtuBytes : (route.mtuBytes ?? link.mtuBytes);
  if (sizeBytes <= mtuBytes) return undefined;
  return { kind: "mtu", ifname: outputLink, mtuBytes, sizeBytes };
}
