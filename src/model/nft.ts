import type { NftExpression, NftPair, NftStatement, NftUnrecognised } from "./nft-rule.ts";

/** All of native nftables in one namespace. Source: `nft -j list ruleset`; libnftables-json(5). */
export interface NftRuleset {
  /** Version of the nft that printed it. */
  readonly nftVersion?: string;
  readonly tables: readonly NftTable[];
  /** Entries of the list that are none of the objects typed here, or belong to nothing that was listed before. */
  readonly unrecognised: readonly NftUnrecognisedEntry[];
}

export interface NftUnrecognisedEntry {
  /** Position in the array `nftables`, from 0. */
  readonly position: number;
  /** The entry verbatim, as JSON. */
  readonly text: string;
}

/** ip, ip6, inet (both), arp, bridge, netdev. */
export type NftFamily = "ip" | "ip6" | "inet" | "arp" | "bridge" | "netdev";

export interface NftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly handle?: number;
  /** dormant: its chains hang on no hook; owner and persist: it belongs to a process. */
  readonly flags?: readonly string[];
  readonly comment?: string;
  readonly chains: readonly NftChain[];
  readonly sets: readonly NftSet[];
  readonly maps: readonly NftMap[];
  readonly flowtables: readonly NftFlowtable[];
  readonly objects: readonly NftObject[];
}

export interface NftChain {
  readonly name: string;
  readonly handle?: number;
  readonly comment?: string;
  /** Where a base chain hangs; a chain without one is reached by jumps only. */
  readonly base?: NftBase;
  readonly rules: readonly NftRule[];
}

export interface NftBase {
  /** filter, nat or route. */
  readonly chainType: string;
  /** prerouting, input, forward, output, postrouting, ingress, egress. */
  readonly hook: string;
  /** Chains of one hook run in this order, the smallest first. */
  readonly priority: number;
  /** Links of the hooks ingress and egress. */
  readonly devices?: readonly string[];
  /** accept when it is not printed. */
  readonly policy?: "accept" | "drop";
}

export interface NftRule {
  readonly handle?: number;
  readonly comment?: string;
  readonly statements: readonly NftStatement[];
}

/** What sets and maps have in common. Times are in seconds. */
interface NftCollection {
  readonly name: string;
  readonly handle?: number;
  readonly comment?: string;
  /** Data type of the key: ipv4_addr, inet_service, ifname …; several for a concatenation. */
  readonly keyTypes: NftTypes;
  readonly policy?: string;
  /** constant, interval, timeout, dynamic. */
  readonly flags?: readonly string[];
  readonly timeoutSeconds?: number;
  readonly gcIntervalSeconds?: number;
  /** Most elements that it may hold. */
  readonly size?: number;
  readonly autoMerge?: boolean;
  /** Statements that each element gets: counter, limit, … */
  readonly statements?: readonly NftStatement[];
}

/** Names of data types; the expression behind `typeof` stays verbatim. */
export type NftTypes = readonly string[] | NftUnrecognised;

export interface NftSet extends NftCollection {
  readonly elements?: readonly NftExpression[];
}

export interface NftMap extends NftCollection {
  /** Data type of the values: verdict for a verdict map; counter, quota, limit … for a map of objects. */
  readonly valueTypes: NftTypes;
  readonly elements?: readonly NftPair[];
}

export interface NftFlowtable {
  readonly name: string;
  readonly handle?: number;
  readonly hook?: string;
  readonly priority?: number;
  readonly devices?: readonly string[];
  readonly flags?: readonly string[];
  readonly counter?: boolean;
}

interface Named {
  readonly name: string;
  readonly handle?: number;
  readonly comment?: string;
}

/** A named object that rules and maps refer to. */
export type NftObject =
  | (Named & { readonly kind: "counter"; readonly packets: number; readonly bytes: number })
  | (Named & {
      readonly kind: "quota";
      readonly bytes: number;
      readonly usedBytes?: number;
      /** True: matches once the quota is exceeded. */
      readonly over?: boolean;
    })
  | (Named & {
      readonly kind: "limit";
      readonly rate: number;
      readonly rateUnit?: string;
      readonly per?: string;
      readonly burst?: number;
      readonly burstUnit?: string;
      readonly unit?: string;
      /** True: matches what exceeds the rate. */
      readonly over?: boolean;
    })
  | (Named & {
      readonly kind: "ct-helper";
      readonly helper: string;
      readonly protocol?: string;
      readonly l3Protocol?: string;
    })
  | (Named & {
      readonly kind: "ct-timeout";
      readonly protocol?: string;
      readonly l3Protocol?: string;
      /** Seconds by state of the connection. */
      readonly timeouts?: Readonly<Record<string, number>>;
    })
  | (Named & {
      readonly kind: "ct-expectation";
      readonly protocol?: string;
      readonly l3Protocol?: string;
      readonly destinationPort?: number;
      readonly timeoutMs?: number;
      readonly size?: number;
    })
  | (Named & {
      readonly kind: "synproxy";
      readonly mss?: number;
      readonly windowScale?: number;
      readonly flags?: readonly string[];
    })
  | (Named & { readonly kind: "secmark"; readonly context: string });
