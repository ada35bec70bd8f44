import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSameButCounters } from "../../src/engine/same-but-counters.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { rulesetText } from "../support/ruleset-text.ts";

const passing = [
  "counters",
  "statistics",
  "expiresSeconds",
  "validForSeconds",
  "preferredForSeconds",
];

/** The value without what passes, by itself. */
function withoutPassing(value: unknown): unknown {
  const text = JSON.stringify(value, (key, member) => (passing.includes(key) ? undefined : member));
  return JSON.parse(text);
}

const word = fc.constantFrom("a", "b", "counters", "statistics", "expiresSeconds", "rules");
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, true, 0, 1, "", "x"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(word, tie("value"), { maxKeys: 4 }),
  ),
})).value;

describe("two facts", () => {
  test("are the same exactly where they are equal without what passes", () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        const expected = deepEqual(withoutPassing([one]), withoutPassing([other]));
        expect(isSameButCounters([one], [other])).toBe(expected);
      }),
      { numRuns: 5_000 },
    );
  });

  test("are the same where one has other counters and lifetimes", () => {
    fc.assert(
      fc.property(json, fc.nat(), (value, count) => {
        const counted: unknown = JSON.parse(
          JSON.stringify(value, (key, member) => (passing.includes(key) ? count : member)),
        );
        expect(isSameButCounters(value, counted)).toBe(true);
      }),
    );
  });

  test("differ where a rule of thousands does, and not where its counter does", () => {
    const text = rulesetText(2_000);
    const rules = (changed: string) => {
      const result = parseIptablesSave(changed);
      if (!result.ok) throw new Error(result.failure.message);
      return result.value;
    };
    const counted = text.replaceAll(/^\[\d+:\d+\]/gm, "[7:77]");
    expect(isSameButCounters(rules(text), rules(counted))).toBe(true);
    const lines = text.split("\n");
    const last = lines.findLastIndex((line) => line.includes("-j ACCEPT"));
    lines[last] = (lines[last] ?? "").replace("-j ACCEPT", "-j DROP");
    expect(isSameButCounters(rules(text), rules(lines.join("\n")))).toBe(false);
  });
});

function deepEqual(one: unknown, other: unknown): boolean {
  try {
    expect(one).toStrictEqual(other);
    return true;
  } catch {
    return false;
  }
}
