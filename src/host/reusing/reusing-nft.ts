import { createHash } from "node:crypto";
import { isIptablesBaseChain } from "../../model/nft-iptables.ts";
import { type HostQuery, queryKey } from "../../model/query.ts";
import type { HostPort, Observation } from "../port.ts";
import { commandKey } from "./questions.ts";

/** The ruleset that nft printed last, and what the host showed before it. One for the life of an agent. */
export interface NftMemory {
  last: { readonly witness: string; readonly observation: Observation } | undefined;
}

export function nftMemory(): NftMemory {
  return { last: undefined };
}

const rulesetKey = commandKey("nft", "-j", "list", "ruleset");
const chainsKey = commandKey("nft", "-j", "list", "chains");
const saveKeys = [commandKey("iptables-nft-save", "-c"), commandKey("ip6tables-nft-save", "-c")];

/** After this long nft prints its ruleset again whatever the witnesses say, in milliseconds. */
const MOST_AGE_MS = 10 * 60_000;

/**
 * Wraps a port: nft prints its ruleset again only when its chains or the rules that iptables-nft prints, without counters, have
 * changed, where every base chain is of iptables, and at least every ten minutes. A rule of nft in a table of iptables always shows as
 * some line of iptables-nft-save, though a wrong one. What this cannot see in between: a rule of iptables that was replaced by one of
 * nft of which iptables prints the very same line, a set's elements, and chains without a hook in other tables. Foreign base chains
 * have no witness: beside them nft is asked in each run.
 */
export function reusingNft(inner: HostPort, memory: NftMemory): HostPort {
  const seen = new Map<string, Observation>();
  const observeCommand = async (query: HostQuery): Promise<Observation> => {
    const key = queryKey(query);
    if (key !== rulesetKey) {
      const observation = await inner.observe(query);
      if (key === chainsKey || saveKeys.includes(key)) seen.set(key, observation);
      return observation;
    }
    const witness = witnessOf(seen);
    const { last } = memory;
    const chains = seen.get(chainsKey);
    if (last !== undefined && last.witness === witness && isFresh(last.observation, chains))
      return last.observation;
    const observation = await inner.observe(query);
    memory.last = witness === undefined || !observation.ok ? undefined : { witness, observation };
    return observation;
  };
  return {
    observe: (query) => (query.kind === "command" ? observeCommand(query) : inner.observe(query)),
  };
}

/** undefined = the ruleset must be printed: a question failed or was not asked, or there is a base chain without a witness. */
function witnessOf(seen: ReadonlyMap<string, Observation>): string | undefined {
  const hash = createHash("sha256");
  for (const key of [chainsKey, ...saveKeys]) {
    const observation = seen.get(key);
    if (observation?.ok !== true) return undefined;
    if (key === chainsKey && !areOfIptables(observation.text)) return undefined;
    hash.update(`${key}\0${withoutCounters(observation.text)}\0`);
  }
  return hash.digest("hex");
}

/** A dump without packets, bytes and dates. */
function withoutCounters(text: string): string {
  return text
    .replaceAll(/^(:.* )?\[\d+:\d+\]/gm, "$1")
    .replaceAll(/^# (?:Generated|Completed).*$/gm, "");
}

function isFresh(before: Observation, now: Observation | undefined): boolean {
  if (now === undefined) return false;
  const age = Date.parse(now.observedAt) - Date.parse(before.observedAt);
  return age >= 0 && age <= MOST_AGE_MS;
}

function areOfIptables(text: string): boolean {
  const entries = memberOf(parsed(text), "nftables");
  return Array.isArray(entries) && entries.every(isHarmless);
}

/** A chain without a hook, or one of iptables. */
function isHarmless(entry: unknown): boolean {
  const chain = memberOf(entry, "chain");
  if (chain === undefined || memberOf(chain, "hook") === undefined) return true;
  return isIptablesBaseChain({
    family: `${memberOf(chain, "family")}`,
    table: `${memberOf(chain, "table")}`,
    name: `${memberOf(chain, "name")}`,
    chainType: `${memberOf(chain, "type")}`,
    hook: `${memberOf(chain, "hook")}`,
    priority: Number(memberOf(chain, "prio")),
  });
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const member = Object.entries(value).find(([key]) => key === name);
  const found: unknown = member?.[1];
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
