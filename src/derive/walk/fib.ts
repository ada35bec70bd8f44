import type { Facts } from "../../model/facts.ts";
import { type Address, type AddressWords, addressWords, type Family } from "../../model/ip.ts";
import { isTentative } from "../../model/link.ts";
import type { Route, RoutingRule } from "../../model/route.ts";
import type { LinkSettings } from "../../model/sysctl.ts";
import { containing, type PrefixEntry, type PrefixIndex, prefixIndex } from "./prefix-index.ts";
import { compileRule, type RuleTest } from "./routing-rule.ts";

/** Routing as one namespace does it: rules in order of priority, tables, the longest prefix. */
export interface Fib {
  readonly rules: Readonly<Record<Family, readonly FibRule[]>>;
  readonly tables: Readonly<Record<Family, ReadonlyMap<string, PrefixIndex<Route>>>>;
  /** Anybody has added or removed a rule, or made a local route (fib_has_custom_rules, fib_has_custom_local_routes). */
  readonly custom: boolean;
  /** Some rule looks at the mark. */
  readonly byMark: boolean;
  /** Whether routes by a link count while it has no carrier. */
  readonly ignoresLinkdown: (ifname: string | undefined) => boolean | undefined;
  /** Own addresses under duplicate address detection, with their links: they have no local route yet. */
  readonly tentative: ReadonlyMap<Address, string>;
}

export interface FibRule {
  readonly rule: RoutingRule;
  readonly test: RuleTest;
}

const defaultRules: Readonly<Record<Family, readonly RoutingRule[]>> = {
  ipv4: [defaultRule("ipv4", 0, "local"), defaultRule("ipv4", 32766, "main")],
  ipv6: [defaultRule("ipv6", 0, "local"), defaultRule("ipv6", 32766, "main")],
};

/** Without settings of links every route without a carrier still counts, as the kernel's default is. */
export function compileFib(
  routes: readonly Route[],
  rules: readonly RoutingRule[],
  { linkSettings = [], links = [] }: Partial<Pick<Facts, "linkSettings" | "links">> = {},
): Fib {
  const ruleOrder = (family: Family): readonly FibRule[] => {
    const own = rules.filter((rule) => rule.family === family);
    const ordered = own.length === 0 ? defaultRules[family] : [...own].sort(byPriority);
    return ordered.map((rule) => ({ rule, test: compileRule(rule) }));
  };
  return {
    rules: { ipv4: ruleOrder("ipv4"), ipv6: ruleOrder("ipv6") },
    tables: { ipv4: compileTables(routes, "ipv4"), ipv6: compileTables(routes, "ipv6") },
    custom: hasCustomRules(rules) || routes.some(isCustomLocal),
    byMark: rules.some(({ mark }) => mark !== undefined),
    ignoresLinkdown: linkdownSetting(linkSettings),
    tentative: new Map(
      links.flatMap((link) =>
        link.addresses
          .filter((own) => isTentative(link, own))
          .map(({ address }): [Address, string] => [address, link.ifname]),
      ),
    ),
  };
}

function byPriority(a: RoutingRule, b: RoutingRule): number {
  return a.priority - b.priority;
}

/** What every namespace has from its beginning: local, main, default (IPv4). */
function hasCustomRules(rules: readonly RoutingRule[]): boolean {
  const own = rules.filter(({ family }) => family === "ipv4");
  return own.some(({ priority }) => ![0, 32_766, 32_767].includes(priority));
}

function isCustomLocal({ family, type, protocol }: Route): boolean {
  return family === "ipv4" && type === "local" && protocol !== undefined && protocol !== "kernel";
}

function linkdownSetting(settings: readonly LinkSettings[]): Fib["ignoresLinkdown"] {
  if (settings.length === 0) return () => false;
  const of = new Map(
    settings
      .filter(({ family }) => family === "ipv4")
      .map(({ ifname, ignoresRoutesWithLinkdown }) => [ifname, ignoresRoutesWithLinkdown]),
  );
  return (ifname) => {
    const own = of.get(ifname ?? "");
    const all = of.get("all");
    if (own === true || all === true) return true;
    return own === undefined ? undefined : false;
  };
}

function compileTables(
  routes: readonly Route[],
  family: Family,
): ReadonlyMap<string, PrefixIndex<Route>> {
  const own = routes.filter((route) => route.family === family);
  return new Map(
    [...Map.groupBy(own, ({ routeTable }) => routeTable)].map(([name, table]) => {
      const byMetric = table.toSorted((a, b) => (a.metric ?? 0) - (b.metric ?? 0));
      return [name, prefixIndex(byMetric.flatMap(entryOf))];
    }),
  );
}

function entryOf(route: Route): readonly PrefixEntry<Route>[] {
  const words = addressWords(route.destination.address);
  return words === undefined ? [] : [{ words, length: route.destination.length, value: route }];
}

/** The routes of a table that contain an address: one list for each prefix, the longest first, each by metric. */
export function routesOf(
  fib: Fib,
  at: { readonly family: Family; readonly routeTable: string },
  words: AddressWords,
): readonly (readonly Route[])[] {
  const table = fib.tables[at.family].get(at.routeTable);
  return table === undefined ? [] : containing(table, words);
}

/** The longest prefix, then the lowest metric. */
export function routeOf(
  fib: Fib,
  at: { readonly family: Family; readonly routeTable: string },
  so: { readonly words: AddressWords; readonly where?: (route: Route) => boolean },
): Route | undefined {
  const { words, where = () => true } = so;
  for (const equals of routesOf(fib, at, words)) {
    const route = equals.find(where);
    if (route !== undefined) return route;
  }
  return undefined;
}

function defaultRule(family: Family, priority: number, routeTable: string): RoutingRule {
  return {
    family,
    priority,
    inverted: false,
    action: { kind: "lookup", routeTable },
    unrecognised: [],
  };
}
