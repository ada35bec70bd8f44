import type { Address, Family } from "../../model/ip.ts";
import type { Link } from "../../model/link.ts";
import type { NativeNft, NftBaseChain } from "../../model/native-nft.ts";
import type {
  Backend,
  Hook,
  IptablesRule,
  IptablesTable,
  Policy,
  Ruleset,
  Target,
} from "../../model/netfilter.ts";
import { compileFib, type Fib } from "./fib.ts";
import { compileIpSets } from "./ipset.ts";
import { compileMatches, type Test } from "./match.ts";
import type { NetnsFacts } from "./netns-facts.ts";
import {
  type CompiledNft,
  compileNft,
  isJudgedByNft,
  nftEntries,
  type Prioritised,
} from "./nft/hook-entries.ts";
import type { CompiledNftBase } from "./nft/traverse.ts";
import { indexRules, type RuleIndex } from "./rule-index.ts";

/** A namespace made ready for many packets: rules indexed by chain, routes by table, base chains by hook and priority. */
export interface CompiledNetns {
  readonly facts: NetnsFacts;
  readonly fib: Fib;
  readonly links: ReadonlyMap<string, Link>;
  /** Every address of every link. */
  readonly ownAddresses: ReadonlySet<Address>;
  readonly hooks: Readonly<Record<Family, Readonly<Record<Hook, readonly HookEntry[]>>>>;
}

/** What hangs on a hook, in the order of priorities. */
export type HookEntry =
  | { readonly kind: "iptables"; readonly table: CompiledTable; readonly chain: CompiledChain }
  /** Conntrack translates the packets of a connection after its first (nf_nat_inet_fn). */
  | { readonly kind: "connection-nat" }
  | { readonly kind: "nft"; readonly on: CompiledNftBase }
  | { readonly kind: "nft-frames"; readonly chain: NftBaseChain }
  | { readonly kind: "nft-unreadable"; readonly reason: string };

export interface CompiledTable {
  readonly family: Family;
  readonly backend: Backend;
  readonly name: IptablesTable;
  readonly incompatible: boolean;
  /** Its chains that are known to hold what iptables prints wrongly. */
  readonly misprinted: readonly string[];
  readonly chains: ReadonlyMap<string, CompiledChain>;
}

export interface CompiledChain {
  readonly name: string;
  readonly policy?: Policy;
  readonly index: RuleIndex;
}

export interface CompiledRule {
  readonly rule: IptablesRule;
  /** Position in its chain from 1. */
  readonly ruleNumber: number;
  readonly tests: readonly Test[];
  readonly target: Target;
}

const builtinChains: Readonly<Record<Hook, string>> = {
  prerouting: "PREROUTING",
  input: "INPUT",
  forward: "FORWARD",
  output: "OUTPUT",
  postrouting: "POSTROUTING",
};

/** Hooks that a table of iptables has (iptables(8), TABLES). */
function hasHook(table: IptablesTable, hook: Hook): boolean {
  switch (table) {
    case "raw":
      return hook === "prerouting" || hook === "output";
    case "nat":
      return hook !== "forward";
    case "mangle":
      return true;
    case "filter":
    case "security":
      return hook === "input" || hook === "forward" || hook === "output";
  }
}

/** enum nf_ip_hook_priorities; nat is split by hook. */
export function priorityOf(
  { name, backend }: Pick<CompiledTable, "name" | "backend">,
  hook: Hook,
): number {
  switch (name) {
    case "raw":
      return -300;
    case "mangle":
      return -150;
    case "nat":
      return hook === "prerouting" || hook === "output" ? -100 : 100;
    case "filter":
      return 0;
    case "security":
      // iptables-nft hangs it behind nat, not where the kernel's own header says (xtables_ipv4 in iptables/nft.c).
      return backend === "legacy" ? 50 : 150;
  }
}

export function compileNetns(facts: NetnsFacts): CompiledNetns {
  const fib = compileFib(facts.routes, facts.routingRules, facts);
  const links = new Map(facts.links.map((link) => [link.ifname, link]));
  const compiled = { fib, nft: compileNft(facts.nativeNft, { fib, links }) };
  return {
    facts,
    fib,
    links,
    ownAddresses: new Set(
      facts.links.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    ),
    hooks: {
      ipv4: compileHooks(facts, "ipv4", compiled),
      ipv6: compileHooks(facts, "ipv6", compiled),
    },
  };
}

function compileHooks(
  facts: NetnsFacts,
  family: Family,
  { fib, nft }: { readonly fib: Fib; readonly nft: CompiledNft },
): Readonly<Record<Hook, readonly HookEntry[]>> {
  const tables = facts.rulesets
    .filter((ruleset) => ruleset.family === family)
    .flatMap((ruleset) => compileTables(ruleset, facts, fib))
    .filter(({ backend, name }) => backend === "legacy" || !isJudgedByNft(nft, family, name));
  const at = (hook: Hook): readonly HookEntry[] =>
    [...connectionNat(hook), ...iptablesEntries(tables, hook), ...nftEntries(nft, { family, hook })]
      .sort((a, b) => a.priority - b.priority || a.inner - b.inner)
      .map(({ entry }) => entry);
  return {
    prerouting: at("prerouting"),
    input: at("input"),
    forward: at("forward"),
    output: at("output"),
    postrouting: at("postrouting"),
  };
}

function connectionNat(hook: Hook): readonly Prioritised[] {
  if (hook === "forward") return [];
  const priority = priorityOf({ name: "nat", backend: "legacy" }, hook);
  return [{ priority, inner: Number.NEGATIVE_INFINITY, entry: { kind: "connection-nat" } }];
}

function iptablesEntries(tables: readonly CompiledTable[], hook: Hook): readonly Prioritised[] {
  const name = builtinChains[hook];
  return tables.flatMap((table) => {
    // What iptables cannot print of a table may hang on any of its hooks.
    const unprinted = table.incompatible && hasHook(table.name, hook);
    const chain =
      table.chains.get(name) ?? (unprinted ? { name, index: indexRules([]) } : undefined);
    if (chain === undefined) return [];
    const priority = priorityOf(table, hook);
    return [{ priority, inner: priority, entry: { kind: "iptables", table, chain } }];
  });
}

/** Chains of iptables-nft, by table, with rules that came from nft: what iptables-save prints of them is not true. */
function misprintedChains(
  { family, backend }: Ruleset,
  native: NativeNft,
): ReadonlyMap<string, readonly string[]> {
  if (backend !== "nf_tables" || native.state !== "read") return new Map();
  const { incompatible } = native;
  if (incompatible.state !== "read") return new Map();
  const nftFamily = family === "ipv4" ? "ip" : "ip6";
  const chains = incompatible.chains.filter((chain) => chain.family === nftFamily);
  const byTable = Map.groupBy(chains, ({ table }) => table);
  return new Map([...byTable].map(([table, of]) => [table, of.map(({ chain }) => chain)]));
}

/** Whether iptables may see the frames of bridges. */
function seesFrames({ sysctls }: NetnsFacts, family: Family): boolean {
  const program = family === "ipv4" ? "iptables" : "ip6tables";
  return sysctls[`net.bridge.bridge-nf-call-${program}`] !== "0";
}

function compileTables(ruleset: Ruleset, facts: NetnsFacts, fib: Fib): readonly CompiledTable[] {
  const misprinted = misprintedChains(ruleset, facts.nativeNft);
  const bridges = new Set(
    facts.links
      .filter(({ linkKind }) => linkKind === "bridge" && seesFrames(facts, ruleset.family))
      .map(({ ifname }) => ifname),
  );
  const sets = compileIpSets(facts.ipsets);
  return ruleset.tables.map((table) => ({
    family: ruleset.family,
    backend: ruleset.backend,
    name: table.name,
    incompatible: table.incompatible === true || misprinted.has(table.name),
    misprinted: misprinted.get(table.name) ?? [],
    chains: new Map(
      table.chains.map((chain) => [
        chain.name,
        {
          name: chain.name,
          ...(chain.policy === undefined ? {} : { policy: chain.policy }),
          index: indexRules(
            chain.rules.map((rule, at) => ({
              rule,
              ruleNumber: at + 1,
              tests: compileMatches(rule.matches, { fib, table: table.name, bridges, sets }),
              target: rule.target,
            })),
          ),
        },
      ]),
    ),
  }));
}
