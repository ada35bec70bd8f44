import type { IntentKind, IntentOutcome } from "../intent.ts";
import type { Family } from "../ip.ts";
import type { Sandbox } from "../sandbox.ts";

/** Numbers of the last run for whom lists and sums are enough: each is absent where it could not be read. */
export interface Measured {
  readonly addressPools?: readonly AddressPoolReading[];
  /** Promises of Docker by kind and what became of them; what there is none of is left out. */
  readonly paths?: readonly PathReading[];
  readonly publishedPorts?: readonly PublishedPortReading[];
  readonly conntrack?: ConntrackReading;
  readonly neighbourTables?: readonly NeighbourReading[];
  /** Packets that the reverse path filter dropped since boot. */
  readonly reversePathFiltered?: number;
  readonly netns?: Readonly<Record<NetnsRole, number>>;
}

/** Addresses of one network and family. */
export interface AddressPoolReading {
  readonly network: string;
  readonly family: Family;
  /** Addresses that a container or gateway can have. */
  readonly size: number;
  /** Those that are taken, as far as this host knows: another node of a swarm may have taken more. */
  readonly used: number;
}

export interface PathReading {
  readonly kind: IntentKind;
  readonly state: IntentOutcome["state"];
  readonly paths: number;
}

export interface PublishedPortReading {
  readonly protocol: string;
  readonly state: IntentOutcome["state"];
  readonly ports: number;
}

export interface ConntrackReading {
  readonly entries: number;
  readonly limit: number;
  /** Since boot, over all CPUs; absent where neither /proc nor conntrack(8) shows them. */
  readonly drops?: ConntrackDrops;
}

export interface ConntrackDrops {
  /** The table was full, or no entry could be made. */
  readonly tableFull: number;
  readonly insertFailed: number;
  /** Entries removed to make room. */
  readonly earlyDrop: number;
  readonly chainTooLong: number;
}

/** The neighbour table of one address family, of the whole machine. */
export interface NeighbourReading {
  readonly family: Family;
  readonly entries?: number;
  /** More than this is refused. Source: gc_thresh3. */
  readonly limit?: number;
}

/** What a network namespace is for; `named` = made by `ip netns`. */
export type NetnsRole = Sandbox["role"] | "named";
