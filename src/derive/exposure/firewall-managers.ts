import type { Facts } from "../../model/facts.ts";
import { type NativeNft, noNativeNft } from "../../model/native-nft.ts";
import type { Chain, IptablesRule, Ruleset } from "../../model/netfilter.ts";
import type { NftTable } from "../../model/nft.ts";
import { chainOwner, nftTableOwner, ruleOwner } from "../rule-owners.ts";

/** A program that keeps the host's firewall and was found in its rules. */
export interface FirewallManager {
  readonly name: "ufw" | "firewalld";
  /** It filters now: ufw leaves empty chains behind when it is switched off. */
  readonly active: boolean;
  /** Its own rules for what is for the host itself, and nobody else's. */
  readonly rules: ManagerRules;
  /** Why its rules cannot be told from others. */
  readonly blurred?: string;
}

type ManagerRules = Pick<Facts, "rulesets" | "nativeNft">;

/** ufw and firewalld, as far as rules tell of them. */
export function firewallManagers(facts: ManagerRules): readonly FirewallManager[] {
  return [ufw(facts), firewalld(facts)].flatMap((found) => found ?? []);
}

/** ufw-framework(8): chains of iptables, jumps from INPUT, and the policy of INPUT. */
function ufw({ rulesets, nativeNft }: ManagerRules): FirewallManager | undefined {
  const own = rulesets.map((ruleset) => onlyInput(ruleset, "ufw"));
  const chains = own.flatMap(({ tables }) => tables.flatMap((table) => table.chains));
  const kept = chains.filter(({ name }) => chainOwner(name)?.kind === "ufw");
  if (kept.length === 0) return undefined;
  const active = kept.some(({ name, rules }) => name.endsWith("-input") && rules.length > 0);
  const mixed =
    nativeNft.state === "read" &&
    nativeNft.tables.some(({ name, family }) => isFilter(name, family));
  return {
    name: "ufw",
    active,
    rules: { rulesets: own, nativeNft: noNativeNft },
    ...(mixed
      ? {
          blurred:
            "the filter table of iptables holds rules of nft, so that ufw's own cannot be told",
        }
      : {}),
  };
}

function isFilter(name: string, family: string): boolean {
  return name === "filter" && (family === "ip" || family === "ip6");
}

/** Its backend nftables has a table of its own; that of iptables fills INPUT itself. */
function firewalld({ rulesets, nativeNft }: ManagerRules): FirewallManager | undefined {
  const tables = nativeNft.state === "read" ? nativeNft.tables.filter(isFirewalld) : [];
  const own = rulesets.map((ruleset) => onlyInput(ruleset, "firewalld"));
  const chains = own.flatMap((ruleset) => ruleset.tables.flatMap((table) => table.chains));
  const inIptables = chains.some(({ name }) => chainOwner(name)?.kind === "firewalld");
  if (tables.length === 0 && !inIptables) return undefined;
  const native: NativeNft =
    nativeNft.state === "read" ? { ...nativeNft, tables: tables.map(withoutNat) } : noNativeNft;
  return {
    name: "firewalld",
    active: true,
    rules: { rulesets: inIptables ? own : [], nativeNft: native },
  };
}

function isFirewalld({ name }: NftTable): boolean {
  return nftTableOwner(name).kind === "firewalld";
}

function withoutNat(table: NftTable): NftTable {
  return { ...table, chains: table.chains.filter(({ base }) => base?.chainType !== "nat") };
}

/** The filter table's INPUT with the rules of one manager, and the chains of it. */
function onlyInput(ruleset: Ruleset, kind: "ufw" | "firewalld"): Ruleset {
  const isOwn = (rule: IptablesRule): boolean => {
    const owner = ruleOwner(rule)?.kind;
    // firewalld writes into INPUT what bears no name of its own.
    return owner === kind || (kind === "firewalld" && owner === undefined);
  };
  const reduced = (chain: Chain): readonly Chain[] => {
    if (chain.name === "INPUT") return [{ ...chain, rules: chain.rules.filter(isOwn) }];
    return chainOwner(chain.name)?.kind === kind ? [chain] : [];
  };
  const tables = ruleset.tables
    .filter(({ name }) => name === "filter")
    .map((table) => ({ ...table, chains: table.chains.flatMap(reduced) }));
  return { ...ruleset, tables };
}
