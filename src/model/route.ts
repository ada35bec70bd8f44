import type { Address, Family, Prefix } from "./ip.ts";

/** Route types (rtnetlink RTN_*). */
export type RouteType =
  | "unicast"
  | "local"
  | "broadcast"
  | "multicast"
  | "anycast"
  | "blackhole"
  | "unreachable"
  | "prohibit"
  | "throw"
  | "nat";

export interface NextHop {
  readonly gateway?: Address;
  readonly outputLink?: string;
  /** Kernel flags of this hop: linkdown, dead, onlink … */
  readonly flags: readonly string[];
  readonly weight?: number;
}

/** One entry of a routing table. Source: `ip -j route show table all`. */
export interface Route {
  readonly family: Family;
  readonly type: RouteType;
  /** `default` is 0.0.0.0/0 or ::/0. */
  readonly destination: Prefix;
  /** Route table by name or number, as text: main, local, default, 77 … */
  readonly routeTable: string;
  /** One for an ordinary route, several for multipath, none for blackhole and its like. */
  readonly nextHops: readonly NextHop[];
  /** RTA_PREFSRC: source address that the host itself uses on this route. */
  readonly preferredSource?: Address;
  readonly metric?: number;
  /** RTPROT_*: kernel, static, dhcp, ra, boot … */
  readonly protocol?: string;
  readonly scope?: string;
  /** RTAX_MTU in bytes. */
  readonly mtuBytes?: number;
  /** Seconds until the kernel drops it: what a router advertisement gave, for IPv6. Negative = overdue. Source: RTA_CACHEINFO. */
  readonly expiresSeconds?: number;
  readonly flags: readonly string[];
}

/** What a routing rule does when it matches. */
export type RuleAction =
  | { readonly kind: "lookup"; readonly routeTable: string }
  | { readonly kind: "blackhole" | "unreachable" | "prohibit" | "nop" }
  | { readonly kind: "goto"; readonly priority: number }
  /** l3mdev and whatever this version does not model. */
  | { readonly kind: "unrecognised"; readonly text: string };

/** An entry of the routing policy database. Source: `ip -j rule`, `ip -j -6 rule`. */
export interface RoutingRule {
  readonly family: Family;
  readonly priority: number;
  readonly inverted: boolean;
  readonly source?: Prefix;
  readonly destination?: Prefix;
  readonly inLink?: string;
  readonly outLink?: string;
  readonly mark?: number;
  readonly markMask?: number;
  /** FRA_SUPPRESS_PREFIXLEN: a route with a prefix of this length or shorter does not count. */
  readonly suppressPrefixLength?: number;
  readonly action: RuleAction;
  /** Selectors that are not modelled (tos, ports, protocol, uid), verbatim: a rule with any makes the lookup unsure. */
  readonly unrecognised: readonly string[];
}

/** Neighbour unreachability detection. Source: NUD_* of rtnetlink(7). */
export type NudState =
  | "incomplete"
  | "reachable"
  | "stale"
  | "delay"
  | "probe"
  | "failed"
  | "noarp"
  | "permanent";

/** An ARP or NDP entry. Source: `ip -j neigh`, RTM_NEWNEIGH. */
export interface Neighbour {
  readonly family: Family;
  readonly address: Address;
  /** Absent where the question named the link (`ip neigh show dev LINK`). */
  readonly ifname?: string;
  /** In lower case; absent while it is not known. */
  readonly mac?: string;
  /** Absent for what this host answers for in another's name (proxy). */
  readonly nudState?: NudState;
  /** router, proxy, extern_learn, offload, managed … in the words of iproute2. */
  readonly flags: readonly string[];
}
