import { type AddressWords, addressWords } from "../../model/ip.ts";
import type { Match } from "../../model/netfilter.ts";
import type { CompiledRule } from "./compile.ts";
import type { InFlight } from "./in-flight.ts";
import { containing, type PrefixEntry, type PrefixIndex, prefixIndex } from "./prefix-index.ts";

/**
 * The rules of a chain by what each of them asks for. A rule is passed over only where one of its own matches certainly does not
 * hold, so that a walk through thousands of published ports meets the few rules that are about its packet.
 */
export interface RuleIndex<R extends Numbered = CompiledRule> {
  /** Rules that have to be tried on every packet. */
  readonly always: readonly R[];
  readonly destinations: PrefixIndex<R>;
  readonly sources: PrefixIndex<R>;
  readonly destinationPorts: ReadonlyMap<number, readonly R[]>;
  readonly outLinks: ReadonlyMap<string, readonly R[]>;
  readonly inLinks: ReadonlyMap<string, readonly R[]>;
}

interface Numbered {
  /** Position in its chain from 1. */
  readonly ruleNumber: number;
}

/** What a rule is found by: a packet for which this does not hold certainly does not match. */
export type RuleKey =
  | {
      readonly by: "destination" | "source";
      readonly words: AddressWords;
      /** Prefix length. */
      readonly length: number;
    }
  | { readonly by: "port"; readonly port: number }
  | { readonly by: "out"; readonly ifname: string }
  | { readonly by: "in"; readonly ifname: string };

export function indexRules(rules: readonly CompiledRule[]): RuleIndex {
  return indexByKeys(rules, ({ rule }) => rule.matches.flatMap((match) => keyOfMatch(match) ?? []));
}

/** By the best of the keys that each rule has; all of them have to hold for it to match. */
export function indexByKeys<R extends Numbered>(
  rules: readonly R[],
  keysOf: (rule: R) => readonly RuleKey[],
): RuleIndex<R> {
  const always: R[] = [];
  const destinations: PrefixEntry<R>[] = [];
  const sources: PrefixEntry<R>[] = [];
  const destinationPorts = new Map<number, R[]>();
  const outLinks = new Map<string, R[]>();
  const inLinks = new Map<string, R[]>();
  for (const rule of rules) {
    const key = best(keysOf(rule));
    switch (key?.by) {
      case undefined:
        always.push(rule);
        break;
      case "destination":
      case "source":
        (key.by === "source" ? sources : destinations).push({ ...key, value: rule });
        break;
      case "port":
        add(destinationPorts, key.port, rule);
        break;
      case "out":
      case "in":
        add(key.by === "in" ? inLinks : outLinks, key.ifname, rule);
    }
  }
  return {
    always,
    destinations: prefixIndex(destinations),
    sources: prefixIndex(sources),
    destinationPorts,
    outLinks,
    inLinks,
  };
}

/** The rules that may match a packet, in their order; all others certainly do not. */
export function candidates<R extends Numbered>(
  index: RuleIndex<R>,
  flight: InFlight,
): readonly R[] {
  const lists = [
    index.always,
    ...containing(index.destinations, flight.destinationWords),
    ...containing(index.sources, flight.sourceWords),
    index.destinationPorts.get(flight.packet.destinationPort ?? -1) ?? [],
    index.outLinks.get(flight.outLink ?? "") ?? [],
    index.inLinks.get(flight.inLink ?? "") ?? [],
  ].filter(({ length }) => length > 0);
  const [only = []] = lists;
  if (lists.length < 2) return only;
  return lists.flat().sort((a, b) => a.ruleNumber - b.ruleNumber);
}

function add<K, R>(map: Map<K, R[]>, key: K, rule: R): void {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
}

/** The key that the fewest packets hold, as a rule: a single address before a port before a network before a link. */
function best(keys: readonly RuleKey[]): RuleKey | undefined {
  let found: RuleKey | undefined;
  for (const key of keys) {
    if (found === undefined || selectivity(key) > selectivity(found)) found = key;
  }
  return found;
}

function keyOfMatch(match: Match): RuleKey | undefined {
  switch (match.kind) {
    case "destination":
    case "source": {
      const words = addressWords(match.prefix.address);
      const { length } = match.prefix;
      if (match.inverted || words === undefined || length === 0) return undefined;
      return { by: match.kind, words, length };
    }
    case "destination-port": {
      const { from, to } = match.ports;
      return match.inverted || from !== to ? undefined : { by: "port", port: from };
    }
    case "out-interface":
    case "in-interface": {
      // A name that ends in + stands for many links; an empty one would be found for a packet without a link.
      if (match.inverted || match.name === "" || match.name.endsWith("+")) return undefined;
      return { by: match.kind === "out-interface" ? "out" : "in", ifname: match.name };
    }
    default:
      return undefined;
  }
}

function selectivity(key: RuleKey): number {
  switch (key.by) {
    case "destination":
    case "source": {
      const { words, length } = key;
      return length === words.length * 32 ? 1_000 : length;
    }
    case "port":
      return 500;
    case "out":
    case "in":
      return 0;
  }
}
