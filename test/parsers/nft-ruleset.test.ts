import { describe, expect, test } from "vitest";
import type { NftRuleset } from "../../src/model/nft.ts";
import { printNftRuleset } from "../../src/parsers/nft/print.ts";
import { parseNftRuleset } from "../../src/parsers/nft-ruleset.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { nftEntries } from "../support/nft-entries.ts";

const fixtures = fixturesOf("nft-ruleset");

function rulesetOf(text: string): NftRuleset {
  const result = parseNftRuleset(text);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

function listOf(...entries: readonly unknown[]): string {
  return JSON.stringify({ nftables: entries });
}

const table = { table: { family: "inet", name: "t", handle: 1 } };
const chain = { chain: { family: "inet", table: "t", name: "c", handle: 2 } };

function rule(...expr: readonly unknown[]): unknown {
  return { rule: { family: "inet", table: "t", chain: "c", handle: 3, expr } };
}

describe("nft-ruleset", () => {
  test.each(fixtures)("reads $name", ({ text, expected }) => {
    expect(parseNftRuleset(text)).toStrictEqual(expected);
  });

  test.each(fixtures)("prints $name again from its typed form", ({ text }) => {
    expect(nftEntries(printNftRuleset(rulesetOf(text)))).toEqual(nftEntries(text));
  });

  test.each(fixtures)("leaves nothing of $name unrecognised", ({ text }) => {
    expect(JSON.stringify(rulesetOf(text))).not.toContain('"unrecognised","text"');
    expect(rulesetOf(text).unrecognised).toEqual([]);
  });
});

describe("nft-ruleset: the list as a whole", () => {
  test("tells an empty ruleset from one that it cannot read", () => {
    const metainfo = { metainfo: { version: "1.0.6" } };
    expect(parseNftRuleset(listOf(metainfo))).toEqual({
      ok: true,
      value: { nftVersion: "1.0.6", tables: [], unrecognised: [] },
      ignored: [],
    });
    expect(parseNftRuleset(listOf())).toMatchObject({ ok: true, value: { tables: [] } });
    expect(parseNftRuleset("")).toEqual(failed("the answer is empty where JSON was expected"));
    expect(parseNftRuleset("[]")).toMatchObject({ ok: false });
    expect(parseNftRuleset('{"nftables": [{"links": []}]}')).toEqual(
      failed("the JSON holds nothing that nft lists"),
    );
  });

  test("refuses what is nested so deep that no nft printed it", () => {
    const deep = `{"nftables": [${"[".repeat(100_000)}${"]".repeat(100_000)}]}`;
    expect(parseNftRuleset(deep)).toEqual(
      failed("the JSON is nested more than 100 deep: this is no ruleset"),
    );
  });

  test("keeps entries verbatim that it does not know or that belong to nothing listed", () => {
    const odd = [
      { tunnel: { family: "inet", table: "t", name: "vx" } },
      { chain: { family: "inet", table: "other", name: "c" } },
      { rule: { family: "inet", table: "t", chain: "other", expr: [] } },
      { table: { family: "inet", name: "t" } },
      { chain: { family: "inet", table: "t", name: "c" } },
      { chain: { family: "inet", table: "t", name: "d", packets: 1 } },
      { "ct timeout": { family: "inet", table: "t", name: "p", policy: [] } },
      { "ct timeout": { family: "inet", table: "t", name: "p", policy: { close: "soon" } } },
      { set: { family: "inet", table: "t", name: "s", type: 5 } },
      {},
      7,
    ];
    expect(rulesetOf(listOf(table, chain, ...odd))).toEqual({
      tables: [
        {
          family: "inet",
          name: "t",
          handle: 1,
          chains: [{ name: "c", handle: 2, rules: [] }],
          sets: [],
          maps: [],
          flowtables: [],
          objects: [],
        },
      ],
      unrecognised: odd.map((entry, index) => ({
        position: index + 2,
        text: JSON.stringify(entry),
      })),
    });
  });

  test("reads flowtables, chains on devices, comments and objects that this kernel does not have", () => {
    const place = { family: "inet", table: "t" };
    const entries = [
      { table: { family: "inet", name: "t", flags: ["dormant"], comment: "old" } },
      { chain: { ...place, name: "c", comment: "first" } },
      {
        chain: {
          ...place,
          name: "in",
          type: "filter",
          hook: "ingress",
          prio: 0,
          dev: ["eth0", "eth1"],
          policy: "drop",
        },
      },
      { chain: { ...place, name: "out", type: "filter", hook: "egress", prio: 1 } },
      { flowtable: { ...place, name: "f", hook: "ingress", prio: 0, dev: "lo", counter: true } },
      { secmark: { ...place, name: "m", context: "system_u:object_r:a_t:s0" } },
      { set: { ...place, name: "s", type: { typeof: { meta: { key: "mark" } } } } },
    ];
    const text = listOf(...entries);
    expect(rulesetOf(text)).toEqual({
      tables: [
        {
          family: "inet",
          name: "t",
          flags: ["dormant"],
          comment: "old",
          chains: [
            { name: "c", comment: "first", rules: [] },
            {
              name: "in",
              base: {
                chainType: "filter",
                hook: "ingress",
                priority: 0,
                devices: ["eth0", "eth1"],
                policy: "drop",
              },
              rules: [],
            },
            { name: "out", base: { chainType: "filter", hook: "egress", priority: 1 }, rules: [] },
          ],
          sets: [
            {
              name: "s",
              keyTypes: { kind: "unrecognised", text: '{"typeof":{"meta":{"key":"mark"}}}' },
            },
          ],
          maps: [],
          flowtables: [{ name: "f", hook: "ingress", priority: 0, devices: ["lo"], counter: true }],
          objects: [{ kind: "secmark", name: "m", context: "system_u:object_r:a_t:s0" }],
        },
      ],
      unrecognised: [],
    });
    expect(nftEntries(printNftRuleset(rulesetOf(text)))).toEqual(nftEntries(text));
  });
});

describe("nft-ruleset: statements", () => {
  test("keeps statements and expressions verbatim, where they stand, that are not exactly what it knows", () => {
    const expr = [
      { match: { op: "==", left: { meta: { key: "mark", more: 1 } }, right: null } },
      { accept: null, drop: null },
      { accept: {} },
      { teleport: { to: "mars" } },
      { vmap: { key: { meta: { key: "mark" } }, data: "plain" } },
      { vmap: { key: { meta: { key: "mark" } }, data: { set: [["one"]] } } },
      { limit: { per: "second" } },
      { counter: { packets: "many", bytes: 0 } },
      { log: { flags: ["all", 7] } },
      { log: {} },
      { "ct count": { val: 5, inv: "yes" } },
      "drop",
      null,
    ];
    const text = listOf(table, chain, rule(...expr));
    const statements = rulesetOf(text).tables[0]?.chains[0]?.rules[0]?.statements;
    expect(statements).toEqual([
      {
        kind: "match",
        operator: "==",
        left: { kind: "unrecognised", text: '{"meta":{"key":"mark","more":1}}' },
        right: { kind: "unrecognised", text: "null" },
      },
      ...expr.slice(1).map((each) => ({ kind: "unrecognised", text: JSON.stringify(each) })),
    ]);
    expect(nftEntries(printNftRuleset(rulesetOf(text)))).toEqual(nftEntries(text));
  });

  test("reads what only other kernels and versions have", () => {
    const expr = [
      { queue: { num: { range: [1, 3] }, flags: ["fanout", "bypass"] } },
      { queue: null },
      { flow: { op: "add", flowtable: "@f" } },
      { last: { used: 70 } },
      { map: { op: "update", elem: "a", data: "b", map: "@m" } },
      { match: { op: "==", left: { "dccp option": { type: 4 } }, right: true } },
      { match: { op: "==", left: { socket: { key: "cgroupv2", level: 1 } }, right: "/" } },
      { match: { op: "==", left: { "^": [{ meta: { key: "mark" } }, 1] }, right: 1 } },
      { mangle: { key: { meta: { key: "mark" } }, value: { "<<": [{ "|": [1, 2] }, 8] } } },
      { mangle: { key: { meta: { key: "mark" } }, value: { ">>": [256, 8] } } },
      { dup: { addr: "192.0.2.1", dev: "eth0" } },
      { xt: null },
    ];
    const text = listOf(table, chain, rule(...expr));
    expect(JSON.stringify(rulesetOf(text))).not.toContain('"unrecognised","text"');
    expect(nftEntries(printNftRuleset(rulesetOf(text)))).toEqual(nftEntries(text));
  });

  test("keeps every digit of a number that JavaScript would round", () => {
    const match = (right: string) =>
      `{"match": {"op": "==", "left": {"payload": {"base": "th", "offset": 0, "len": 64}}, "right": ${right}}}`;
    const expr = [
      match("1311768467294899695"),
      match("9007199254740991"),
      match('"1311768467294899695, \\"and more"'),
      '{"counter": {"packets": 18446744073709551615, "bytes": 1}}',
    ];
    const text = `{"nftables": [${JSON.stringify(table)}, ${JSON.stringify(chain)},
      {"rule": {"family": "inet", "table": "t", "chain": "c", "expr": [${expr}]}}]}`;
    const left = { kind: "raw-payload", base: "th", offset: 0, length: 64 };
    expect(rulesetOf(text).tables[0]?.chains[0]?.rules[0]?.statements).toEqual([
      { kind: "match", operator: "==", left, right: "1311768467294899695" },
      { kind: "match", operator: "==", left, right: 9007199254740991 },
      { kind: "match", operator: "==", left, right: '1311768467294899695, "and more' },
      { kind: "counter", packets: 18446744073709552000, bytes: 1 },
    ]);
  });
});

function failed(message: string): unknown {
  return { ok: false, failure: { kind: "unparsable", message } };
}
