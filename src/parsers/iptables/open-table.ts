import type {
  Chain,
  Counters,
  IptablesRule,
  IptablesTable,
  Match,
  Policy,
  Table,
} from "../../model/netfilter.ts";
import { type MeaningAt, pieceCache } from "./piece-cache.ts";
import type { Meanings } from "./rule.ts";
import { targetOf } from "./targets.ts";

/** A table while its lines are read. */
export interface OpenTable {
  readonly name: string;
  readonly line: number;
  readonly chains: Map<string, OpenChain>;
  readonly meanings: Meanings;
}

export interface OpenChain {
  readonly name: string;
  readonly policy?: Policy;
  readonly counters?: Counters;
  readonly rules: IptablesRule[];
}

const TABLES = new Map<string, IptablesTable>([
  ["raw", "raw"],
  ["mangle", "mangle"],
  ["nat", "nat"],
  ["filter", "filter"],
  ["security", "security"],
]);

export function iptablesTable(name: string): IptablesTable | undefined {
  return TABLES.get(name);
}

/** Jumps depend on the chains of each table; matches mean the same in all of them. */
export function openTable(
  name: string,
  line: number,
  dump: { readonly text: string; readonly matchesAt: MeaningAt<readonly Match[]> },
): OpenTable {
  const chains = new Map<string, OpenChain>();
  const targetAt = pieceCache(dump.text, (piece) => targetOf(piece, chains));
  return { name, line, chains, meanings: { matchesAt: dump.matchesAt, targetAt, room: [] } };
}

/** Declares the chain of a line `:NAME POLICY [packets:bytes]` without its colon; a reason when it is none. */
export function declareChain(
  table: OpenTable,
  words: readonly string[],
  counters: Counters | undefined,
): string | undefined {
  const [name, policy] = words;
  if (name === undefined || policy === undefined || words.length !== 2) return "is no chain";
  if (table.chains.has(name)) return "declares the chain again";
  if (policy !== "ACCEPT" && policy !== "DROP" && policy !== "-") return "has an unknown policy";
  table.chains.set(name, {
    name,
    ...(policy === "-" ? {} : { policy }),
    ...(counters === undefined ? {} : { counters }),
    rules: [],
  });
  return undefined;
}

/** The chain to which a rule is appended. One that was not declared has neither policy nor counters. */
export function chainFor(table: OpenTable, name: string): OpenChain {
  const known = table.chains.get(name);
  if (known !== undefined) return known;
  const chain: OpenChain = { name, rules: [] };
  table.chains.set(name, chain);
  return chain;
}

/** The table as a value; undefined when iptables has no table of that name. */
export function closedTable(
  table: OpenTable,
  incompatible: ReadonlySet<string>,
): Table | undefined {
  const name = iptablesTable(table.name);
  if (name === undefined) return undefined;
  const chains: readonly Chain[] = [...table.chains.values()];
  return incompatible.has(name) ? { name, chains, incompatible: true } : { name, chains };
}
