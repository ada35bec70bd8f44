import { describe, expect, test } from "vitest";
import { nativeNft } from "../../src/collectors/native-nft.ts";
import { notFound, notPermitted } from "../../src/model/failure.ts";
import { noNativeNft } from "../../src/model/native-nft.ts";
import type { NftTable } from "../../src/model/nft.ts";
import { collect } from "../support/collect.ts";
import { fakeInstant } from "../support/fake-host.ts";

const key = "nft -j list ruleset";
const chain = {
  family: "inet",
  table: "mine",
  name: "fence",
  type: "filter",
  hook: "forward",
  prio: 0,
  policy: "drop",
};
const tableEntry = { table: { family: "inet", name: "mine", handle: 1 } };
function table(ruleCount: number): NftTable {
  const base = { chainType: "filter", hook: "forward", priority: 0, policy: "drop" } as const;
  const rules = Array.from({ length: ruleCount }, () => ({ statements: [] }));
  const empty = { sets: [], maps: [], flowtables: [], objects: [] };
  return {
    family: "inet",
    name: "mine",
    handle: 1,
    chains: [{ name: "fence", base, rules }],
    ...empty,
  };
}
const from = {
  state: "known",
  collectedAt: fakeInstant,
  sources: [{ kind: "command", argv: key.split(" ") }],
  ignored: [],
};

test("knows the base chains beside iptables", async () => {
  const text = JSON.stringify({
    nftables: [{ metainfo: { version: "1.0.6" } }, tableEntry, { chain }],
  });
  expect(await collect(nativeNft, { [key]: text })).toStrictEqual({
    ...from,
    value: { ...noNativeNft, tables: [table(0)] },
  });
});

describe("where every chain is one of iptables", () => {
  const place = { family: "ip", table: "filter" };
  const own = { ...place, name: "FORWARD", type: "filter", hook: "forward", prio: 0 };
  const chains = JSON.stringify({ nftables: [{ metainfo: { version: "1.0.6" } }, { chain: own }] });
  const chainsKey = "nft -j list chains";
  const saveKey = "iptables-nft-save -c";
  const chainsAlone = { ...from, sources: [{ kind: "command", argv: chainsKey.split(" ") }] };
  const entries = [{ table: { family: "ip", name: "filter" } }, { chain: own }];
  const inFamily = { ...place, chain: "FORWARD" };
  const drop = { rule: { ...inFamily, expr: [{ counter: null }, { drop: null }] } };
  const ports = { set: [80, 443] };
  const dport = { payload: { protocol: "tcp", field: "dport" } };
  const match = { match: { op: "==", left: dport, right: ports } };
  const foreign = { rule: { ...inFamily, expr: [match, { drop: null }] } };
  const listing = (...more: readonly unknown[]): string =>
    JSON.stringify({ nftables: [...entries, ...more] });

  test("finds nothing beside iptables where iptables made every rule", async () => {
    const answers = { [chainsKey]: chains, [saveKey]: "", [key]: listing(drop) };
    expect(await collect(nativeNft, answers)).toStrictEqual({ ...from, value: noNativeNft });
  });

  test("finds a rule of nft in a table of iptables", async () => {
    const answers = { [chainsKey]: chains, [saveKey]: "", [key]: listing(drop, foreign) };
    const found = [{ ...place, chain: "FORWARD", rules: [2] }];
    expect(await collect(nativeNft, answers)).toMatchObject({
      value: { tables: [{ name: "filter" }], incompatible: { state: "read", chains: found } },
    });
  });

  test("does not have a long ruleset printed, and says so", async () => {
    const rules = "[0:0] -A FORWARD -j DROP\n".repeat(10_001);
    const answers = { [chainsKey]: chains, [saveKey]: rules, [key]: listing(foreign) };
    const reason = "nft was not asked to print 10,001 rules of iptables again";
    expect(await collect(nativeNft, answers)).toStrictEqual({
      ...chainsAlone,
      value: { ...noNativeNft, incompatible: { state: "not-read", reason } },
      gaps: [`rules of nft in the tables of iptables were not looked for: ${reason}`],
    });
  });

  test("keeps what the chains tell when the ruleset is not printed in time", async () => {
    const failure = { kind: "timed-out", message: "`nft` took too long", timeoutMs: 1 } as const;
    const answers = { [chainsKey]: chains, [saveKey]: "", [key]: failure };
    const incompatible = { state: "not-read", reason: failure.message };
    expect(await collect(nativeNft, answers)).toMatchObject({
      value: { ...noNativeNft, incompatible },
      gaps: [expect.stringContaining(failure.message)],
    });
  });

  test("prints the ruleset, however long, where an entry of the list is none that it knows", async () => {
    const odd = JSON.stringify({ nftables: [{ chain: own }, { chain: { name: 5 } }] });
    const rules = "[0:0] -A FORWARD -j DROP\n".repeat(10_001);
    const answers = { [chainsKey]: odd, [saveKey]: rules, [key]: listing(drop) };
    expect(await collect(nativeNft, answers)).toStrictEqual({ ...from, value: noNativeNft });
  });
});

test("asks for no rules where nothing hangs on a hook", async () => {
  const query = "nft -j list chains";
  const answers = { [query]: JSON.stringify({ nftables: [{ metainfo: { version: "1.0.6" } }] }) };
  expect(await collect(nativeNft, answers)).toStrictEqual({
    ...from,
    sources: [{ kind: "command", argv: query.split(" ") }],
    value: noNativeNft,
  });
});

test.each([
  ["nft: invalid option -- 'j'\n", "too old to print JSON"],
  ["Error: JSON support not compiled-in\n", "was built without JSON"],
  ["something else\n", "`nft` ended with 1"],
])("says why nft printed no JSON: %j", async (stderr, words) => {
  const failure = { kind: "exit", message: "`nft` ended with 1", exitCode: 1, stderr } as const;
  expect(await collect(nativeNft, { "nft -j list chains": failure })).toMatchObject({
    value: { state: "unreadable", reason: expect.stringContaining(words) },
  });
});

test("counts the rules of a chain that is not of iptables", async () => {
  const rule = { family: "inet", table: "mine", chain: "fence", expr: [] };
  const answers = {
    "nft -j list chains": JSON.stringify({ nftables: [{ chain }] }),
    [key]: JSON.stringify({ nftables: [tableEntry, { chain }, { rule }, { rule }] }),
  };
  expect(await collect(nativeNft, answers)).toMatchObject({
    value: { ...noNativeNft, tables: [table(2)] },
  });
});

test("knows that a kernel without nf_tables has none", async () => {
  const failure = {
    kind: "exit",
    message: "`nft` ended with 1",
    exitCode: 1,
    stderr: "internal:0:0-0: Error: Could not process rule: Operation not supported\n",
  } as const;
  expect(await collect(nativeNft, { [key]: failure })).toStrictEqual({
    ...from,
    value: noNativeNft,
  });
});

test.each([
  notFound("`nft` is not installed; install the package nftables"),
  notPermitted("`nft` needs CAP_NET_ADMIN; run as root"),
])("says in its value that it could not be read: $kind", async (failure) => {
  expect(await collect(nativeNft, { [key]: failure })).toStrictEqual({
    ...from,
    value: { state: "unreadable", reason: failure.message },
  });
});
