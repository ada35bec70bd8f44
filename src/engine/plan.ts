import type { AnyCheck } from "../checks/define-check.ts";
import type { AnyCollector } from "../collectors/define-collector.ts";
import type { Instant } from "../model/query.ts";
import type { DerivedMemory } from "./evaluate.ts";

/** Leaves out findings of a check, or of one subject of it; they stay in the report, marked. */
export interface Suppression {
  readonly check: string;
  /** String form of a subject (`subjectText`); absent = every subject. */
  readonly subject?: string;
}

/** Time is an argument: the engine has no clock of its own. */
export interface Clock {
  now(): Instant;
  /** Milliseconds of a monotonic clock. */
  elapsedMs(): number;
  /** Waits; absent where time stands still, as in a bundle. */
  pause?(ms: number): Promise<void>;
}

/** What happens while a run goes on, for a progress line. */
export type Progress =
  | {
      readonly kind: "collecting";
      readonly fact: string;
      readonly done: number;
      readonly of: number;
    }
  | { readonly kind: "judging" };

/** `mostLooks` where a person asks once and waits; an agent comes again by itself. */
export const looksForAPerson = 5;

/** Everything a run is made of, apart from the host. */
export interface Plan {
  readonly collectors: readonly AnyCollector[];
  /** The checks to evaluate, already narrowed by --only. */
  readonly checks: readonly AnyCheck[];
  readonly suppressions: readonly Suppression[];
  readonly clock: Clock;
  readonly toolVersion: string;
  /** How often a host that moves is looked at before what still moves is left unjudged; 2 where it is absent. */
  readonly mostLooks?: number;
  /** What was derived in earlier runs, for an agent. */
  readonly derived?: DerivedMemory;
  onProgress?(progress: Progress): void;
}
