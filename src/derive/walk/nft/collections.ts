import type { NftTable } from "../../../model/nft.ts";
import type { NftExpression, NftMapData, NftStatement } from "../../../model/nft-rule.ts";
import { compileSet, type Lookup, type SetEntry } from "./sets.ts";
import type { ValueType } from "./values.ts";

/** The named sets and maps of a table; each is made ready once for each use of its key. */
export interface Collections {
  readonly elementsOf: (name: string, types: readonly ValueType[]) => Lookup<true> | undefined;
  readonly valuesOf: (
    name: string,
    types: readonly ValueType[],
  ) => Lookup<NftExpression> | undefined;
  /** Rules add to it or take away from it: a packet may meet it otherwise than it was read. */
  readonly isMoving: (name: string) => boolean;
}

export function collectionsOf(table: NftTable): Collections {
  const sets = new Map<string, Lookup<true>>();
  const maps = new Map<string, Lookup<NftExpression>>();
  const moving = movingNames(table);
  return {
    elementsOf: (name, types) => {
      const set = table.sets.find((each) => each.name === name);
      if (set === undefined) return undefined;
      const entries = (set.elements ?? []).map((key) => ({ key, data: true as const }));
      return remembered(sets, `${name} ${types.join(" ")}`, () => compileSet(entries, types));
    },
    valuesOf: (name, types) => {
      const map = table.maps.find((each) => each.name === name);
      if (map === undefined) return undefined;
      const entries = (map.elements ?? []).map(pairEntry);
      return remembered(maps, `${name} ${types.join(" ")}`, () => compileSet(entries, types));
    },
    isMoving: (name) => moving.has(name),
  };
}

/** The pairs of an anonymous map. */
export function anonymousMap(
  data: Extract<NftMapData, { readonly kind: "pairs" }>,
  types: readonly ValueType[],
): Lookup<NftExpression> {
  return compileSet(data.pairs.map(pairEntry), types);
}

function pairEntry({
  key,
  value,
}: {
  readonly key: NftExpression;
  readonly value: NftExpression;
}): SetEntry<NftExpression> {
  return { key, data: value };
}

function remembered<T>(map: Map<string, T>, key: string, make: () => T): T {
  const made = map.get(key) ?? make();
  map.set(key, made);
  return made;
}

function movingNames(table: NftTable): ReadonlySet<string> {
  const found = new Set<string>();
  const look = (statement: NftStatement): void => {
    if (statement.kind === "set") found.add(statement.set.replace(/^@/, ""));
    if (statement.kind === "map") found.add(statement.map.replace(/^@/, ""));
  };
  for (const chain of table.chains) for (const rule of chain.rules) rule.statements.forEach(look);
  return found;
}
