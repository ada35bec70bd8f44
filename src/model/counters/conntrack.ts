/** Counters of connection tracking on one CPU. Source: /proc/net/stat/nf_conntrack or `conntrack -S`; each kernel has its own set. */
export interface ConntrackCpuCounters {
  readonly cpu: number;
  /** Entries of the whole namespace, the same on each CPU; /proc alone has it. */
  readonly entries?: number;
  readonly found: number;
  /** Packets that could not be tracked. */
  readonly invalid: number;
  readonly insertFailed: number;
  /** Packets dropped because the table was full, or no entry could be made. */
  readonly dropped: number;
  /** Entries removed to make room for new ones. */
  readonly earlyDropped: number;
  /** ICMP errors that belong to no entry. */
  readonly errors: number;
  readonly searchRestarts: number;
  /** Two entries that met at insertion, and how often that could be mended. */
  readonly clashesResolved?: number;
  /** Insertions that failed because a chain of the hash table was too long. */
  readonly chainsTooLong?: number;
  /** Counters that newer kernels no longer keep, in the kernel's words. */
  readonly others: Readonly<Record<string, number>>;
}

/** How much of the table of connections is used. Source: nf_conntrack_count, nf_conntrack_max and nf_conntrack_buckets. */
export interface ConntrackUse {
  /** Entries of the host's network namespace. */
  readonly entries: number;
  /** Most that a namespace may have; one number for the whole machine, though each namespace counts its own. */
  readonly limit: number;
  /** Buckets of the hash table that all namespaces share. */
  readonly buckets?: number;
  /** Counters of each CPU; absent where neither /proc nor conntrack(8) shows them. */
  readonly cpus?: readonly ConntrackCpuCounters[];
}
