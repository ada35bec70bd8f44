import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Table } from "../../src/model/netfilter.ts";
import { printIptablesSave } from "../../src/parsers/iptables/print.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { cpuMsOf } from "../support/cpu-time.ts";
import { fixturesOf } from "../support/fixtures.ts";
import { rulesetText } from "../support/ruleset-text.ts";

/** Shorter times are below what the kernel counts by. */
const leastMs = 3;

const dumps = fixturesOf("iptables-save").map(({ text }) => text);

/** What dumps are made of, in any order. */
const fragment = fc.oneof(
  fc.constantFrom(
    "*filter",
    "*nat",
    "COMMIT",
    ":INPUT DROP [0:0]",
    ":web - [1:2]",
    "# Completed on ",
  ),
  fc.constantFrom("-A INPUT", "[1:2] -A web", "-j", "-g", "-m", "-s", "! ", "!", '"', "\\", "--"),
  fc.constantFrom(
    "-m comment --comment",
    "-m tcp --dport 80",
    "-j web",
    "-j DNAT --to-destination",
  ),
  fc.constantFrom(" ", "\n", "\r\n", "\t", "10.0.0.1", "fd00::1/64", ":", "-", "[", "]"),
  fc.string({ maxLength: 6 }),
);
const likeADump = fc.array(fragment, { maxLength: 60 }).map((parts) => `*raw\n${parts.join(" ")}`);

/** A real dump with a few places overwritten, cut or doubled. */
const damagedDump = fc
  .tuple(
    fc.constantFrom(...dumps),
    fc.array(fc.tuple(fc.nat(), fc.nat(80), fragment), { maxLength: 4 }),
  )
  .map(([dump, damages]) =>
    damages.reduce((text, [place, length, part]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + part + text.slice(at + length);
    }, dump),
  );

describe("iptables-save on any text", () => {
  test.each([
    ["text", fc.string({ unit: "binary" })],
    ["text like a dump", likeADump],
    ["damaged dump", damagedDump],
  ])("gives tables or the line of the failure: %s", (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const result = parseIptablesSave(text);
        if (result.ok) return;
        const { failure } = result;
        const line = "line" in failure ? failure.line : undefined;
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(text.split("\n").length);
        expect(failure.message).toMatch(new RegExp(`^line ${line}: `));
      }),
      { numRuns: 400 },
    );
  });

  test("accounts for every line of a dump, and for every character of a rule", () => {
    fc.assert(
      fc.property(fc.oneof(damagedDump, likeADump), (text) => {
        const result = parseIptablesSave(text);
        if (!result.ok) return;
        const lines = text.split("\n");
        for (const { text: rule, line } of rulesOf(result.value.tables)) {
          const whole = lines.slice(line - 1).join("\n");
          expect(whole).toContain(rule);
        }
        for (const { line, text: ignored } of result.ignored) {
          expect(lines.slice(line - 1).join("\n")).toContain(ignored);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("reads what it printed as what it printed", () => {
    fc.assert(
      fc.property(fc.constantFrom(...dumps), (dump) => {
        const first = tablesOf(dump);
        const second = tablesOf(printIptablesSave({ tables: first }));
        expect(withoutPlaces(second)).toEqual(withoutPlaces(first));
      }),
    );
  });
});

describe("iptables-save in time", () => {
  const rule = (piece: string) => (count: number) =>
    `*raw\n:X - [0:0]\n-A X ${piece.repeat(count)}\nCOMMIT\n`;
  const lines = (line: string) => (count: number) => `*raw\n${`${line}\n`.repeat(count)}COMMIT\n`;
  const growing: readonly (readonly [string, (count: number) => string])[] = [
    ["rules", (count) => rulesetText(count / 20)],
    ["spaces", rule(" ")],
    ["spaces behind !", rule("! ")],
    ["many !", rule("!")],
    ["quotes", rule('"')],
    ["quoted words", rule('"a" ')],
    ["backslashes in a quote", (count) => rule("")(0).replace("X ", `X "${"\\\\".repeat(count)}"`)],
    ["a quote that stays open", (count) => `*raw\n-A X "${"\\".repeat(count)}`],
    ["line feeds in a quote", (count) => `*raw\n-A X "${"\n".repeat(count)}"\nCOMMIT\n`],
    ["options", rule("-m tcp ")],
    ["comment options", rule("--comment ")],
    [
      "commas",
      (count) => rule("")(0).replace("X ", `X -m multiport --dports ${"1,".repeat(count)}`),
    ],
    ["dashes", rule("-")],
    ["open brackets", lines("[")],
    ["counters without an end", lines("[1 -A X")],
    ["lines with a quote", lines('-A X a"b')],
    ["comments", lines("# Table `x")],
    ["chains", lines(":a b c")],
    ["empty lines", lines("")],
  ];

  test.each(growing)("takes no more than its share for a longer text: %s", (_, textOf) => {
    const small = textOf(50_000);
    const large = textOf(200_000);
    // Four times the text; a quadratic parser would take 16 times as long. Other processes disturb: the best of several counts.
    const ratio = Math.min(
      ...Array.from({ length: 6 }, () => timeMs(large) / Math.max(timeMs(small), leastMs)),
    );
    expect(ratio).toBeLessThan(10);
  });
});

function timeMs(text: string): number {
  return cpuMsOf(() => parseIptablesSave(text));
}

function tablesOf(text: string): readonly Table[] {
  const result = parseIptablesSave(text);
  return result.ok ? result.value.tables : [];
}

function rulesOf(tables: readonly Table[]) {
  return tables.flatMap(({ chains }) => chains).flatMap(({ rules }) => rules);
}

/** Without the text and the line of rules, and counters of chains that are not built in: what printing may change. */
function withoutPlaces(tables: readonly Table[]) {
  return rulesOf(tables).map(({ chain, counters, matches, target }) => {
    return {
      chain,
      counters,
      matches,
      target: target.kind === "unrecognised" ? target.text : target,
    };
  });
}
