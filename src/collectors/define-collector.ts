import type { HostPort } from "../host/port.ts";
import type { Fact, FactName, Facts } from "../model/facts.ts";
import type { HostQuery, Instant } from "../model/query.ts";
import type { Access } from "../model/reading/access.ts";

/** One fact: which questions to ask, which parser reads the answers, and what absent and unknown mean. */
export interface Collector<K extends FactName = FactName, Need extends FactName = never> {
  readonly fact: K;
  /** One sentence for the documentation. */
  readonly title: string;
  /** The questions in general form, with what each needs, for documentation and `explain`. */
  readonly reads: readonly Access[];
  /** What must be known first. An unknown need makes this fact unknown, with the same failure; an absent need makes it absent. */
  readonly needs: readonly Need[];
  collect(host: HostPort, context: CollectContext<Need>): Promise<Fact<Facts[K]>>;
}

export interface CollectContext<Need extends FactName> {
  readonly facts: Pick<Facts, Need>;
  /** Sources of facts are dated by this. */
  readonly now: Instant;
}

/** A collector as the engine holds it: types are erased once, here. */
export interface AnyCollector {
  readonly fact: FactName;
  readonly title: string;
  readonly reads: readonly Access[];
  readonly needs: readonly FactName[];
  collect(
    host: HostPort,
    context: { readonly facts: never; readonly now: Instant },
  ): Promise<Fact<unknown>>;
}

export function defineCollector<const K extends FactName, const Need extends FactName = never>(
  collector: Collector<K, Need>,
): Collector<K, Need> {
  return collector;
}

export type { HostQuery };
