import type { Derivation } from "../derive/define-derivation.ts";
import type { Assumption } from "../model/assumption.ts";
import type { FactName, Facts } from "../model/facts.ts";
import type { CheckMeta, Problem, Verdict } from "../model/finding.ts";
import type { HostQuery, Instant } from "../model/query.ts";

/** A rule over facts. Pure: no clock, no I/O, no throw. What it requires is known when it runs. */
export interface Check<Id extends string = string, Need extends FactName = FactName>
  extends CheckMeta<Id> {
  readonly requires: readonly [Need, ...Need[]];
  evaluate(facts: Pick<Facts, Need>, context: CheckContext<Need>): Verdict;
  /** What this problem's remedy would make of the host, as data (docs/architecture.md: Claims). */
  assume?(problem: Problem): readonly Assumption[];
  /** Checks that fold under this one where both claim the same outage with the same remedy. */
  readonly widerThan?: readonly string[];
}

export interface CheckContext<Need extends FactName> {
  /** A check has no other clock. */
  readonly takenAt: Instant;
  /** A shared derivation; facts that the check did not declare do not compile. */
  derived<Sub extends Need, T>(derivation: Derivation<Sub, T>): T;
  /** The questions whose answers a fact was made of, for evidence. */
  sources(fact: Need): readonly HostQuery[];
}

/** A check as the engine holds it: types are erased once, here. */
export interface AnyCheck extends CheckMeta {
  readonly requires: readonly FactName[];
  evaluate(facts: never, context: never): Verdict;
  assume?(problem: Problem): readonly Assumption[];
  readonly widerThan?: readonly string[];
}

export function defineCheck<const Id extends string, const Need extends FactName>(
  check: Check<Id, Need>,
): Check<Id, Need> {
  return check;
}
