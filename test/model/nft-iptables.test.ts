import { describe, expect, test } from "vitest";
import type { NftRuleset } from "../../src/model/nft.ts";
import { incompatibleChains, isIptablesBaseChain } from "../../src/model/nft-iptables.ts";
import type { NftStatement } from "../../src/model/nft-rule.ts";

const forward = { chainType: "filter", hook: "forward", priority: 0 };

function ruleset(...rules: readonly (readonly NftStatement[])[]): NftRuleset {
  const empty = { sets: [], maps: [], flowtables: [], objects: [] };
  return {
    tables: [
      {
        family: "ip",
        name: "filter",
        chains: [
          { name: "FORWARD", base: forward, rules: rules.map((statements) => ({ statements })) },
        ],
        ...empty,
      },
      {
        family: "inet",
        name: "filter",
        chains: [
          { name: "FORWARD", base: forward, rules: [{ statements: [{ kind: "notrack" }] }] },
        ],
        ...empty,
      },
      {
        family: "ip6",
        name: "docker-bridges",
        chains: [{ name: "x", base: forward, rules: [{ statements: [{ kind: "notrack" }] }] }],
        ...empty,
      },
    ],
    unrecognised: [],
  };
}

function match(left: object, right: NftStatement | object | string | number): NftStatement {
  return JSON.parse(JSON.stringify({ kind: "match", operator: "==", left, right }));
}

const port = { kind: "payload", protocol: "tcp", field: "dport" };
const PORT = { kind: "payload", protocol: "tcp", field: "sport" } as const;
const FLAGS = { kind: "payload", protocol: "tcp", field: "flags" } as const;
const mark = { kind: "meta", key: "mark" };

describe("incompatible chains", () => {
  test("pass over what iptables makes itself", () => {
    const rules: readonly (readonly NftStatement[])[] = [
      [match({ kind: "meta", key: "iifname" }, "eth*"), { kind: "counter" }, { kind: "accept" }],
      [match(port, { kind: "range", from: 1, to: 9 }), { kind: "jump", chain: "x" }],
      [
        match(
          { kind: "payload", protocol: "ip", field: "saddr" },
          { kind: "prefix", address: "10.0.0.0", length: 8 },
        ),
        { kind: "drop" },
      ],
      [match({ kind: "and", operands: [FLAGS, { kind: "list", items: ["syn", "ack"] }] }, "syn")],
      [{ kind: "match", operator: "!", left: FLAGS, right: { kind: "list", items: ["syn"] } }],
      [match({ kind: "and", operands: [FLAGS, { kind: "or", operands: ["syn", "ack"] }] }, "syn")],
      [{ kind: "xt", extension: "match", name: "u32" }, { kind: "return" }],
      [
        { kind: "limit", rate: 5 },
        { kind: "log", prefix: "x" },
      ],
      [{ kind: "mangle", key: { kind: "meta", key: "nftrace" }, value: 1 }],
      [{ kind: "match", operator: "<=", left: PORT, right: 1023 }],
      [{ kind: "match", operator: "in", left: FLAGS, right: { kind: "list", items: ["fin"] } }],
    ];
    expect(incompatibleChains(ruleset(...rules))).toEqual([]);
  });

  test.each<[string, NftStatement]>([
    ["a named set", match(port, { kind: "set-reference", name: "s" })],
    ["an anonymous set", match(port, { kind: "set", elements: [80, 443] })],
    ["a set of protocols", match({ kind: "meta", key: "l4proto" }, { kind: "set", elements: [] })],
    ["a field that iptables reads with a module", match({ kind: "ct", key: "state" }, "new")],
    ["a field that it does not know", match({ kind: "meta", key: "cpu" }, 1)],
    ["a header that it does not know", match({ ...port, protocol: "th" }, 1)],
    ["a mask that is computed", match({ kind: "and", operands: [mark, mark] }, 1)],
    ["a mask too few", match({ kind: "and", operands: [mark] }, 1)],
    ["a constant on the left", { kind: "match", operator: "==", left: 1, right: 1 }],
    ["an order", { kind: "match", operator: "<", left: { kind: "meta", key: "mark" }, right: 1 }],
    ["a part of a port", { kind: "match", operator: "in", left: PORT, right: 1 }],
    ["a verdict map", { kind: "vmap", key: 1, data: { kind: "set-reference", name: "v" } }],
    ["a count of connections", { kind: "ct-count", connections: 5 }],
    ["a mark that is set", { kind: "mangle", key: { kind: "meta", key: "mark" }, value: 1 }],
    ["a key that is no field", { kind: "mangle", key: "x", value: 1 }],
    ["what is not typed", { kind: "unrecognised", text: "{}" }],
  ])("name a rule with %s", (_, statement) => {
    expect(incompatibleChains(ruleset([{ kind: "accept" }], [statement]))).toEqual([
      { family: "ip", table: "filter", chain: "FORWARD", rules: [2] },
    ]);
  });

  test("name a base chain that iptables would not hang there", () => {
    const [table] = ruleset().tables;
    if (table === undefined) throw new Error("no table");
    const early = { name: "early", base: { ...forward, priority: -5 }, rules: [] };
    const called = { name: "called", rules: [] };
    const tables = [{ ...table, chains: [early, called] }];
    expect(incompatibleChains({ tables, unrecognised: [] })).toEqual([
      { family: "ip", table: "filter", chain: "early", rules: [] },
    ]);
  });
});

test("iptables has its base chains in two families only", () => {
  const chain = { table: "filter", name: "FORWARD", ...forward };
  expect(isIptablesBaseChain({ ...chain, family: "ip6" })).toBe(true);
  expect(isIptablesBaseChain({ ...chain, family: "inet" })).toBe(false);
});
