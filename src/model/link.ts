import type { Address, Family } from "./ip.ts";
import type { LinkDetails, LinkStatistics, MasterPort } from "./link-details.ts";

/** RFC 2863 operational state as the kernel reports it (IFLA_OPERSTATE). */
export type OperState =
  | "up"
  | "down"
  | "unknown"
  | "dormant"
  | "lower-layer-down"
  | "testing"
  | "not-present";

/** An address on a link. Source: IFA_ADDRESS, IFA_LOCAL. */
export interface LinkAddress {
  readonly family: Family;
  readonly address: Address;
  /** Prefix length in bits. */
  readonly prefixLength: number;
  readonly scope: "global" | "link" | "host" | "site" | "other";
  /** The other end of a point-to-point address (IFA_ADDRESS where it differs from IFA_LOCAL). */
  readonly peer?: Address;
  /** Flags in the words of `ip -j addr`: dynamic, deprecated, tentative, noprefixroute, secondary … */
  readonly flags: readonly string[];
  /** Seconds until the kernel drops it (IFA_CACHEINFO), as a router's advertisement or DHCP said; absent = for ever. */
  readonly validForSeconds?: number;
  /** Seconds until it is deprecated; absent = never. */
  readonly preferredForSeconds?: number;
}

/** What iproute2 calls a link. Source: `ip -j -d addr`, RTM_NEWLINK. */
export interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  /** IFLA_INFO_KIND such as veth, bridge, vxlan, macvlan; absent for plain interfaces. */
  readonly linkKind?: string;
  /** All flags in the kernel's words: UP, LOWER_UP, BROADCAST, NO-CARRIER … */
  readonly flags: readonly string[];
  /** IFF_UP: the administrative state. */
  readonly adminUp: boolean;
  /** LOWER_UP: the link has a carrier. */
  readonly carrier: boolean;
  readonly operState: OperState;
  readonly mtuBytes: number;
  /** MAC address in lower case, where the link has one. */
  readonly mac?: string;
  /** The bridge, bond or VRF that this link is enslaved to. */
  readonly master?: string;
  /** IFLA_LINK: the peer of a veth (in `peerNetnsId`), the parent of a macvlan or VLAN. */
  readonly peerIfindex?: number;
  /** IFLA_LINK as a name, where it is in the same network namespace. */
  readonly peerIfname?: string;
  /** IFLA_LINK_NETNSID: the network namespace of the peer, as numbered in this one. */
  readonly peerNetnsId?: number;
  readonly alternativeNames: readonly string[];
  /** IFLA_IFALIAS: a text that somebody gave the link. */
  readonly alias?: string;
  readonly addresses: readonly LinkAddress[];
  readonly details?: LinkDetails;
  /** As a port of `master`. */
  readonly masterPort?: MasterPort;
  readonly statistics?: LinkStatistics;
}

/**
 * The kernel asks whether nobody else has the address (duplicate address detection, RFC 4862 part 5.4) and answers nothing on it until
 * then, at most some seconds: what is sent to it now is lost, what is sent in a moment is not. Without a carrier it waits for one, and an
 * address that somebody else has stays unused; both are no passing state.
 */
export function isTentative({ adminUp, carrier }: Link, { flags }: LinkAddress): boolean {
  const waits = flags.includes("tentative") && !flags.includes("optimistic");
  return adminUp && carrier && waits && !flags.includes("dadfailed");
}
