import type { Facts } from "../../model/facts.ts";
import {
  contains,
  type Family,
  familyOf,
  type Prefix,
  parsePrefix,
  prefixText,
} from "../../model/ip.ts";
import type { IpSet } from "../../model/netfilter/ipset.ts";
import type { IptablesRule, Match } from "../../model/netfilter.ts";
import type { NftTable } from "../../model/nft.ts";
import type { NftExpression, NftStatement } from "../../model/nft-rule.ts";

/** Sources that rules single out: those that may be let in by name first, then the narrowest. */
export interface NamedSources {
  readonly prefixes: readonly Prefix[];
  /** How many more there are, that are not tried. */
  readonly left: number;
  /** Some of those may be let in, or some of whom docknet makes no list. */
  readonly leftLetIn: boolean;
}

interface Named {
  /** Absent where the rule's sources cannot be listed. */
  readonly prefix?: Prefix;
  /** The rule lets the source through, or drops all others. */
  readonly letIn: boolean;
}

/** So many sources are tried one by one; block lists name thousands. */
const mostNamed = 24;

type NamingFacts = Pick<Facts, "rulesets" | "nativeNft" | "dockerNetworks"> &
  Partial<Pick<Facts, "ipsets">>;

interface Listed extends Named {
  readonly prefix: Prefix;
}

/**
 * Every source address and prefix in the rules of one family, whatever the rule does with it: packets from inside and from outside
 * of it may end differently. Docker's own subnets are nobody outside.
 */
export function namedSources(facts: NamingFacts, family: Family): NamedSources {
  const subnets = facts.dockerNetworks.flatMap(({ ipam }) => ipam.map(({ subnet }) => subnet));
  const sets = facts.ipsets?.state === "read" ? facts.ipsets.sets : [];
  const iptables = facts.rulesets
    .filter((ruleset) => ruleset.family === family)
    .flatMap(({ tables }) => tables)
    .flatMap(({ chains }) => chains.flatMap(({ rules }) => rules))
    .flatMap((rule) => sourcesOfRule(rule, sets));
  const native =
    facts.nativeNft.state === "read" ? facts.nativeNft.tables.flatMap(sourcesOfTable) : [];
  const both = [...iptables, ...native];
  const all = both
    .filter((named): named is Listed => named.prefix !== undefined)
    .filter(({ prefix }) => prefix.family === family && prefix.length > 0 && !isSpecial(prefix))
    .filter(({ prefix }) => !subnets.some((subnet) => contains(subnet, prefix.address)))
    .sort((a, b) => Number(b.letIn) - Number(a.letIn) || b.prefix.length - a.prefix.length);
  const unique = new Map<string, Listed>();
  for (const named of all) {
    const key = prefixText(named.prefix);
    if (!unique.has(key)) unique.set(key, named);
  }
  const sorted = [...unique.values()];
  const left = sorted.slice(mostNamed);
  const unlisted = both.filter(({ prefix }) => prefix === undefined);
  return {
    prefixes: sorted.slice(0, mostNamed).map(({ prefix }) => prefix),
    left: left.length,
    leftLetIn: [...left, ...unlisted].some(({ letIn }) => letIn),
  };
}

function sourcesOfRule(
  { matches, target }: IptablesRule,
  sets: readonly IpSet[],
): readonly Named[] {
  const drops =
    target.kind === "reject" || (target.kind === "verdict" && target.verdict === "DROP");
  return matches.flatMap((match) => {
    const letIn = isInverted(match) === drops;
    return sourceOf(match, sets).map((prefix) => ({ ...prefix, letIn }));
  });
}

type MaybePrefix = Pick<Named, "prefix">;

function sourceOf(match: Match, sets: readonly IpSet[]): readonly MaybePrefix[] {
  switch (match.kind) {
    case "source":
      return [{ prefix: match.prefix }];
    case "source-mask":
      return listed(match.address);
    case "ip-range":
      return match.side === "source" ? listed(match.from) : [];
    case "set":
      return match.directions.includes("src") ? membersOf(match, sets) : [];
    default:
      return [];
  }
}

/** A set that could not be read makes its rules unsure by itself. */
function membersOf(
  { setName, directions }: Extract<Match, { readonly kind: "set" }>,
  sets: readonly IpSet[],
): readonly MaybePrefix[] {
  const set = sets.find(({ name }) => name === setName);
  if (set === undefined) return [];
  const isFirst = directions[0] === "src" && ["ip", "net"].includes(set.parts[0] ?? "");
  if (!isFirst) return [{}];
  return set.elements.flatMap(({ value }) => listed(value.split(",")[0] ?? ""));
}

function listed(text: string): readonly MaybePrefix[] {
  const prefix = parsePrefix(text);
  return prefix === undefined ? [{}] : [{ prefix }];
}

function isInverted(match: Match): boolean {
  return "inverted" in match && match.inverted;
}

function sourcesOfTable(table: NftTable): readonly Named[] {
  const rules = table.chains.flatMap((chain) => chain.rules);
  return rules.flatMap(({ statements }) => {
    const drops = statements.some(({ kind }) => kind === "drop" || kind === "reject");
    return statements.flatMap((statement) => {
      if (statement.kind !== "match" || !isSource(statement.left)) return unlistedIn(statement);
      const letIn = (statement.operator === "!=") === drops;
      return prefixesIn(statement.right, table).map((prefix) => ({ prefix, letIn }));
    });
  });
}

/** Sources in concatenations and maps. */
function unlistedIn(statement: NftStatement): readonly Named[] {
  return JSON.stringify(statement).includes('"field":"saddr"') ? [{ letIn: true }] : [];
}

function isSource(left: NftExpression): boolean {
  return typeof left === "object" && left.kind === "payload" && left.field === "saddr";
}

function prefixesIn(value: NftExpression, table: NftTable): readonly Prefix[] {
  if (typeof value === "string") {
    const prefix = parsePrefix(value);
    return prefix === undefined ? [] : [prefix];
  }
  if (typeof value !== "object") return [];
  switch (value.kind) {
    case "prefix": {
      const prefix =
        typeof value.address === "string"
          ? parsePrefix(`${value.address}/${value.length}`)
          : undefined;
      return prefix === undefined ? [] : [prefix];
    }
    case "range":
      return prefixesIn(value.from, table);
    case "element":
      return prefixesIn(value.value, table);
    case "set":
      return value.elements.flatMap((element) => prefixesIn(element, table));
    case "set-reference": {
      const set = table.sets.find(({ name }) => name === value.name.replace(/^@/, ""));
      return (set?.elements ?? []).flatMap((element) => prefixesIn(element, table));
    }
    default:
      return [];
  }
}

/** Loopback, link-local and groups: no client of its own has them. */
function isSpecial({ address, length }: Prefix): boolean {
  return special[familyOf(address)].some(
    (prefix) => length >= prefix.length && contains(prefix, address),
  );
}

function prefixes(...texts: readonly string[]): readonly Prefix[] {
  return texts.flatMap((text) => parsePrefix(text) ?? []);
}

const special: Readonly<Record<Family, readonly Prefix[]>> = {
  ipv4: prefixes("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"),
  ipv6: prefixes("::/127", "fe80::/10", "ff00::/8"),
};
