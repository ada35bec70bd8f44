import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../model/finding.ts";

/** What a run is, and who hears of it. */
export interface RunnerParts {
  /** One run. After the signal it ends soon and leaves no process behind. */
  examine(signal: AbortSignal): Promise<Report>;
  /** Longest time of a run in milliseconds; asked anew for each. */
  limitMs(): number;
  onReport(report: Report, how: "in-time" | "timed-out"): Promise<void>;
  /** A run, or what was done with its report, threw: a bug. */
  onBug(error: unknown): Promise<void>;
  /** A tick came while a run was under way. */
  onBusy(): void;
}

/** Runs one at a time. */
export interface Runner {
  /** Runs, unless a run is under way. Settles when the run has ended; never rejects. */
  tick(): Promise<void>;
  isBusy(): boolean;
  /** Ends the run under way and waits for it, at most so long. */
  stop(graceMs: number): Promise<void>;
}

/** Single flight, a limit of time, and one of the three places that catch: a bug costs one run, not the agent. */
export function createRunner(parts: RunnerParts): Runner {
  let underWay: { readonly ending: AbortController; readonly done: Promise<void> } | undefined;
  let isStopped = false;

  const run = async (ending: AbortController): Promise<void> => {
    const limit = setTimeout(() => ending.abort(), parts.limitMs());
    const report = await parts.examine(ending.signal).finally(() => clearTimeout(limit));
    if (!isStopped) await parts.onReport(report, ending.signal.aborted ? "timed-out" : "in-time");
  };

  return {
    isBusy: () => underWay !== undefined,
    async tick() {
      if (isStopped) return;
      if (underWay !== undefined) return parts.onBusy();
      const ending = new AbortController();
      const done = run(ending)
        .catch(async (error: unknown) => {
          if (!isStopped) await parts.onBug(error);
        })
        .finally(() => {
          underWay = undefined;
        });
      underWay = { ending, done };
      await done;
    },
    async stop(graceMs) {
      isStopped = true;
      if (underWay === undefined) return;
      underWay.ending.abort();
      const grace = new AbortController();
      const patience = sleep(graceMs, undefined, { signal: grace.signal }).catch(() => undefined);
      await Promise.race([underWay.done, patience]);
      grace.abort();
    },
  };
}
