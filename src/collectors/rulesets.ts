import type { HostPort } from "../host/port.ts";
import { type Failure, notFound, unparsable } from "../model/failure.ts";
import type { Family } from "../model/ip.ts";
import type { Backend, Ruleset } from "../model/netfilter.ts";
import { isIptablesBaseChain } from "../model/nft-iptables.ts";
import { type HostQuery, queryCommand } from "../model/query.ts";
import { parseIptablesSave } from "../parsers/iptables-save.ts";
import { parseNftBaseChains } from "../parsers/nft/base-chains.ts";
import { parseNames, parseSingleLine } from "../parsers/plain-text.ts";
import { type Answer, ask, factFrom, inOne, orIfUnsupported } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

const chainsQuery: HostQuery = { kind: "command", argv: ["nft", "-j", "list", "chains"] };
const versionQuery: HostQuery = { kind: "command", argv: ["iptables-save", "--version"] };

/**
 * iptables of both families and both backends. Asking iptables-legacy about a host without legacy tables would create them, so
 * the kernel's list of their names comes first. One ruleset that cannot be read makes the fact unknown.
 */
export const rulesets = defineCollector({
  fact: "rulesets",
  title: "iptables rules of both families and both backends",
  reads: [
    {
      what: "iptables-nft-save -c",
      needs: ["CAP_NET_ADMIN"],
      withoutIt: "IPv4 rules of iptables-nft",
      loses: "fact",
    },
    {
      what: "ip6tables-nft-save -c",
      needs: ["CAP_NET_ADMIN"],
      withoutIt: "IPv6 rules of iptables-nft",
      loses: "fact",
    },
    {
      what: "cat /proc/net/ip_tables_names",
      needs: ["CAP_DAC_READ_SEARCH"],
      withoutIt: "whether there are legacy tables of IPv4",
      loses: "fact",
    },
    {
      what: "cat /proc/net/ip6_tables_names",
      needs: ["CAP_DAC_READ_SEARCH"],
      withoutIt: "whether there are legacy tables of IPv6",
      loses: "fact",
    },
    {
      what: "iptables-legacy-save -c",
      where: "the kernel names legacy tables",
      needs: ["CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_DAC_READ_SEARCH"],
      withoutIt: "IPv4 rules of iptables-legacy",
      loses: "fact",
    },
    {
      what: "ip6tables-legacy-save -c",
      where: "the kernel names legacy tables",
      needs: ["CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_DAC_READ_SEARCH"],
      withoutIt: "IPv6 rules of iptables-legacy",
      loses: "fact",
    },
    {
      what: "nft -j list chains",
      needs: ["CAP_NET_ADMIN"],
      withoutIt: "whether iptables-nft-save left a table out",
      loses: "part",
    },
  ],
  needs: [],
  async collect(host, { now }) {
    const answer = await askRulesets(host, ["ipv4", "ipv6"]);
    const failure = answer.ok ? await leftOut(host, answer.value) : undefined;
    return factFrom(failure === undefined ? answer : { ok: false, failure }, now);
  },
});

/** "Empty" is another result than "unreadable": a table of which nft lists chains and iptables prints nothing was not read. */
async function leftOut(host: HostPort, all: readonly Ruleset[]): Promise<Failure | undefined> {
  const chains = await ask(host, chainsQuery, parseNftBaseChains);
  if (!chains.ok) return undefined;
  for (const { family, backend, tables, source } of all) {
    if (backend !== "nf_tables" || source === versionQuery) continue;
    const printed = new Set<string>(tables.map(({ name }) => name));
    const nftFamily = family === "ipv4" ? "ip" : "ip6";
    const missing = chains.value.find(
      (chain) =>
        chain.family === nftFamily && isIptablesBaseChain(chain) && !printed.has(chain.table),
    );
    if (missing !== undefined)
      return unparsable(
        `\`${queryCommand(source)}\` prints nothing of the table ${missing.table}, of which \`${queryCommand(chainsQuery)}\` lists chains; run both by hand and compare`,
      );
  }
  return undefined;
}

/** iptables of both backends; the fewer families, the fewer processes. */
export async function askRulesets(
  host: HostPort,
  families: readonly Family[],
): Promise<Answer<readonly Ruleset[]>> {
  const answers = families.flatMap((family) => [
    nftRuleset(host, family),
    legacyRuleset(host, family),
  ]);
  return inOne(await Promise.all(answers));
}

async function nftRuleset(host: HostPort, family: Family): Promise<Answer<Ruleset>> {
  const identity = { family, backend: "nf_tables" } as const;
  const answer = await save(host, saveQuery(family, "-nft"), identity);
  if (answer.ok || answer.failure.kind !== "not-found") return answer;
  const backend = await defaultBackend(host);
  if (!backend.ok) return backend;
  if (backend.value === "nf_tables") return save(host, saveQuery(family, ""), identity);
  // An iptables from before nf_tables, and nothing else that could have put rules there through iptables.
  return { ...backend, value: { ...identity, tables: [], source: versionQuery } };
}

async function legacyRuleset(host: HostPort, family: Family): Promise<Answer<Ruleset>> {
  const identity = { family, backend: "legacy" } as const;
  const namesQuery: HostQuery = {
    kind: "file",
    path: family === "ipv4" ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names",
  };
  const names = await ask(host, namesQuery, parseNames);
  // The file does not exist until ip_tables is loaded.
  if (!names.ok && names.failure.kind !== "not-found") return names;
  if (!names.ok || names.value.length === 0) {
    const value = { ...identity, tables: [], source: namesQuery };
    return { ok: true, value, sources: [namesQuery], ignored: [] };
  }
  const answer = await save(host, saveQuery(family, "-legacy"), identity);
  if (answer.ok || answer.failure.kind !== "not-found") return answer;
  const backend = await defaultBackend(host);
  if (backend.ok && backend.value === "legacy") return save(host, saveQuery(family, ""), identity);
  const tables = names.value.join(", ");
  return {
    ok: false,
    failure: notFound(
      `the kernel holds tables of iptables-legacy (${tables}), and no program that could show them is installed; install iptables`,
      "iptables",
    ),
  };
}

function saveQuery(family: Family, variant: "" | "-nft" | "-legacy"): HostQuery {
  const program = family === "ipv4" ? "iptables" : "ip6tables";
  return { kind: "command", argv: [`${program}${variant}-save`, "-c"] };
}

async function save(
  host: HostPort,
  source: HostQuery,
  identity: Pick<Ruleset, "family" | "backend">,
): Promise<Answer<Ruleset>> {
  const answer = await ask(host, source, parseIptablesSave);
  // A kernel without this family, or without nf_tables, holds no rules of it.
  const dump = orIfUnsupported(answer, { tables: [] }, source);
  if (!dump.ok) return dump;
  return { ...dump, value: { ...identity, tables: dump.value.tables, source } };
}

/** Which backend plain `iptables-save` speaks to. Versions before 1.8 do not say, and are legacy. */
async function defaultBackend(host: HostPort): Promise<Answer<Backend>> {
  const version = await ask(host, versionQuery, parseSingleLine);
  if (version.ok) {
    return { ...version, value: version.value.includes("nf_tables") ? "nf_tables" : "legacy" };
  }
  if (version.failure.kind !== "not-found") return version;
  return {
    ok: false,
    failure: notFound(
      "iptables is not installed, so docknet cannot read the firewall; install the package iptables",
      "iptables",
    ),
  };
}
