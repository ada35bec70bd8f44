import type { Family } from "../../../model/ip.ts";
import { type NativeNft, type NftBaseChain, nativeBaseChains } from "../../../model/native-nft.ts";
import type { Hook } from "../../../model/netfilter.ts";
import type { NftChain, NftTable } from "../../../model/nft.ts";
import type { HookEntry } from "../compile.ts";
import type { Surroundings } from "./seen.ts";
import { type CompiledNftTable, compileNftTable } from "./table.ts";

/** An entry of a hook and where it stands; within a priority the inner one decides, as among the chains of nat. */
export interface Prioritised {
  readonly priority: number;
  readonly inner: number;
  readonly entry: HookEntry;
}

/** Native nftables made ready; undefined = it could not be read. */
export interface CompiledNft {
  readonly native: NativeNft;
  readonly tables: ReadonlyMap<NftTable, CompiledNftTable>;
}

export function compileNft(
  native: NativeNft,
  around: Omit<Surroundings, "collections">,
): CompiledNft {
  if (native.state === "unreadable") return { native, tables: new Map() };
  const tables = native.tables.filter(({ family }) => routedFamilies.has(family));
  return {
    native,
    tables: new Map(tables.map((table) => [table, compileNftTable(table, around)])),
  };
}

const routedFamilies: ReadonlySet<string> = new Set(["ip", "ip6", "inet"]);

/** True for a table of iptables-nft that is judged by what nft says of it. */
export function isJudgedByNft({ native }: CompiledNft, family: Family, name: string): boolean {
  if (native.state === "unreadable") return false;
  const nftFamily = family === "ipv4" ? "ip" : "ip6";
  return native.tables.some((table) => table.family === nftFamily && table.name === name);
}

/** Chains of nft that see a routed packet of this family at this hook. */
export function nftEntries(
  { native, tables }: CompiledNft,
  at: { readonly family: Family; readonly hook: Hook },
): readonly Prioritised[] {
  if (native.state === "unreadable") {
    return at.hook === "forward" || at.hook === "input"
      ? [{ priority: 10_000, inner: 0, entry: { kind: "nft-unreadable", reason: native.reason } }]
      : [];
  }
  const families = at.family === "ipv4" ? ["ip", "inet"] : ["ip6", "inet"];
  const routed = native.tables
    .filter(({ family, flags }) => families.includes(family) && !flags?.includes("dormant"))
    .flatMap((table) =>
      table.chains.flatMap((chain) => chainEntry(chain, { table, tables, hook: at.hook })),
    );
  if (at.hook !== "prerouting") return routed;
  return [...frameEntries(nativeBaseChains(native.tables)), ...routed];
}

interface ChainPlace {
  readonly table: NftTable;
  readonly tables: ReadonlyMap<NftTable, CompiledNftTable>;
  readonly hook: Hook;
}

function chainEntry(chain: NftChain, { table, tables, hook }: ChainPlace): readonly Prioritised[] {
  const compiled = tables.get(table);
  const own = compiled?.chains.get(chain.name);
  const { base } = chain;
  if (base?.hook !== hook || compiled === undefined || own === undefined) return [];
  const priority = base.chainType === "nat" ? natPriority(hook) : base.priority;
  const on = { table: compiled, chain: own, base, hook };
  return [{ priority, inner: base.priority, entry: { kind: "nft", on } }];
}

/** All chains of nat are asked at one place, in the order of their own priorities (nf_nat_register_fn). */
function natPriority(hook: Hook): number {
  return hook === "prerouting" || hook === "output" ? -100 : 100;
}

/** Chains that see frames before or after routing, on links that docknet does not know: they come first, and are never certain. */
function frameEntries(baseChains: readonly NftBaseChain[]): readonly Prioritised[] {
  return baseChains
    .filter(
      ({ nftFamily, hook, ruleCount, policy }) =>
        (nftFamily === "bridge" || hook === "ingress" || hook === "egress") &&
        (ruleCount > 0 || policy === "drop"),
    )
    .map((chain) => ({ priority: -10_000, inner: 0, entry: { kind: "nft-frames", chain } }));
}
