import { describe, expect, test } from "vitest";
import { chainOf, type Ruleset, tableOf } from "../../src/model/netfilter.ts";
import { elementKey } from "../../src/model/packet.ts";

describe("a ruleset", () => {
  const forward = { name: "FORWARD", policy: "DROP", rules: [] } as const;
  const filter = { name: "filter", chains: [forward] } as const;
  const ruleset: Ruleset = {
    family: "ipv4",
    backend: "legacy",
    tables: [filter],
    source: { kind: "command", argv: ["iptables-legacy-save", "-c"] },
  };

  test("finds tables and chains by name", () => {
    expect(tableOf(ruleset, "filter")).toBe(filter);
    expect(tableOf(ruleset, "nat")).toBeUndefined();
    expect(chainOf(ruleset, "filter", "FORWARD")).toBe(forward);
    expect(chainOf(ruleset, "filter", "DOCKER")).toBeUndefined();
    expect(chainOf(ruleset, "nat", "DOCKER")).toBeUndefined();
  });
});

describe("elementKey", () => {
  test("is the same for a rule whose counters and number changed", () => {
    const rule = {
      kind: "rule",
      family: "ipv4",
      backend: "nf_tables",
      table: "filter",
      chain: "FORWARD",
      text: "-A FORWARD -j DROP",
    } as const;
    const counted = { ...rule, ruleNumber: 2, counters: { packets: 1, bytes: 60 } };
    expect(elementKey(counted)).toBe(elementKey({ ...rule, ruleNumber: 1 }));
    expect(elementKey({ ...rule, ruleNumber: 1, text: "-A FORWARD" })).not.toBe(
      elementKey(counted),
    );
  });

  test("holds all of any other element", () => {
    expect(elementKey({ kind: "no-route", destination: "192.0.2.1" })).toBe(
      '{"kind":"no-route","destination":"192.0.2.1"}',
    );
  });
});
