import type { Family } from "../../model/ip.ts";
import type { Backend, Chain, IptablesRule, IptablesTable, Match } from "../../model/netfilter.ts";
import type { Element } from "../../model/packet.ts";
import { excludeEachOther, implies, isSeparable, separable } from "./implies.ts";

export type RuleElement = Extract<Element, { readonly kind: "rule" }>;

/** A table, its chains by name. */
export interface TableOf {
  readonly family: Family;
  readonly backend: Backend;
  readonly name: IptablesTable;
  readonly chains: ReadonlyMap<string, Chain>;
}

const deepest = 16;

/** The rule by which every packet with these conditions has left the chain before a place in it; undefined = some may get there. */
export function decidedBy(
  table: TableOf,
  { chain, before }: { readonly chain: Chain; readonly before: number },
  have: readonly Match[],
): RuleElement | undefined {
  for (const [at, rule] of chain.rules.slice(0, before).entries()) {
    if (!matchesAll(table, rule, have)) continue;
    if (leavesChain(rule)) return ruleElement(table, chain, { rule, at });
    if (rule.target.kind === "jump") {
      const found = endsIn(table, { name: rule.target.chain, depth: 1 }, have);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Every packet with these conditions meets the rule. */
function matchesAll({ name }: TableOf, { matches }: IptablesRule, have: readonly Match[]): boolean {
  return isSeparable(matches) && matches.every((wanted) => implies(have, wanted, name));
}

function leavesChain({ target }: IptablesRule): boolean {
  return endsTable(target) || target.kind === "goto" || isReturn(target);
}

function isReturn(target: IptablesRule["target"]): boolean {
  return target.kind === "verdict" && target.verdict === "RETURN";
}

/** The packet meets no further rule of this table. */
function endsTable(target: IptablesRule["target"]): boolean {
  switch (target.kind) {
    case "verdict":
      return target.verdict === "ACCEPT" || target.verdict === "DROP";
    case "reject":
    case "dnat":
    case "snat":
    case "masquerade":
    case "redirect":
      return true;
    default:
      return false;
  }
}

/** The rule by which every packet with these conditions ends in a chain, and none comes back to the one that called it. */
function endsIn(
  table: TableOf,
  { name, depth }: { readonly name: string; readonly depth: number },
  have: readonly Match[],
): RuleElement | undefined {
  const chain = table.chains.get(name);
  if (chain === undefined || depth > deepest) return undefined;
  for (const [at, rule] of chain.rules.entries()) {
    const { target } = rule;
    const both = [...have, ...separable(rule.matches)];
    if (excludeEachOther(both, table.name)) continue;
    const certain = matchesAll(table, rule, have);
    if (certain && endsTable(target)) return ruleElement(table, chain, { rule, at });
    if (isReturn(target)) return undefined;
    if (target.kind === "jump" && certain) {
      const found = endsIn(table, { name: target.chain, depth: depth + 1 }, have);
      if (found !== undefined) return found;
    }
    if (target.kind === "goto") {
      const found = endsIn(table, { name: target.chain, depth: depth + 1 }, both);
      if (found === undefined || certain) return found;
    }
  }
  return undefined;
}

export function ruleElement(
  { family, backend, name }: TableOf,
  chain: Chain,
  { rule, at }: { readonly rule: IptablesRule; readonly at: number },
): RuleElement {
  return {
    kind: "rule",
    family,
    backend,
    table: name,
    chain: chain.name,
    ruleNumber: at + 1,
    text: rule.text,
    ...(rule.counters === undefined ? {} : { counters: rule.counters }),
  };
}
