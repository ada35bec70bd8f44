import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printNftRuleset } from "../../src/parsers/nft/print.ts";
import { parseNftRuleset } from "../../src/parsers/nft-ruleset.ts";
import { jsonLike, mutationsOf } from "../support/arbitraries.ts";
import { cpuMsOf } from "../support/cpu-time.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { nftEntries } from "../support/nft-entries.ts";

const texts = fixturesOf("nft-ruleset").map(({ text }) => text);

/** Every key that a ruleset has, once. */
const keys = [...new Set(texts.join("\n").match(/"[a-z_-]+":/g))].join(" ");

/** Any JSON where a statement may stand. The comparison reads JSON as JavaScript does: no numbers that it would round. */
const anyStatement = fc
  .oneof(fc.jsonValue(), fc.constantFrom(...statementsOf(texts)))
  .map((json) => JSON.parse(JSON.stringify(json), exactNumber));

describe("the parser nft-ruleset", () => {
  test("never throws, and gives plain JSON or a failure that says something", () => {
    const any = fc.oneof(
      mutationsOf(texts),
      jsonLike(keys).map((json) => `{"nftables": [${json}]}`),
      fc.string({ unit: "binary", maxLength: 200 }),
    );
    fc.assert(
      fc.property(any, (text) => {
        const result = parseNftRuleset(text);
        if (!result.ok) return /^\S.*[^.]$/s.test(result.failure.message);
        return isDeepStrictEqual(JSON.parse(JSON.stringify(result.value)), result.value);
      }),
      { numRuns: 60 },
    );
  });

  test("loses nothing of any rule, whatever it holds", () => {
    fc.assert(
      fc.property(fc.array(anyStatement, { maxLength: 5 }), (expr) => {
        const text = JSON.stringify({
          nftables: [
            { table: { family: "ip", name: "t" } },
            { chain: { family: "ip", table: "t", name: "c" } },
            { rule: { family: "ip", table: "t", chain: "c", expr } },
          ],
        });
        const result = parseNftRuleset(text);
        return (
          result.ok && nftEntries(printNftRuleset(result.value)).at(-1) === nftEntries(text).at(-1)
        );
      }),
      { numRuns: 500 },
    );
  });

  test("takes time that grows with the length of the text alone", () => {
    const hurting = [
      (size: number) => `{"nftables": [${'"\\\\",'.repeat(size)}0]}`,
      (size: number) => `{"nftables": [${"1".repeat(size * 4)}]}`,
      (size: number) => `{"nftables": ["${'\\"1234567890123456'.repeat(size / 4)}"]}`,
      (size: number) =>
        `{"nftables": [${'{"rule":{"expr":[{"set":[[],[]]}]}},'.repeat(size / 8)}0]}`,
    ];
    for (const make of hurting) {
      parseNftRuleset(make(5_000));
      const short = fastest(() => parseNftRuleset(make(16_000)));
      const long = fastest(() => parseNftRuleset(make(64_000)));
      expect(long).toBeLessThan(Math.max(short, 4) * 12);
    }
  });
});

function exactNumber(_: string, value: unknown): unknown {
  return typeof value === "number" && Math.abs(value) > 1e15 ? 7 : value;
}

function statementsOf(rulesets: readonly string[]): readonly unknown[] {
  return rulesets.flatMap((text) => {
    const { nftables }: { readonly nftables: readonly Rule[] } = JSON.parse(text);
    return nftables.flatMap(({ rule }) => rule?.expr ?? []);
  });
}

interface Rule {
  readonly rule?: { readonly expr: readonly unknown[] };
}

/** The least of three times, in milliseconds. */
function fastest(run: () => unknown): number {
  return Math.min(...[1, 2, 3].map(() => cpuMsOf(run)));
}
