import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Parser } from "../../src/parsers/parsed.ts";
import { cpuMsOf } from "../support/cpu-time.ts";
import { everyParser } from "../support/every-parser.ts";

const root = join(import.meta.dirname, "../..");

/** Parsers with files of properties of their own, and parts of parsers that are reached through the whole. */
const elsewhere: ReadonlySet<string> = new Set([
  "parseIptablesSave",
  "parseNftRuleset",
  "parseRule",
  "parseCpuRows",
]);

test("every parser is on the list that is mutated and timed", () => {
  const exported = globSync("src/parsers/**/*.ts", { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const found = text.matchAll(/^export (?:function|const) (parse[A-Z]\w*|\w+Parser)\b/gm);
    return [...found].map((match) => match[1] ?? "");
  });
  const listed = readFileSync(join(root, "test/support/every-parser.ts"), "utf8");
  const used = new Set(listed.slice(listed.indexOf("everyParser")).match(/\w+/g));
  expect(exported.length).toBeGreaterThan(40);
  expect(exported.filter((name) => !used.has(name) && !elsewhere.has(name))).toEqual([]);
});

/** What hurts regular expressions that go back, and readers that look ahead, each as a piece that comes again and again. */
const hurting: readonly string[] = [
  " ",
  "\t x",
  '"',
  '\\"',
  "! ",
  "a",
  "1",
  "{",
  "[",
  "}",
  "a:",
  "a=b,",
  "(a ",
  "\n",
  "a b\n",
  "\0",
  "--a=",
  '{"a":',
];

const short = 25_000;
const growth = 8;
/** A quadratic parser would take 64 times as long; the collector of garbage comes more often the more there is. */
const most = 32;

describe.each(everyParser)("the parser %s", (_, parser, texts) => {
  const longest = [...texts].sort((a, b) => b.length - a.length)[0] ?? "";
  const middle = longest.slice(0, longest.length / 2);

  test("takes time that grows with the length of the text alone, whatever comes again and again in it", {
    timeout: 20_000,
  }, () => {
    const grown = [longest === "" ? "x" : longest, ...hurting].flatMap((piece) =>
      ["", middle].map((before) => (size: number) => filled(before, piece, size)),
    );
    const slow = grown.filter((textOf) => growthOf(parser, textOf) > most);
    expect(slow.map((textOf) => textOf(80))).toEqual([]);
  });
});

function filled(before: string, piece: string, size: number): string {
  return before + piece.repeat(Math.ceil(size / piece.length)) + (piece.endsWith("\n") ? "" : "x");
}

/** How many times as long a text takes that is `growth` times as long; other processes disturb, so the least of several counts. */
function growthOf(parser: Parser<unknown>, textOf: (size: number) => string): number {
  const small = textOf(short);
  const large = textOf(short * growth);
  let smallMs = timeMs(parser, small);
  let largeMs = timeMs(parser, large);
  for (let at = 0; at < 12 && largeMs > Math.max(smallMs, 2) * most; at += 1) {
    smallMs = Math.min(smallMs, timeMs(parser, small));
    largeMs = Math.min(largeMs, timeMs(parser, large));
  }
  return largeMs / Math.max(smallMs, 2);
}

function timeMs(parser: Parser<unknown>, text: string): number {
  return cpuMsOf(() => parser(text));
}
