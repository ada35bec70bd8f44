import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileNetns } from "../../src/derive/walk/compile.ts";
import { compileFib } from "../../src/derive/walk/fib.ts";
import { inFlight } from "../../src/derive/walk/in-flight.ts";
import { allHold, compileMatches } from "../../src/derive/walk/match.ts";
import { candidates, indexRules } from "../../src/derive/walk/rule-index.ts";
import { walk } from "../../src/derive/walk/walk.ts";
import type { Attempt } from "../../src/model/intent.ts";
import type { Chain, Ruleset, Table } from "../../src/model/netfilter.ts";
import type { WalkResult } from "../../src/model/packet.ts";
import { aHost } from "../support/a-host.ts";
import {
  anyRuleset,
  anyTarget,
  certainMatch,
  certainRuleset,
  withUnsureRule,
} from "../support/arbitrary-rulesets.ts";
import { answer, incoming, outgoing } from "../support/walked.ts";

const { rulesets: _rulesets, ...facts } = aHost().facts();
const fib = compileFib(facts.routes, []);
const attempt = fc.constantFrom(outgoing, incoming, answer);

function walkWith(ruleset: Ruleset, packet: Attempt): WalkResult {
  return walk(compileNetns({ ...facts, rulesets: [ruleset] }), packet);
}

/** Fate and place, without the steps. */
function verdictOf(result: WalkResult): string {
  return result.fate === "delivered" ? JSON.stringify(result.arrival) : result.fate;
}

function isStopped({ fate }: WalkResult): boolean {
  return fate === "dropped" || fate === "rejected";
}

describe("a walk", () => {
  test("ends, and throws nothing, whatever the rules are", () => {
    fc.assert(
      fc.property(anyRuleset, attempt, (ruleset, packet) => {
        expect(["delivered", "dropped", "rejected", "unsure"]).toContain(
          walkWith(ruleset, packet).fate,
        );
      }),
      { numRuns: 500 },
    );
  });

  test("never turns round for a rule of which nobody knows whether it matches", () => {
    fc.assert(
      fc.property(anyRuleset, attempt, fc.nat(), anyTarget, (...[ruleset, packet, at, target]) => {
        const before = walkWith(ruleset, packet);
        const after = walkWith(withUnsureRule(ruleset, at, target), packet);
        if (after.fate === "unsure") return;
        if (before.fate === "delivered") expect(verdictOf(after)).toBe(verdictOf(before));
        if (isStopped(before)) expect(isStopped(after)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("does as a plain reading of rules that can all be told", () => {
    fc.assert(
      fc.property(certainRuleset, (ruleset) => {
        const expected = readPlainly(ruleset.tables[0], outgoing);
        const result = walkWith(ruleset, outgoing);
        if (expected === "circle") expect(result.fate).not.toBe("delivered");
        else expect(result.fate).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

test("an index passes over no rule that may match", () => {
  const rules = fc.array(fc.array(certainMatch, { maxLength: 3 }), { maxLength: 12 });
  fc.assert(
    fc.property(rules, attempt, (all, packet) => {
      const compiled = all.map((matches, index) => ({
        rule: { chain: "X", text: "", line: 0, matches, target: { kind: "none" as const } },
        ruleNumber: index + 1,
        tests: compileMatches(matches, {
          fib,
          table: "filter",
          bridges: new Set(),
          sets: () => undefined,
        }),
        target: { kind: "none" as const },
      }));
      const flight = inFlight(packet);
      if (flight === undefined) throw new Error("no packet");
      const found = candidates(indexRules(compiled), flight);
      const matching = compiled.filter(({ tests }) => allHold(tests, flight) !== false);
      expect(matching.filter((rule) => !found.includes(rule))).toEqual([]);
      expect(found).toEqual([...found].sort((a, b) => a.ruleNumber - b.ruleNumber));
    }),
  );
});

/** FORWARD of a table as iptables(8) describes it, in as few words as can be. */
function readPlainly(
  table: Table | undefined,
  packet: Attempt,
): "delivered" | "dropped" | "rejected" | "circle" {
  const arriving = inFlight(packet);
  if (table === undefined || arriving === undefined) throw new Error("nothing to read");
  const flight = { ...arriving, outLink: "eth0" };
  const named = (name: string): Chain =>
    table.chains.find((chain) => chain.name === name) ?? { name, rules: [] };
  const read = (chain: Chain, callers: readonly Chain[]): string => {
    if (callers.includes(chain)) return "circle";
    for (const { matches, target } of chain.rules) {
      if (
        allHold(
          compileMatches(matches, {
            fib,
            table: "filter",
            bridges: new Set(),
            sets: () => undefined,
          }),
          flight,
        ) !== true
      )
        continue;
      if (target.kind === "verdict") return target.verdict;
      if (target.kind === "reject") return "REJECT";
      if (target.kind !== "jump" && target.kind !== "goto") continue;
      const inside = read(named(target.chain), [...callers, chain]);
      if (inside !== "RETURN" || target.kind === "goto") return inside;
    }
    return "RETURN";
  };
  const end = read(named("FORWARD"), []);
  if (end === "circle") return "circle";
  if (end === "REJECT") return "rejected";
  const dropped = end === "DROP" || (end === "RETURN" && named("FORWARD").policy === "DROP");
  return dropped ? "dropped" : "delivered";
}
