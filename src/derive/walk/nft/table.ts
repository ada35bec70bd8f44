import { addressWords } from "../../../model/ip.ts";
import type { Counters } from "../../../model/netfilter.ts";
import type { NftBase, NftChain, NftFamily, NftRule, NftTable } from "../../../model/nft.ts";
import type { NftStatement } from "../../../model/nft-rule.ts";
import type { Element } from "../../../model/packet.ts";
import { indexByKeys, type RuleIndex, type RuleKey } from "../rule-index.ts";
import { collectionsOf } from "./collections.ts";
import { type Operation, operationsOf } from "./operations.ts";
import type { Surroundings } from "./seen.ts";
import { ruleText } from "./text.ts";

export type NftRuleElement = Extract<Element, { readonly kind: "nft-rule" }>;

/** A table of nftables made ready for many packets. */
export interface CompiledNftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly chains: ReadonlyMap<string, CompiledNftChain>;
}

export interface CompiledNftChain {
  readonly name: string;
  readonly base?: NftBase;
  readonly index: RuleIndex<CompiledNftRule>;
}

export interface CompiledNftRule {
  /** Position in its chain from 1. */
  readonly ruleNumber: number;
  readonly operations: readonly Operation[];
  /** Made when somebody asks: most rules decide nothing. */
  readonly element: () => NftRuleElement;
  readonly statements: readonly NftStatement[];
}

export function compileNftTable(
  table: NftTable,
  of: Omit<Surroundings, "collections">,
): CompiledNftTable {
  const around: Surroundings = { ...of, collections: collectionsOf(table) };
  const chains = table.chains.map((chain) => compileChain(table, chain, around));
  return {
    family: table.family,
    name: table.name,
    chains: new Map(chains.map((chain) => [chain.name, chain])),
  };
}

function compileChain(table: NftTable, chain: NftChain, around: Surroundings): CompiledNftChain {
  const { name, base, rules } = chain;
  const compiled = rules.map((rule, at) => ({
    ruleNumber: at + 1,
    operations: operationsOf(rule.statements, around),
    element: once(() => elementOf(table, chain, { rule, position: at + 1 })),
    statements: rule.statements,
  }));
  const index = indexByKeys(compiled, ({ statements }) => keysOf(statements));
  return { name, ...(base === undefined ? {} : { base }), index };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function elementOf(
  { family, name: table }: NftTable,
  { name: chain }: NftChain,
  { rule, position }: { readonly rule: NftRule; readonly position: number },
): NftRuleElement {
  const counters = countersOf(rule);
  return {
    kind: "nft-rule",
    nftFamily: family,
    table,
    chain,
    ...(rule.handle === undefined ? {} : { handle: rule.handle }),
    position,
    text: ruleText(rule),
    ...(counters === undefined ? {} : { counters }),
  };
}

function countersOf({ statements }: NftRule): Counters | undefined {
  const counter = statements.find((statement) => statement.kind === "counter");
  if (counter?.kind !== "counter") return undefined;
  const { packets, bytes } = counter;
  return packets === undefined || bytes === undefined ? undefined : { packets, bytes };
}

/** Conditions that come before anything with an effect: a packet that they do not hold for passes the rule untouched. */
function keysOf(statements: readonly NftStatement[]): readonly RuleKey[] {
  const keys: RuleKey[] = [];
  for (const statement of statements) {
    if (statement.kind === "counter") continue;
    if (statement.kind !== "match") break;
    const key = statement.operator === "==" ? keyOf(statement) : undefined;
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

function keyOf({
  left,
  right,
}: Extract<NftStatement, { readonly kind: "match" }>): RuleKey | undefined {
  if (typeof left !== "object") return undefined;
  if (left.kind === "meta") {
    const named = typeof right === "string" && right !== "" && !right.endsWith("*");
    if (!named || (left.key !== "iifname" && left.key !== "oifname")) return undefined;
    return { by: left.key === "iifname" ? "in" : "out", ifname: right };
  }
  if (left.kind !== "payload" || left.tunnel !== undefined) return undefined;
  const { protocol, field } = left;
  if (field === "dport" && (protocol === "tcp" || protocol === "udp"))
    return typeof right === "number" ? { by: "port", port: right } : undefined;
  if ((protocol !== "ip" && protocol !== "ip6") || (field !== "saddr" && field !== "daddr"))
    return undefined;
  const [address, length] =
    typeof right === "object" && right.kind === "prefix"
      ? [right.address, right.length]
      : [right, protocol === "ip" ? 32 : 128];
  const words = typeof address === "string" ? addressWords(address) : undefined;
  if (words === undefined || length === 0) return undefined;
  return { by: field === "saddr" ? "source" : "destination", words, length };
}
