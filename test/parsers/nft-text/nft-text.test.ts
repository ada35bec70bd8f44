import { describe, expect, test } from "vitest";
import type { NftRule, NftTable } from "../../../src/model/nft.ts";
import { parseNftRuleset } from "../../../src/parsers/nft-ruleset.ts";
import { parseNftRulesetText } from "../../../src/parsers/nft-text/nft-text.ts";
import { ruleOf } from "../../../src/parsers/nft-text/rule-text.ts";
import { tokensOf } from "../../../src/parsers/nft-text/tokens.ts";
import { fixturesOf, fixtureText } from "../../support/fixtures.ts";
import { sameAsJson } from "../../support/nft-text-beside-json.ts";

const inTable = (...lines: readonly string[]) => `table inet t {\n${lines.join("\n")}\n}\n`;
const inChain = (...lines: readonly string[]) => inTable("\tchain c {", ...lines, "\t}");

function tablesOf(text: string): readonly NftTable[] {
  const read = parseNftRulesetText(text);
  if (!read.ok) throw new Error(read.failure.message);
  return read.value.tables;
}

function rulesOf(text: string): readonly NftRule[] {
  return tablesOf(text).flatMap(({ chains }) => chains.flatMap(({ rules }) => rules));
}

describe("nft-text", () => {
  test.each(fixturesOf("nft-ruleset-text"))("reads $name", ({ text, expected }) => {
    expect(parseNftRulesetText(text)).toStrictEqual(expected);
  });

  test.each([
    "debian-sid-docker29.7.2--nftables",
    "debian13-docker26.1.5--firewalld",
    "debian12-docker20.10.24--drop-in-other-table",
  ])("reads the same from text and JSON of %s", (name) => {
    const text = tablesOf(fixtureText("nft-ruleset-text", name));
    const json = parseNftRuleset(fixtureText("nft-ruleset", name));
    if (!json.ok) throw new Error(json.failure.message);
    expect(sameAsJson(text, json.value.tables)).toMatchObject({ others: [], unread: 0 });
  });

  test.each([
    ["masquerade", { masquerade: null }],
    [
      "masquerade fully-random,persistent",
      { masquerade: { flags: ["fully-random", "persistent"] } },
    ],
    ["snat to 192.0.2.1 random", { snat: { addr: "192.0.2.1", flags: "random" } }],
    ["dnat ip6 to [fd00::2]:80", { dnat: { family: "ip6", addr: "fd00::2", port: 80 } }],
    ["dnat ip to 10.0.0.2:80", { dnat: { family: "ip", addr: "10.0.0.2", port: 80 } }],
    ["dnat to fd00::2", { dnat: { addr: "fd00::2" } }],
    ["redirect to :8080", { redirect: { port: 8080 } }],
    ["reject", { reject: null }],
    ["reject with tcp reset", { reject: { type: "tcp reset" } }],
    [
      "reject with icmp type host-unreachable",
      { reject: { type: "icmp", expr: "host-unreachable" } },
    ],
    ["log", { log: null }],
    ['log prefix "a b" level warn group 5', { log: { prefix: "a b", level: "warn", group: 5 } }],
    ["limit rate over 10/second", { limit: { rate: 10, burst: 5, per: "second", inv: true } }],
    ["counter", { counter: null }],
    ['counter name "web"', { counter: "web" }],
    ["notrack", { notrack: null }],
    ["goto other", { goto: { target: "other" } }],
    ['xt target "LOG"', { xt: { type: "target", name: "LOG" } }],
    ["meta mark set 0x1f", { mangle: { key: { meta: { key: "mark" } }, value: 31 } }],
    ["ct label 19", { match: { op: "in", left: { ct: { key: "label" } }, right: 19 } }],
    [
      "ct original saddr 10.0.0.1",
      { match: { op: "==", left: { ct: { key: "saddr", dir: "original" } }, right: "10.0.0.1" } },
    ],
    [
      "ct original ip saddr 10.0.0.1",
      {
        match: { op: "==", left: { ct: { key: "ip saddr", dir: "original" } }, right: "10.0.0.1" },
      },
    ],
    [
      "tcp dport != 80-90",
      {
        match: {
          op: "!=",
          left: { payload: { protocol: "tcp", field: "dport" } },
          right: { range: [80, 90] },
        },
      },
    ],
    [
      "icmpv6 type nd-neighbor-solicit",
      {
        match: {
          op: "==",
          left: { payload: { protocol: "icmpv6", field: "type" } },
          right: "nd-neighbor-solicit",
        },
      },
    ],
    [
      "rt type 0",
      { match: { op: "==", left: { exthdr: { name: "rt", field: "type" } }, right: 0 } },
    ],
    [
      "fib saddr . iif oif missing",
      {
        match: {
          op: "==",
          left: { fib: { result: "oif", flags: ["saddr", "iif"] } },
          right: false,
        },
      },
    ],
    [
      "ip saddr . tcp dport @open",
      {
        match: {
          op: "==",
          left: {
            concat: [
              { payload: { protocol: "ip", field: "saddr" } },
              { payload: { protocol: "tcp", field: "dport" } },
            ],
          },
          right: "@open",
        },
      },
    ],
    [
      "tcp dport vmap { 22 : accept, 80-90 : jump web }",
      {
        vmap: {
          key: { payload: { protocol: "tcp", field: "dport" } },
          data: {
            set: [
              [22, { accept: null }],
              [{ range: [80, 90] }, { jump: { target: "web" } }],
            ],
          },
        },
      },
    ],
  ])("says %s as the JSON does", (text, statement) => {
    expect(ruleOf(text)).toEqual({ expr: [statement] });
  });

  test("reads comments, and passes over handles", () => {
    expect(ruleOf('accept comment "x y" # handle 7')).toEqual({
      expr: [{ accept: null }],
      comment: "x y",
    });
  });

  test.each([
    "ip saddr & 255.0.255.0 == 10.0.1.0",
    "tcp flags syn / syn,ack",
    'meta hour "08:00"-"12:00"',
    "rt classid 5",
    "dnat to 10.0.0.1-10.0.0.9",
    "dnat to",
    "limit rate 10 mbytes/second",
    "limit rate 10/second burst x packets",
    "limit over",
    "counter packets 1",
    "counter packets x bytes 1",
    "reject with tcp",
    "reject with icmp",
    "xt match",
    "xt other x",
    "ip",
    "ip saddr",
    "ip saddr .",
    "ip saddr . nothing",
    "ip saddr {",
    "ip saddr { 10.0.0.1 : }",
    "ip saddr { 10.0.0.1 10.0.0.2 }",
    "ip saddr { 10.0.0.1 timeout 1h }",
    "ip saddr 10.0.0.1,",
    "ip saddr 10.0.0.1 .",
    "ip saddr vmap",
    "ip saddr vmap {",
    "meta",
    "ct",
    "fib daddr",
    "jump",
    '"quoted"',
    "meta mark set {",
    "queue to 1",
    'ct helper set "ftp"',
    "ct expiration 1m42s",
  ])("keeps a rule that it cannot read in one piece: counter %s", (text) => {
    const line = `counter ${text}`;
    const rule = ruleOf(line);
    expect(rule.expr).toEqual([{ unread: line }]);
    expect(tokensOf(line).rest()).toContain(rule.unread);
    const read = parseNftRulesetText(inChain(`\t\t${line}`));
    expect(read).toMatchObject({
      ok: true,
      ignored: [{ line: 3, reason: expect.stringContaining("is not read from text") }],
    });
    expect(rulesOf(inChain(`\t\t${line}`))).toMatchObject([
      { statements: [{ kind: "unrecognised" }] },
    ]);
  });

  test.each([
    [
      "filter",
      "type filter hook input priority filter; policy drop;",
      { hook: "input", priority: 0, policy: "drop" },
    ],
    [
      "with a sum",
      "type filter hook input priority filter - 10; policy accept;",
      { priority: -10 },
    ],
    ["with a number", "type nat hook prerouting priority -100; policy accept;", { priority: -100 }],
    [
      "on a device",
      'type filter hook ingress device "eth0" priority filter; policy accept;',
      { devices: ["eth0"] },
    ],
    [
      "on devices",
      'type filter hook ingress devices = { "eth0", eth1 } priority filter; policy accept;',
      { devices: ["eth0", "eth1"] },
    ],
  ])("reads a base chain %s", (_, line, base) => {
    expect(tablesOf(inChain(line))).toMatchObject([{ chains: [{ base }] }]);
  });

  test("takes priorities of bridges for what they are", () => {
    const line = "type filter hook forward priority filter; policy accept;";
    const [table] = tablesOf(inChain(line).replace("inet", "bridge"));
    expect(table?.chains[0]?.base?.priority).toBe(-200);
  });

  test("reads sets and maps, their elements over several lines, and names in quotes", () => {
    const text = inTable(
      "\tflags owner",
      '\tcomment "mine"',
      '\tset "a b" {',
      "\t\ttype ipv4_addr . inet_service",
      "\t\tflags interval",
      "\t\tsize 100",
      "\t\tauto-merge",
      '\t\tcomment "open"',
      "\t\telements = { 10.0.0.1 . 80,",
      "\t\t\t     10.0.0.2 . 443 }",
      "\t}",
      "\tmap m {",
      "\t\ttype ifname : verdict",
      '\t\telements = { "eth0" : accept }',
      "\t}",
    );
    expect(parseNftRulesetText(text)).toMatchObject({
      ok: true,
      ignored: [],
      value: {
        tables: [
          {
            sets: [
              { name: "a b", comment: "open", elements: [{ kind: "concat" }, { kind: "concat" }] },
            ],
            maps: [{ name: "m" }],
          },
        ],
      },
    });
  });

  test("tells what it leaves out", () => {
    const text = inTable(
      "\todd setting",
      "\tct helper ftp {",
      '\t\ttype "ftp" protocol tcp',
      "\t}",
      "\tset s {",
      "\t\ttype ipv4_addr",
      "\t\ttimeout 1h",
      "\t\tsize many",
      "\t\telements = { 10.0.0.1 expires 5m }",
      "\t}",
    );
    const read = parseNftRulesetText(text);
    expect(read.ok && read.ignored.map(({ line }) => line)).toEqual([2, 3, 8, 9, 10]);
  });

  test.each([
    ["", 0],
    ["# Warning: table ip nat is managed by iptables-nft, do not touch!\n", 0],
  ])("reads %j as a ruleset without tables", (text, tables) => {
    expect(tablesOf(text)).toHaveLength(tables);
  });

  test.each([
    ["Befehl nicht gefunden\n", 1],
    ["table inet t {\n", 1],
    ["table inet t {\n\tchain c {\n\t\taccept\n", 1],
    ["table inet t {\n\tset s {\n\t\telements = { 1,\n", 1],
  ])("says which line of %j it cannot read", (text, line) => {
    expect(parseNftRulesetText(text)).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line },
    });
  });
});
