/** One number that was measured. */
export interface Figure {
  /** Stable, for machines: `parse.rulesPerSecond`. */
  readonly key: string;
  /** In words, for the table. */
  readonly title: string;
  readonly value: number;
  readonly unit: Unit;
}

export type Unit = "ms" | "us" | "1/s" | "MiB" | "KiB" | "x" | "count" | "%";

/** One thing that is measured, in a process of its own. */
export interface Measurement {
  readonly id: string;
  readonly title: string;
  /** What bounds the result, as far as it is known. */
  readonly limitedBy: string;
  /** `lab` needs root and real commands; it runs when it is asked for. */
  readonly where: "anywhere" | "lab";
  measure(): Promise<readonly Figure[]>;
}

/** CPU time of this process (user and system) that a job takes, in milliseconds. */
export interface Timing {
  /** The first time: nothing is compiled yet. */
  readonly firstMs: number;
  /** Median of the rest. */
  readonly medianMs: number;
  /** Shortest time by the clock: what one job takes when nothing else runs, the collector's threads beside it. */
  readonly shortestMs: number;
}

/** Runs a job that often, and takes the CPU time of each: the load of other processes does not count. */
export async function timed(job: () => unknown, times = 9): Promise<Timing> {
  const taken: number[] = [];
  let shortestMs = Number.POSITIVE_INFINITY;
  for (let at = 0; at < times; at += 1) {
    const since = performance.now();
    const before = process.cpuUsage();
    await job();
    shortestMs = Math.min(shortestMs, performance.now() - since);
    const { user, system } = process.cpuUsage(before);
    taken.push((user + system) / 1_000);
  }
  const [firstMs = 0, ...rest] = taken;
  return { firstMs, medianMs: median(rest), shortestMs };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
