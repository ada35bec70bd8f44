import type { NftChain, NftFamily, NftTable, NftUnrecognisedEntry } from "./nft.ts";
import { type IncompatibleChain, isIptablesBaseChain } from "./nft-iptables.ts";

/** Native nftables of a namespace, beside what iptables-nft made. Source: `nft -j list chains`, `nft -j list ruleset`. */
export type NativeNft =
  | {
      readonly state: "read";
      /**
       * Whole tables with anything that iptables-nft did not make. A table of iptables is here only if it holds such chains or rules:
       * then nft's word counts for it, and what iptables-save prints of it does not.
       */
      readonly tables: readonly NftTable[];
      readonly incompatible: IncompatibleChains;
      /** Entries of the list that docknet does not know. */
      readonly unrecognised: readonly NftUnrecognisedEntry[];
    }
  | { readonly state: "unreadable"; readonly reason: string };

/** Chains in the tables of iptables with rules that came from nft; not looked for where the ruleset is too long to be printed twice. */
export type IncompatibleChains =
  | { readonly state: "read"; readonly chains: readonly IncompatibleChain[] }
  | { readonly state: "not-read"; readonly reason: string };

/** A chain of native nftables that hangs on a hook. */
export interface NftBaseChain {
  readonly nftFamily: NftFamily;
  readonly table: string;
  readonly chain: string;
  readonly hook: string;
  readonly priority: number;
  readonly chainType: string;
  readonly policy: "accept" | "drop";
  readonly ruleCount: number;
}

/** No native nftables at all: a kernel without nf_tables, or a host where nobody uses it. */
export const noNativeNft: NativeNft = {
  state: "read",
  tables: [],
  incompatible: { state: "read", chains: [] },
  unrecognised: [],
};

/** The base chains that iptables-nft does not own. Those of dormant tables hang on nothing. */
export function nativeBaseChains(tables: readonly NftTable[]): readonly NftBaseChain[] {
  return tables
    .filter(({ flags }) => flags?.includes("dormant") !== true)
    .flatMap((table) => table.chains.flatMap((chain) => baseChain(table, chain)));
}

function baseChain({ family, name: table }: NftTable, chain: NftChain): readonly NftBaseChain[] {
  const { base, name } = chain;
  if (base === undefined || isIptablesBaseChain({ ...base, family, table, name })) return [];
  return [
    {
      nftFamily: family,
      table,
      chain: name,
      hook: base.hook,
      priority: base.priority,
      chainType: base.chainType,
      policy: base.policy ?? "accept",
      ruleCount: chain.rules.length,
    },
  ];
}
