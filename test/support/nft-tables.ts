import type { NftBase, NftMap, NftSet, NftTable } from "../../src/model/nft.ts";
import type {
  NftExpression,
  NftMapData,
  NftPacketField,
  NftStatement,
} from "../../src/model/nft-rule.ts";

type Rule = readonly NftStatement[];

/** An inet table with one base chain, and chains that it calls by name. */
export function nftTable(
  rules: readonly Rule[],
  more: Partial<NftTable> & {
    readonly base?: Partial<NftBase>;
    readonly called?: Readonly<Record<string, readonly Rule[]>>;
  } = {},
): NftTable {
  const { base, called = {}, ...rest } = more;
  const on: NftBase = { chainType: "filter", hook: "forward", priority: 0, ...base };
  const of = (list: readonly Rule[]) => list.map((statements) => ({ statements }));
  return {
    family: "inet",
    name: "t",
    chains: [
      { name: "base", base: on, rules: of(rules) },
      ...Object.entries(called).map(([name, list]) => ({ name, rules: of(list) })),
    ],
    sets: [],
    maps: [],
    flowtables: [],
    objects: [],
    ...rest,
  };
}

export function nftSet(name: string, ...elements: readonly NftExpression[]): NftSet {
  return { name, keyTypes: ["ipv4_addr"], elements };
}

export function nftMap(
  name: string,
  ...pairs: readonly (readonly [NftExpression, NftExpression])[]
): NftMap {
  const elements = pairs.map(([key, value]) => ({ key, value }));
  return { name, keyTypes: ["ipv4_addr"], valueTypes: ["verdict"], elements };
}

export const accept = { kind: "accept" } as const;
export const drop = { kind: "drop" } as const;
export const back = { kind: "return" } as const;

export function jump(chain: string): NftStatement {
  return { kind: "jump", chain };
}

/** `ip daddr`, `tcp dport`. */
export function field(protocol: string, name: string): NftPacketField {
  return { kind: "payload", protocol, field: name };
}

export function meta(key: string): NftPacketField {
  return { kind: "meta", key };
}

export function ct(key: string, direction?: string): NftPacketField {
  return { kind: "ct", key, ...(direction === undefined ? {} : { direction }) };
}

/** `left == right`, or by another operator. */
export function match(left: NftExpression, right: NftExpression, operator = "=="): NftStatement {
  return { kind: "match", operator, left, right };
}

export function vmap(
  key: NftExpression,
  data: string | readonly (readonly [NftExpression, NftExpression])[],
): NftStatement {
  const of: NftMapData =
    typeof data === "string"
      ? { kind: "set-reference", name: data }
      : { kind: "pairs", pairs: data.map(([each, value]) => ({ key: each, value })) };
  return { kind: "vmap", key, data: of };
}

export function range(from: NftExpression, to: NftExpression): NftExpression {
  return { kind: "range", from, to };
}

export function prefix(address: string, length: number): NftExpression {
  return { kind: "prefix", address, length };
}

export function oneOf(...elements: readonly NftExpression[]): NftExpression {
  return { kind: "set", elements };
}

export function together(...items: readonly NftExpression[]): NftExpression {
  return { kind: "concat", items };
}
