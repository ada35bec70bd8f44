import { unparsable } from "../model/failure.ts";
import type {
  NftChain,
  NftFlowtable,
  NftMap,
  NftObject,
  NftRule,
  NftRuleset,
  NftSet,
  NftTable,
  NftUnrecognisedEntry,
} from "../model/nft.ts";
import { entryList } from "./nft/entry-list.ts";
import { type ChainEntry, entry, type NftEntry, type TableEntry } from "./nft/objects.ts";
import { without } from "./nft/without.ts";
import { type Parsed, parsed } from "./parsed.ts";

/** A ruleset while its entries are read. */
interface Draft {
  nftVersion: string | undefined;
  readonly tables: Map<string, DraftTable>;
  readonly unrecognised: NftUnrecognisedEntry[];
}

interface DraftTable {
  readonly table: TableEntry;
  readonly chains: Map<string, DraftChain>;
  readonly sets: NftSet[];
  readonly maps: NftMap[];
  readonly flowtables: NftFlowtable[];
  readonly objects: NftObject[];
}

interface DraftChain {
  readonly chain: ChainEntry;
  readonly rules: NftRule[];
}

/**
 * Reads `nft -j list ruleset`. An empty ruleset has no tables; what cannot be read at all is a failure. Nothing is lost: a statement,
 * an expression or an entry that is not typed is kept verbatim where it stands.
 */
export function parseNftRuleset(text: string): Parsed<NftRuleset> {
  const list = entryList(text);
  if (!list.ok) return list;
  const draft: Draft = { nftVersion: undefined, tables: new Map(), unrecognised: [] };
  for (const [position, json] of list.value.entries()) {
    const read = entry.read(json);
    if (read === undefined || !isPlaced(draft, read)) {
      draft.unrecognised.push({ position, text: JSON.stringify(json) });
    }
  }
  const { nftVersion, unrecognised } = draft;
  const tables = [...draft.tables.values()].map(closedTable);
  const version = nftVersion === undefined ? {} : { nftVersion };
  return tables.length === 0 && unrecognised.length > 0 && nftVersion === undefined
    ? { ok: false, failure: unparsable("the JSON holds nothing that nft lists") }
    : parsed({ ...version, tables, unrecognised });
}

/** False for what is in a table or chain that was not listed before, or is there already. */
function isPlaced(draft: Draft, read: NftEntry): boolean {
  if (read.kind === "metainfo") {
    draft.nftVersion = read.version;
    return true;
  }
  if (read.kind === "table") return placeTable(draft, read);
  const within = draft.tables.get(tableKey(read.family, read.table));
  return within !== undefined && isPlacedIn(within, read);
}

function placeTable(draft: Draft, read: Extract<NftEntry, { readonly kind: "table" }>): boolean {
  const table = without(read, "kind");
  const key = tableKey(table.family, table.name);
  if (draft.tables.has(key)) return false;
  draft.tables.set(key, {
    table,
    chains: new Map(),
    sets: [],
    maps: [],
    flowtables: [],
    objects: [],
  });
  return true;
}

type WithinTable = Exclude<NftEntry, { readonly kind: "metainfo" | "table" }>;

function isPlacedIn(within: DraftTable, read: WithinTable): boolean {
  switch (read.kind) {
    case "chain": {
      const known = within.chains.has(read.name);
      if (!known) within.chains.set(read.name, { chain: read, rules: [] });
      return !known;
    }
    case "rule": {
      const { kind: _, family: __, table: ___, chain, ...rule } = read;
      const known = within.chains.get(chain);
      known?.rules.push(rule);
      return known !== undefined;
    }
    case "set":
      within.sets.push(without(read, "kind", "family", "table"));
      return true;
    case "map":
      within.maps.push(without(read, "kind", "family", "table"));
      return true;
    case "flowtable":
      within.flowtables.push(without(read, "kind", "family", "table"));
      return true;
    default:
      within.objects.push(without(read, "family", "table"));
      return true;
  }
}

function closedTable({ table, chains, ...rest }: DraftTable): NftTable {
  return { ...table, chains: [...chains.values()].map(closedChain), ...rest };
}

function closedChain({ chain, rules }: DraftChain): NftChain {
  const { name, handle, comment, chainType, hook, priority, devices, policy } = chain;
  const known = {
    name,
    ...(handle === undefined ? {} : { handle }),
    ...(comment === undefined ? {} : { comment }),
  };
  if (chainType === undefined || hook === undefined || priority === undefined) {
    return { ...known, rules };
  }
  const base = {
    chainType,
    hook,
    priority,
    ...(devices === undefined ? {} : { devices }),
    ...(policy === undefined ? {} : { policy }),
  };
  return { ...known, base, rules };
}

/** Names are C strings in the kernel: none holds a NUL. */
function tableKey(family: string, name: string): string {
  return `${family}\0${name}`;
}
