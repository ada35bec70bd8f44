import type { Packet } from "../../model/packet.ts";
import type { BridgeHop, Landing } from "./landing.ts";
import { type LinkEnd, linkAt, type World } from "./world.ts";

/** What a frame may be longer than the MTU of its link by: a VLAN tag, whether it has one or not. */
const slackBytes = 4;

/**
 * A frame that is too long for a port of a bridge, or for the other end of its veth pair, is dropped, and nobody is told
 * (is_skb_forwardable: net/core/dev.c, br_dev_queue_push_xmit). Packets that the kernel still holds together (GSO) pass; one by itself
 * does not. Undefined = it passes, or its length is not known.
 */
export function tooLongForFrames(
  world: World,
  landing: Landing,
  { packet, sender }: { readonly packet: Packet; readonly sender: LinkEnd },
): Extract<Landing, { readonly kind: "stopped" | "unsure" }> | undefined {
  if (packet.sizeBytes === undefined || landing.kind === "stopped" || landing.kind === "unsure")
    return undefined;
  let sizeBytes = frameBytes(world, packet, sender);
  const ends = landing.over.flatMap(({ place, inPort, outPort }) => [
    ...ofVeth(world, place, inPort),
    ...(outPort === undefined ? [] : [{ place, ifname: outPort }]),
  ]);
  const last = landing.kind === "link" ? landing.end : undefined;
  for (const end of [...ends, ...ofVeth(world, last?.place ?? "", last?.ifname)]) {
    const mtuBytes = linkAt(world, end)?.mtuBytes;
    if (mtuBytes === undefined || sizeBytes <= mtuBytes + slackBytes) continue;
    const cut = isCutByNetfilter(world, landing.over, { packet, end });
    // Its pieces go on, and come whole to the end behind.
    if (cut === "yes") {
      sizeBytes = mtuBytes;
      continue;
    }
    if (cut === "unsure")
      return {
        kind: "unsure",
        at: end.place,
        element: {
          kind: "not-modelled",
          text: `whether bridge netfilter cuts what is too long for ${end.ifname}`,
        },
      };
    const element = { kind: "mtu", ifname: end.ifname, mtuBytes, sizeBytes } as const;
    return { kind: "stopped", at: end.place, element };
  }
  return undefined;
}

/** What may be cut leaves in pieces that its link takes. */
function frameBytes(world: World, { sizeBytes = 0, mayFragment }: Packet, sender: LinkEnd): number {
  const mtuBytes = linkAt(world, sender)?.mtuBytes ?? sizeBytes;
  return mayFragment ? Math.min(sizeBytes, mtuBytes) : sizeBytes;
}

/** Bridge netfilter cuts IPv4 packets from port to port to the bridge's MTU, as it sees them (br_nf_dev_queue_xmit). */
function isCutByNetfilter(
  world: World,
  over: readonly BridgeHop[],
  { packet, end }: { readonly packet: Packet; readonly end: LinkEnd },
): "yes" | "no" | "unsure" {
  const hop = over.find(({ place, outPort }) => place === end.place && outPort === end.ifname);
  // What must not be cut is dropped there (br_nf_ip_fragment).
  if (packet.mayFragment !== true) return "no";
  if (hop?.inPort === undefined || packet.family === "ipv6") return "no";
  const sysctls = world.places.get(end.place)?.netns.facts.sysctls;
  const calls = sysctls?.["net.bridge.bridge-nf-call-iptables"];
  if (calls === "0") return "no";
  return calls === "1" ? "yes" : "unsure";
}

/** A card takes what the wire brings; a veth looks at what its peer sends. */
function ofVeth(world: World, place: string, ifname: string | undefined): readonly LinkEnd[] {
  if (ifname === undefined) return [];
  const end = { place, ifname };
  return linkAt(world, end)?.linkKind === "veth" ? [end] : [];
}
