import type { Family } from "../ip.ts";

/** Counters of a neighbour table on one CPU. Source: /proc/net/stat/arp_cache, ndisc_cache. */
export interface NeighbourCpuCounters {
  readonly cpu: number;
  /** Entries of the table, the same on each CPU: those of every network namespace together. */
  readonly entries: number;
  readonly lookups: number;
  readonly hits: number;
  /** Addresses that nobody answered for. */
  readonly unresolved: number;
  /** How often the table had to be cleared because it had more than gc_thresh2 or 3 entries. */
  readonly forcedCollections: number;
  /** Packets dropped that waited for an answer. */
  readonly discarded: number;
  /** New entries refused because the table was full; always 0 before Linux 4.0. */
  readonly tableFull: number;
  /** Counters that decide nothing, in the kernel's words. */
  readonly others: Readonly<Record<string, number>>;
}

/** The neighbour table of one address family: one for the whole machine, whatever the namespace. */
export interface NeighbourTable {
  readonly family: Family;
  /** Absent where the kernel shows them only in its first network namespace. */
  readonly cpus?: readonly NeighbourCpuCounters[];
  readonly limits?: NeighbourLimits;
}

/** Entries at which the kernel clears the table. Source: net.ipv4.neigh.default.gc_thresh1 to 3. */
export interface NeighbourLimits {
  /** Up to here nothing is cleared. */
  readonly least: number;
  /** More than this may stand for five seconds only. */
  readonly soft: number;
  /** More than this is refused. */
  readonly hard: number;
}
