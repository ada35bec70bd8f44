import type { Attempt } from "../../model/intent.ts";
import type { Address } from "../../model/ip.ts";
import type { Link } from "../../model/link.ts";
import type { Packet } from "../../model/packet.ts";
import { type Frame, type Landing, stopped, unsure } from "./landing.ts";
import type { LinkEnd, Place } from "./world.ts";

/** A frame that leaves in a UDP packet to another VTEP (RFC 7348). */
export interface Tunnel {
  readonly vtep: Address;
  /** Source of the outer packets; absent = the kernel chooses. */
  readonly local?: Address;
  readonly udpPort: number;
  readonly vni?: number;
}

/** IANA's port; what the kernel takes without `dstport` is older, and iproute2 always says it. */
const vxlanPort = 4789;

/** Outer Ethernet, IPv4 and UDP headers with that of VXLAN, less the inner Ethernet header that the packet does not count. */
export const overheadBytes = { ipv4: 50, ipv6: 70 } as const;

/**
 * A VXLAN link as a port: who holds the address is in the neighbours (answered by the link itself, flag `proxy`), and where that MAC
 * address is in the FDB, one written entry for each remote endpoint (drivers/net/vxlan/vxlan_core.c, vxlan_xmit).
 */
export function intoTunnel(
  place: Place,
  { end, link }: { readonly end: LinkEnd; readonly link: Link },
  frame: Frame,
): Landing {
  const { details } = link;
  if (details?.kind !== "vxlan" || details.external)
    return unsure(end, `${end.ifname} takes its VNI and its VTEP from elsewhere`);
  if (!link.adminUp) return stopped(end, { kind: "link", ifname: end.ifname, problem: "down" });
  const known = place.neighbours.find(
    ({ address, mac, nudState }) =>
      address === frame.nextHop && mac !== undefined && nudState !== "failed",
  );
  if (known?.mac === undefined) {
    if (details.flags.includes("proxy"))
      return stopped(end, { kind: "no-address", ifname: end.ifname, address: frame.nextHop });
    return unsure(end, `${end.ifname}: who holds ${frame.nextHop} is not in the neighbours`);
  }
  const entries = place.fdb.filter(
    ({ ifname, vtep }) => ifname === end.ifname && vtep !== undefined,
  );
  const own = entries.filter(({ mac }) => mac === known.mac);
  const [entry, another] = own;
  const flooded = entries.some(({ mac }) => /^[0:]+$/.test(mac)) || details.remote !== undefined;
  if (another !== undefined || (entry === undefined && flooded))
    return unsure(end, `${end.ifname}: ${known.mac} is sent to several VTEPs, or to unknown ones`);
  if (entry?.vtep === undefined) {
    const problem = `has no VTEP for ${known.mac}, which holds ${frame.nextHop}`;
    return stopped(end, { kind: "port", ifname: end.ifname, on: link.master ?? "", problem });
  }
  const vni = entry.vni ?? details.vni;
  const tunnel: Tunnel = {
    vtep: entry.vtep,
    udpPort: entry.udpPort ?? details.udpPort ?? vxlanPort,
    ...(details.local === undefined ? {} : { local: details.local }),
    ...(vni === undefined ? {} : { vni }),
  };
  return { kind: "tunnel", tunnel, end, over: frame.over };
}

/** The outer packet, sent by the namespace in which the link was made. It may be cut: VXLAN leaves DF off. */
export function outerPacket({ vtep, local, udpPort, vni }: Tunnel, inner: Packet): Attempt {
  const family = vtep.includes(":") ? "ipv6" : "ipv4";
  const { sizeBytes } = inner;
  const packet: Packet = {
    family,
    source: local ?? (family === "ipv4" ? "0.0.0.0" : "::"),
    destination: vtep,
    protocol: "udp",
    destinationPort: udpPort,
    ctState: "NEW",
    ctDirection: "ORIGINAL",
    ...(vni === undefined ? {} : { vni }),
    ...(sizeBytes === undefined ? {} : { sizeBytes: sizeBytes + overheadBytes[family] }),
    ...(family === "ipv4" ? { mayFragment: true } : {}),
  };
  return { entry: { kind: "local" }, packet, expect: { kind: "leaves", sourceTranslated: false } };
}
