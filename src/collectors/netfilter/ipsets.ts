import { known } from "../../model/facts.ts";
import type { IpSets } from "../../model/netfilter/ipset.ts";
import type { IptablesRule, Ruleset } from "../../model/netfilter.ts";
import type { HostQuery } from "../../model/query.ts";
import { parseIpsetSave } from "../../parsers/ipset/ipset-save.ts";
import { ask } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";

const saveQuery: HostQuery = { kind: "command", argv: ["ipset", "save"] };

/**
 * Sets of ipset that rules of iptables ask. Where none does nobody asks for them: the question alone would load the kernel's module.
 * Sets that cannot be read leave the packets that depend on them unsure.
 */
export const ipsets = defineCollector({
  fact: "ipsets",
  title: "Sets of ipset that rules of iptables ask",
  reads: [
    {
      what: "ipset save",
      where: "a rule of iptables names a set",
      needs: ["CAP_NET_ADMIN"],
      withoutIt: "members of sets: packets that depend on them become unsure",
      loses: "part",
    },
  ],
  needs: ["rulesets"],
  async collect(host, { facts, now }) {
    if (!facts.rulesets.some(asksSets)) {
      const unread: IpSets = { state: "unread", reason: "no rule of iptables asks a set" };
      return known(unread, { at: now, sources: [] });
    }
    const answer = await ask(host, saveQuery, parseIpsetSave);
    const value: IpSets = answer.ok
      ? { state: "read", sets: answer.value }
      : { state: "unread", reason: answer.failure.message };
    const ignored = answer.ok ? answer.ignored : [];
    return known(value, { at: now, sources: [saveQuery], ignored });
  },
});

function asksSets({ tables }: Ruleset): boolean {
  return tables.some(({ chains }) => chains.some(({ rules }) => rules.some(asksSet)));
}

function asksSet({ matches }: IptablesRule): boolean {
  return matches.some((match) =>
    match.kind === "unrecognised" ? match.extension?.name === "set" : match.kind === "set",
  );
}
