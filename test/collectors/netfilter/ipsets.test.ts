import { expect, test } from "vitest";
import { ipsets } from "../../../src/collectors/netfilter/ipsets.ts";
import { parseIptablesSave } from "../../../src/parsers/iptables-save.ts";
import { fakeHost, fakeInstant } from "../../support/fake-host.ts";

const source = { kind: "command", argv: ["iptables-nft-save", "-c"] } as const;
const query = { kind: "command", argv: ["ipset", "save"] } as const;

function rulesetsWith(rule: string) {
  const parsed = parseIptablesSave(`*filter\n:INPUT ACCEPT [0:0]\n${rule}\nCOMMIT\n`);
  const tables = parsed.ok ? parsed.value.tables : [];
  return [{ family: "ipv4", backend: "nf_tables", tables, source } as const];
}

const asking = rulesetsWith("-A INPUT -m set --match-set s src -j DROP");

test("sets are not asked for where no rule asks one", async () => {
  const facts = { rulesets: rulesetsWith("-A INPUT -j DROP") };
  expect(await ipsets.collect(fakeHost({}), { facts, now: fakeInstant })).toStrictEqual({
    state: "known",
    value: { state: "unread", reason: "no rule of iptables asks a set" },
    collectedAt: fakeInstant,
    sources: [],
    ignored: [],
  });
});

test("sets are read where a rule asks one", async () => {
  const answers = { "ipset save": "create s hash:ip family inet\nadd s 192.0.2.1\n" };
  const fact = await ipsets.collect(fakeHost(answers), {
    facts: { rulesets: asking },
    now: fakeInstant,
  });
  expect(fact).toStrictEqual({
    state: "known",
    value: {
      state: "read",
      sets: [
        {
          name: "s",
          method: "hash",
          parts: ["ip"],
          family: "ipv4",
          options: [],
          elements: [{ value: "192.0.2.1" }],
        },
      ],
    },
    collectedAt: fakeInstant,
    sources: [query],
    ignored: [],
  });
});

test("sets that cannot be read are a value, with the reason", async () => {
  const context = { facts: { rulesets: asking }, now: fakeInstant };
  expect(await ipsets.collect(fakeHost({}), context)).toMatchObject({
    state: "known",
    value: { state: "unread" },
  });
});
