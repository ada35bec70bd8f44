import type { NftChain, NftRuleset, NftTable } from "../../model/nft.ts";
import { entry, type NftEntry } from "./objects.ts";
import { without } from "./without.ts";

/**
 * The ruleset as JSON that `nft -j -f` takes, one object a line, from its typed form alone. Chains and objects come before the sets,
 * maps and rules that name them. Handles are left out: the kernel gives them.
 */
export function printNftRuleset({ tables }: NftRuleset): string {
  const lines = tables
    .flatMap(tableEntries)
    .map((each) => JSON.stringify({ add: entry.print(each) }));
  return `{"nftables": [\n${lines.join(",\n")}\n]}\n`;
}

function tableEntries(table: NftTable): readonly NftEntry[] {
  const { family, name, flags, comment, chains, sets, maps, flowtables, objects } = table;
  const place = { family, table: name };
  return [
    {
      kind: "table",
      family,
      name,
      ...(flags === undefined ? {} : { flags }),
      ...(comment === undefined ? {} : { comment }),
    },
    ...chains.map((chain) => chainEntry(chain, place)),
    ...objects.map((object) => ({ ...without(object, "handle"), ...place })),
    ...flowtables.map((flowtable) => ({
      kind: "flowtable" as const,
      ...without(flowtable, "handle"),
      ...place,
    })),
    ...sets.map((set) => ({ kind: "set" as const, ...without(set, "handle"), ...place })),
    ...maps.map((map) => ({ kind: "map" as const, ...without(map, "handle"), ...place })),
    ...chains.flatMap((chain) =>
      chain.rules.map((rule) => ({
        kind: "rule" as const,
        ...without(rule, "handle"),
        ...place,
        chain: chain.name,
      })),
    ),
  ];
}

type Place = Pick<Extract<NftEntry, { readonly kind: "chain" }>, "family" | "table">;

function chainEntry({ name, comment, base }: NftChain, place: Place): NftEntry {
  const known = { kind: "chain", ...place, name } as const;
  return { ...known, ...(comment === undefined ? {} : { comment }), ...base };
}
