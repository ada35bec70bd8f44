import type { FactName, Facts } from "../model/facts.ts";

/** A pure answer computed from facts and shared by checks; the engine computes it once per snapshot. */
export interface Derivation<Need extends FactName, T> {
  readonly requires: readonly Need[];
  compute(facts: Pick<Facts, Need>): T;
  /** Whether a value holds nothing that changes with counters and lifetimes, so that it stands while only those change. */
  outlasts?(value: T): boolean;
}

export function defineDerivation<const Need extends FactName, T>(
  derivation: Derivation<Need, T>,
): Derivation<Need, T> {
  return derivation;
}
