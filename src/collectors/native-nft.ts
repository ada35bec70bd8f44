import type { HostPort } from "../host/port.ts";
import { known } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import { type NativeNft, nativeBaseChains, noNativeNft } from "../model/native-nft.ts";
import type { NftRuleset, NftTable } from "../model/nft.ts";
import {
  type BaseChainShape,
  type IncompatibleChain,
  incompatibleChains,
  isIptablesBaseChain,
} from "../model/nft-iptables.ts";
import type { HostQuery } from "../model/query.ts";
import { parseRuleCount } from "../parsers/iptables/rule-count.ts";
import { parseNftBaseChains } from "../parsers/nft/base-chains.ts";
import { parseNftRuleset } from "../parsers/nft-ruleset.ts";
import type { Parsed } from "../parsers/parsed.ts";
import { type Answer, ask, orIfUnsupported } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

const chainsQuery: HostQuery = { kind: "command", argv: ["nft", "-j", "list", "chains"] };
const rulesetQuery: HostQuery = { kind: "command", argv: ["nft", "-j", "list", "ruleset"] };
const saveQueries: readonly HostQuery[] = [
  { kind: "command", argv: ["iptables-nft-save", "-c"] },
  { kind: "command", argv: ["ip6tables-nft-save", "-c"] },
];

/**
 * Rules of iptables up to which nft prints its ruleset beside them. 10,000 cost nft 0.4 to 0.7 s and 90 MB; 50,000 cost it 5 to 20 s.
 * Foreign base chains are read however long the ruleset is: what they hold decides.
 */
const MOST_RULES = 10_000;

/**
 * Native nftables. Without `nft` nobody can say that there is none: the value says so, because a drop that is certain elsewhere stays
 * certain. Nothing hangs on a hook where nft lists no base chain; where it does, the whole ruleset tells which rules in the tables of
 * iptables came from nft.
 */
export const nativeNft = defineCollector({
  fact: "nativeNft",
  title: "Native nftables, and rules of nft in the tables of iptables",
  reads: [
    {
      what: "nft -j list chains",
      needs: ["CAP_NET_ADMIN"],
      withoutIt: "base chains beside iptables: a packet that would be delivered becomes unsure",
      loses: "part",
    },
    {
      what: "iptables-nft-save -c",
      needs: ["CAP_NET_ADMIN"],
      withoutIt: "how many rules nft would print",
      loses: "part",
    },
    {
      what: "ip6tables-nft-save -c",
      needs: ["CAP_NET_ADMIN"],
      withoutIt: "how many rules nft would print",
      loses: "part",
    },
    {
      what: "nft -j list ruleset",
      where: `chains hang on hooks, and up to ${MOST_RULES.toLocaleString("en")} rules if all are of iptables`,
      needs: ["CAP_NET_ADMIN"],
      withoutIt: "rules of nft, also those in the tables of iptables",
      loses: "part",
    },
  ],
  needs: [],
  async collect(host, { now }) {
    const answer = await askNative(host);
    const value: NativeNft = answer.ok
      ? answer.value
      : { state: "unreadable", reason: unreadableReason(answer.failure) };
    const { sources, ignored } = answer.ok ? answer : { sources: [rulesetQuery], ignored: [] };
    return known(value, { at: now, sources, ignored, gaps: gapsOf(value) });
  },
});

async function askNative(host: HostPort): Promise<Answer<NativeNft>> {
  const asked = await ask(host, chainsQuery, parseNftBaseChains);
  const chains = orIfUnsupported<readonly BaseChainShape[]>(asked, [], chainsQuery);
  // Bundles from before that question was asked hold the ruleset.
  if (!chains.ok && chains.failure.kind !== "not-recorded") return chains;
  const isSparing =
    chains.ok && chains.ignored.length === 0 && chains.value.every(isIptablesBaseChain);
  if (!isSparing) return askRuleset(host);
  if (chains.value.length === 0) return { ...chains, value: noNativeNft };
  const rules = await countRules(host);
  if (rules > MOST_RULES) {
    const reason = `nft was not asked to print ${rules.toLocaleString("en")} rules of iptables again`;
    return { ...chains, value: notCompared(reason) };
  }
  const whole = await askRuleset(host);
  // Every base chain is known to be of iptables: what iptables-save prints stays the best that is known.
  return whole.ok ? whole : { ...chains, value: notCompared(whole.failure.message) };
}

async function askRuleset(host: HostPort): Promise<Answer<NativeNft>> {
  return orIfUnsupported(await ask(host, rulesetQuery, parseNative), noNativeNft, rulesetQuery);
}

/** Rules of both families. What iptables does not print counts as nothing: then the ruleset is asked for. */
async function countRules(host: HostPort): Promise<number> {
  const counts = await Promise.all(saveQueries.map((query) => ask(host, query, parseRuleCount)));
  return counts.reduce((sum, count) => sum + (count.ok ? count.value : 0), 0);
}

function notCompared(reason: string): NativeNft {
  const incompatible = { state: "not-read", reason } as const;
  return { state: "read", tables: [], incompatible, unrecognised: [] };
}

function unreadableReason(failure: Failure): string {
  if (failure.kind !== "exit") return failure.message;
  if (/invalid option|unrecognized option/i.test(failure.stderr))
    return "this nft is too old to print JSON, so native nftables rules stay unseen; install nftables 0.9.1 or newer";
  if (/JSON support not compiled/i.test(failure.stderr))
    return "this nft was built without JSON, so native nftables rules stay unseen; install one that has it";
  return failure.message;
}

function gapsOf(value: NativeNft): readonly string[] {
  if (value.state !== "read" || value.incompatible.state !== "not-read") return [];
  const { reason } = value.incompatible;
  return [`rules of nft in the tables of iptables were not looked for: ${reason}`];
}

function parseNative(text: string): Parsed<NativeNft> {
  const result = parseNftRuleset(text);
  return result.ok ? { ...result, value: besideIptables(result.value) } : result;
}

function besideIptables(ruleset: NftRuleset): NativeNft {
  const chains = incompatibleChains(ruleset);
  const tables = ruleset.tables.filter(
    (table) =>
      !isIptablesTable(table) || nativeBaseChains([table]).length > 0 || isIn(chains, table),
  );
  const { unrecognised } = ruleset;
  return { state: "read", tables, incompatible: { state: "read", chains }, unrecognised };
}

function isIptablesTable({ family, name }: NftTable): boolean {
  return (family === "ip" || family === "ip6") && iptablesTables.has(name);
}

const iptablesTables: ReadonlySet<string> = new Set(["raw", "mangle", "nat", "filter", "security"]);

function isIn(chains: readonly IncompatibleChain[], { family, name }: NftTable): boolean {
  return chains.some((chain) => chain.family === family && chain.table === name);
}
