import type { Address, Family } from "./ip.ts";
import type { Backend, Counters, CtState } from "./netfilter.ts";
import type { NftFamily } from "./nft.ts";

/** A packet as the walk sends it through the model. */
export interface Packet {
  readonly family: Family;
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** Absent for ICMP. */
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** Type and code of an ICMP message; absent = an echo request, or its reply where the direction is REPLY. */
  readonly icmpType?: number;
  readonly icmpCode?: number;
  /** Length of the IP packet in bytes, header included; absent = small enough for every link. */
  readonly sizeBytes?: number;
  /** Time to live (hop limit) as the packet comes in, and its DSCP; absent = not known. */
  readonly ttl?: number;
  readonly dscp?: number;
  /** IPv4: may be cut into fragments on the way; absent = it must not be (DF), as TCP sends it. */
  readonly mayFragment?: true;
  /** Conntrack state that the packet has; NEW opens a connection, ESTABLISHED is a reply to one. */
  readonly ctState: Extract<CtState, "NEW" | "ESTABLISHED">;
  readonly ctDirection: "ORIGINAL" | "REPLY";
  /** VXLAN network id, for datagrams of the overlay's data path. */
  readonly vni?: number;
}

/** The first packet of a connection, as conntrack remembers it: what replies belong to. */
export interface Tuple {
  readonly source: Address;
  readonly destination: Address;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

/** Where a packet enters a network namespace. */
export type Entry =
  /** Arrives on a link (for a container: on its bridge, or on its port of a bridge). */
  | {
      readonly kind: "link";
      readonly ifname: string;
      /** MAC address of the sender on this link, where it is known. */
      readonly sourceMac?: string;
      /** The frames that it came in were measured on their way here. */
      readonly measured?: true;
    }
  /** A socket of this namespace sends it. A source of 0.0.0.0 or :: leaves the choice to the kernel. */
  | {
      readonly kind: "local";
      /** Owner of the socket; absent = not known. */
      readonly uid?: number;
      readonly gid?: number;
      /** SO_BINDTODEVICE. */
      readonly boundLink?: string;
    };

/** What decides a packet's fate, or passes it on. Carried by every walk as evidence. */
export type Element =
  | {
      readonly kind: "rule";
      readonly family: Family;
      readonly backend: Backend;
      readonly table: string;
      readonly chain: string;
      /** Position in its chain from 1, as `iptables -L --line-numbers` counts. */
      readonly ruleNumber: number;
      readonly text: string;
      readonly counters?: Counters;
    }
  | {
      readonly kind: "policy";
      readonly family: Family;
      readonly backend: Backend;
      readonly table: string;
      readonly chain: string;
      readonly policy: string;
    }
  | {
      readonly kind: "nft-rule";
      readonly nftFamily: NftFamily;
      readonly table: string;
      readonly chain: string;
      /** As `nft -a list` gives it. */
      readonly handle?: number;
      /** Position in its chain from 1. */
      readonly position: number;
      /** In the language of nft, without the numbers of its counters. */
      readonly text: string;
      readonly counters?: Counters;
    }
  | {
      readonly kind: "nft-chain";
      readonly nftFamily: NftFamily;
      readonly table: string;
      readonly chain: string;
      readonly detail: string;
    }
  | { readonly kind: "sysctl"; readonly key: string; readonly value: string }
  | { readonly kind: "route"; readonly text: string; readonly outputLink?: string }
  | { readonly kind: "no-route"; readonly destination: Address }
  | { readonly kind: "routing-rule"; readonly text: string }
  | {
      readonly kind: "link";
      readonly ifname: string;
      readonly problem: "missing" | "down" | "no-carrier" | "wrong-link";
    }
  | {
      readonly kind: "listener";
      readonly protocol: string;
      readonly port: number;
      readonly process?: string;
    }
  | {
      readonly kind: "no-listener";
      readonly protocol: string;
      readonly address: Address;
      readonly port: number;
    }
  /** An address that must not be seen here: a source of one's own, loopback outside of lo and the like (RFC 1812, 5.3.7). */
  | {
      readonly kind: "martian";
      readonly what: "source" | "destination";
      readonly address: Address;
      readonly ifname: string;
    }
  /** The packet is larger than what this link or route takes, and must not be cut. */
  | {
      readonly kind: "mtu";
      readonly ifname: string;
      readonly mtuBytes: number;
      readonly sizeBytes: number;
    }
  /** A bridge, or a link of its kind, does not carry frames from one of its ports to the other. */
  | {
      readonly kind: "port";
      readonly ifname: string;
      readonly on: string;
      readonly problem: string;
    }
  /** Nobody on this link answers for the address: the next hop that the sender was given does not exist. */
  | { readonly kind: "no-address"; readonly ifname: string; readonly address: Address }
  /** The packet passed, but no rule translated what had to be translated. */
  | {
      readonly kind: "not-translated";
      readonly what: "source" | "destination";
      readonly address: Address;
    }
  /** A fact that the walk needed is not known, or something that it does not model. */
  | { readonly kind: "not-modelled"; readonly text: string };

/** One step on the way: where, and what was met there. */
export interface Step {
  readonly at: string;
  readonly element: Element;
  readonly verdict: string;
}

/** Where a delivered packet arrived. */
export type Arrival =
  /** Leaves the namespace on a link, as this packet after translation. */
  | {
      readonly kind: "forwarded";
      readonly outputLink: string;
      readonly packet: Packet;
      /** Next hop of the route; absent = the destination itself is on the link. */
      readonly gateway?: Address;
      readonly connmark?: Connmark;
    }
  /** A socket of the host takes it. `process` is its owner where it could be seen. */
  | {
      readonly kind: "local";
      readonly packet: Packet;
      readonly process?: string;
      readonly connmark?: Connmark;
    };

/** Mark that rules left on a connection, for the answers; absent = none. */
export type Connmark = number | "unknown";

export type WalkResult =
  | { readonly fate: "delivered"; readonly arrival: Arrival; readonly steps: readonly Step[] }
  | {
      readonly fate: "dropped" | "rejected" | "unsure";
      /** The deciding element. */
      readonly element: Element;
      readonly steps: readonly Step[];
      /** Of one that is unsure because it may be stopped on the way: where it arrives if it is not. */
      readonly arrival?: Arrival;
    };

/** Stable text of an element: equal elements have equal keys, whatever their counters say. */
export function elementKey(element: Element): string {
  if (element.kind === "nft-rule") {
    const { counters: _, position: __, handle: ___, ...identity } = element;
    return JSON.stringify(identity);
  }
  if (element.kind !== "rule") return JSON.stringify(element);
  const { counters: _counters, ruleNumber: _ruleNumber, ...identity } = element;
  return JSON.stringify(identity);
}
