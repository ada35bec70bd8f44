import type { MissedRule } from "../../model/exposure/exposure-report.ts";
import type { IptablesRule, Ruleset } from "../../model/netfilter.ts";
import type { OwnerKind } from "../../model/rule-owner.ts";
import { elementText } from "../evidence.ts";
import { elementOwner } from "../rule-owners.ts";
import { type DeadRule, deadRules } from "./dead-rules.ts";
import type { RuleElement } from "./decided-by.ts";

/** Owners whose rules somebody wrote to let in or keep out; what programs make by themselves is theirs to mind. */
const writers: readonly (OwnerKind | undefined)[] = [undefined, "docker-user", "ufw", "firewalld"];

/** So many are named; one early rule can switch off hundreds. */
const mostMissed = 20;

export interface MissedRules {
  readonly rules: readonly MissedRule[];
  /** How many more there are, and which chains were not judged. */
  readonly notes: readonly string[];
}

/** Dead rules that somebody wrote on the way of Docker's packets, and that would have done something else than what decides. */
export function missedRules(rulesets: readonly Ruleset[]): MissedRules {
  const { rules, left } = deadRules(rulesets);
  const all = rules
    .filter((dead) => writers.includes(elementOwner(dead.rule, rulesets)?.kind))
    .filter((dead) => isMissed(dead, rulesets));
  const more = all.length - mostMissed;
  return {
    rules: all.slice(0, mostMissed).map((dead) => inWords(dead, rulesets)),
    notes: [
      ...(more > 0 ? [`${more} more rules can never match`] : []),
      ...left.map((chain) => `${chain}: whether its rules can match was not judged`),
    ],
  };
}

function isMissed({ target, because }: DeadRule, rulesets: readonly Ruleset[]): boolean {
  if (target.kind === "none" || target.kind === "continue") return false;
  // At the end of a chain it says what happens anyway.
  if (because === undefined) return target.kind !== "verdict" || target.verdict !== "RETURN";
  return JSON.stringify(target) !== JSON.stringify(targetOf(because, rulesets));
}

function inWords({ rule, because, why }: DeadRule, rulesets: readonly Ruleset[]): MissedRule {
  const owner = elementOwner(rule, rulesets)?.name;
  return {
    element: rule,
    text: elementText(rule),
    ...(owner === undefined ? {} : { owner }),
    why,
    ...(because === undefined ? {} : { because, becauseText: elementText(because) }),
  };
}

function targetOf(
  element: RuleElement,
  rulesets: readonly Ruleset[],
): IptablesRule["target"] | undefined {
  const ruleset = rulesets.find(
    ({ family, backend }) => family === element.family && backend === element.backend,
  );
  const table = ruleset?.tables.find(({ name }) => name === element.table);
  const chain = table?.chains.find(({ name }) => name === element.chain);
  return chain?.rules[element.ruleNumber - 1]?.target;
}
