import type { Chain, IptablesRule, Match, Ruleset, Table } from "../../model/netfilter.ts";
import { decidedBy, type RuleElement, ruleElement, type TableOf } from "./decided-by.ts";
import { excludeEachOther, separable } from "./implies.ts";

/** A rule of iptables that no packet ever meets. */
export interface DeadRule {
  readonly rule: RuleElement;
  readonly target: IptablesRule["target"];
  /** What decides before it about every packet that it would match; absent where its own conditions exclude each other. */
  readonly because?: RuleElement;
  readonly why: "decided-before" | "impossible" | "no-jump";
}

export interface DeadRules {
  readonly rules: readonly DeadRule[];
  /** Chains that were not judged, with the reason. */
  readonly left: readonly string[];
}

/** Longer chains, and chains that are called from more places, are not judged: the work grows with the square. */
const mostRules = 2_000;
const mostPlaces = 24;
const deepest = 16;

const beginnings: readonly string[] = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"];

/**
 * Rules on the way of Docker's packets that can never match, because an earlier one decides about every packet that they would
 * match. Only what is certain: a rule that is not in the list may be dead all the same.
 */
export function deadRules(rulesets: readonly Ruleset[]): DeadRules {
  const found = rulesets.flatMap((ruleset) =>
    ruleset.tables
      .filter(({ incompatible }) => incompatible !== true)
      .map((table) => deadIn(ruleset, table)),
  );
  return {
    rules: found.flatMap(({ rules }) => rules),
    left: found.flatMap(({ left }) => left),
  };
}

/** A way to a chain: the jumps that lead there, from a built-in chain on. */
interface Place {
  readonly beginning: string;
  readonly jumps: readonly { readonly chain: Chain; readonly at: number }[];
  /** What every packet that took these jumps meets. */
  readonly have: readonly Match[];
}

function deadIn(ruleset: Ruleset, table: Table): DeadRules {
  const chains = new Map(table.chains.map((chain) => [chain.name, chain]));
  const on: TableOf = {
    family: ruleset.family,
    backend: ruleset.backend,
    name: table.name,
    chains,
  };
  const places = placesIn(table, chains);
  const rules: DeadRule[] = [];
  const left: string[] = [];
  for (const chain of table.chains) {
    if (!places.has(chain.name)) continue;
    const own = places.get(chain.name);
    // What only INPUT calls decides about none of Docker's packets.
    if (own !== undefined && own.length > 0 && own.every(isInput)) continue;
    if (own === undefined || chain.rules.length > mostRules) {
      left.push(
        `${on.family} ${on.name} ${chain.name}: too long, in a loop, or called from too many places`,
      );
      continue;
    }
    for (const [at, rule] of chain.rules.entries()) {
      const dead = deadAt(on, own, { chain, at, rule });
      if (dead !== undefined) rules.push(dead);
    }
  }
  return { rules, left };
}

function isInput({ beginning }: Place): boolean {
  return beginning === "INPUT";
}

/** Every way to every chain; undefined where there are too many. */
function placesIn(
  table: Table,
  chains: ReadonlyMap<string, Chain>,
): ReadonlyMap<string, readonly Place[] | undefined> {
  const places = new Map<string, Place[] | undefined>();
  const giveUp = (chain: Chain): void => {
    if (places.has(chain.name) && places.get(chain.name) === undefined) return;
    places.set(chain.name, undefined);
    for (const called of calledBy(chain, chains)) giveUp(called);
  };
  const visit = (chain: Chain, place: Place, callers: readonly string[]): void => {
    const known = places.has(chain.name) ? places.get(chain.name) : [];
    if (known === undefined) return;
    if (known.length >= mostPlaces || callers.length > deepest) {
      giveUp(chain);
      return;
    }
    places.set(chain.name, [...known, place]);
    for (const [at, { matches, target }] of chain.rules.entries()) {
      if (target.kind !== "jump" && target.kind !== "goto") continue;
      const called = chains.get(target.chain);
      if (called === undefined) continue;
      // The kernel refuses rulesets with loops; what is in one is not judged.
      if (callers.includes(called.name)) {
        giveUp(called);
        continue;
      }
      const jumps = [...place.jumps, { chain, at }];
      const have = [...place.have, ...separable(matches)];
      visit(called, { ...place, jumps, have }, [...callers, called.name]);
    }
  };
  for (const name of beginnings) {
    const chain = chains.get(name);
    if (chain !== undefined) visit(chain, { beginning: name, jumps: [], have: [] }, [name]);
  }
  if (chains.has("DOCKER-USER") && !places.has("DOCKER-USER") && !isCalled(table, "DOCKER-USER"))
    places.set("DOCKER-USER", []);
  return places;
}

function calledBy(chain: Chain, chains: ReadonlyMap<string, Chain>): readonly Chain[] {
  return chain.rules.flatMap(({ target }) =>
    target.kind === "jump" || target.kind === "goto" ? (chains.get(target.chain) ?? []) : [],
  );
}

function isCalled({ chains }: Table, name: string): boolean {
  return chains.some(({ rules }) =>
    rules.some(
      ({ target }) => (target.kind === "jump" || target.kind === "goto") && target.chain === name,
    ),
  );
}

function deadAt(
  on: TableOf,
  places: readonly Place[],
  so: { readonly chain: Chain; readonly at: number; readonly rule: IptablesRule },
): DeadRule | undefined {
  const { chain, at, rule } = so;
  const element = ruleElement(on, chain, { rule, at });
  const { target } = rule;
  if (places.length === 0) return { rule: element, target, why: "no-jump" };
  let because: RuleElement | undefined;
  for (const place of places) {
    const have = [...place.have, ...separable(rule.matches)];
    if (excludeEachOther(have, on.name)) continue;
    const way = [...place.jumps, { chain, at }];
    const first = way
      .map((step) => decidedBy(on, { chain: step.chain, before: step.at }, have))
      .find((found) => found !== undefined);
    if (first === undefined) return undefined;
    because ??= first;
  }
  if (because === undefined) return { rule: element, target, why: "impossible" };
  return { rule: element, target, because, why: "decided-before" };
}
