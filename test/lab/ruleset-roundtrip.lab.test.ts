import fc from "fast-check";
import { expect, test } from "vitest";
import { incompatibleChains } from "../../src/model/nft-iptables.ts";
import { printIptablesSave } from "../../src/parsers/iptables/print.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { printNftRuleset } from "../../src/parsers/nft/print.ts";
import { parseNftRuleset } from "../../src/parsers/nft-ruleset.ts";
import { parseNftRulesetText } from "../../src/parsers/nft-text/nft-text.ts";
import { nftEntries } from "../support/nft-entries.ts";
import { sameAsJson } from "../support/nft-text-beside-json.ts";
import { describeLab } from "./support/describe-lab.ts";
import { allPieces, drawnRules } from "./support/draw-iptables.ts";
import {
  dumpOf,
  type Iptables,
  mustSave,
  savedAs,
  takenRules,
  usablePieces,
} from "./support/iptables-rounds.ts";
import { drawnDumps, inFreshNamespace, savesOf } from "./support/iptables-rulesets.ts";
import {
  drawnNftRules,
  inLoadingOrder,
  nftListedAs,
  nftTextOf,
  takenNftRules,
} from "./support/nft-rounds.ts";
import { unrecognisedShares } from "./support/unrecognised-shares.ts";

// Drawn rules for each program and family. The seed is fixed, so that a run says the same tomorrow;
// DOCKNET_SEED draws others.
const drawnPerProgram = Number(process.env["DOCKNET_DRAWN_RULES"] ?? 600);
const given = process.env["DOCKNET_SEED"] ?? "20261123";
const seed = given === "random" ? Date.now() % 2 ** 31 : Number(given);
/** Rulesets for each program and family, and for nftables: thousands in all. */
const rulesetsPerProgram = Number(process.env["DOCKNET_DRAWN_RULESETS"] ?? 450);
const timeoutMs = Math.max(drawnPerProgram, 1_000) * 300;

const programs: readonly Iptables[] = [
  { backend: "nft", family: 4 },
  { backend: "nft", family: 6 },
  { backend: "legacy", family: 4 },
  { backend: "legacy", family: 6 },
];

describeLab(`rulesets that nobody wrote (seed ${seed})`, () => {
  test.each(programs)(
    "of iptables-$backend, IPv$family, print as they were read and load as they were",
    async (iptables) => {
      const all = allPieces(iptables.family);
      const pieces = await usablePieces(all, iptables);
      const saves: string[] = [];
      for (const drawn of batches(drawnRules(pieces), 250)) {
        const rules = await takenRules(drawn, iptables);
        const saved = await mustSave(dumpOf(rules), iptables);
        saves.push(saved);
        const printed = printedAgain(saved);
        expect(printed).toBe(withoutComments(saved));
        const loaded = await mustSave(printed, iptables);
        // Legacy tables are saved in the order in which they were loaded, turned round.
        expect(tablesOf(loaded)).toEqual(tablesOf(saved));
      }
      const used = [...pieces.matches, ...pieces.targets];
      const refused = [...all.matches, ...all.targets].filter((piece) => !used.includes(piece));
      say([
        `${iptables.backend} IPv${iptables.family}: ${saves.join("").split(" -A ").length - 1} rules`,
        `  not taken here: ${refused.map(({ text }) => text.split(" --")[0]).join(", ")}`,
        ...unrecognisedShares(saves),
      ]);
    },
    timeoutMs,
  );

  test.each(programs)(
    "of iptables-$backend, IPv$family, thousands of them, come back equal from a second one",
    async (iptables) => {
      const pieces = await usablePieces(allPieces(iptables.family), iptables);
      const pool = await takenRules(
        fc.sample(drawnRules(pieces), { numRuns: 200, seed }),
        iptables,
      );
      const numRuns = rulesetsPerProgram;
      const saves = await savesOf(fc.sample(drawnDumps(pool), { numRuns, seed }), iptables);
      const valid = saves.flatMap((saved) => saved ?? []);
      const prints = valid.map(printedAgain);
      expect(prints).toEqual(valid.map(withoutComments));
      const again = await savesOf(prints, iptables);
      expect(again.map((saved) => tablesOf(saved ?? ""))).toEqual(valid.map(tablesOf));
      say([`${iptables.backend} IPv${iptables.family}: ${valid.length} rulesets`]);
      expect(valid.length).toBeGreaterThan(numRuns * 0.9);
    },
    timeoutMs,
  );

  test(
    "of nftables, thousands of them, come back equal from a second one",
    async () => {
      const pool = await takenNftRules(fc.sample(drawnNftRules, { numRuns: 200, seed }));
      const some = fc.uniqueArray(fc.constantFrom(...pool), { minLength: 1, maxLength: 6 });
      const drawn = fc.sample(some, { numRuns: rulesetsPerProgram, seed });
      const list = "nft -j list ruleset > $2";
      const load = (text: string) => `flush ruleset\n${text}`;
      const texts = drawn.map(nftTextOf).map(load);
      const saves = await inFreshNamespace(texts, { line: `nft -f $1 && ${list}` });
      const valid = saves.flatMap((saved) => saved ?? []);
      const prints = valid.map((listed) => printNftRuleset(nftRuleset(listed).value));
      expect(prints.map(nftEntries)).toEqual(valid.map(nftEntries));
      const line = `nft flush ruleset && nft -j -f $1 && ${list}`;
      const again = await inFreshNamespace(prints, { line });
      // nft itself takes an anonymous set of one range for the range when it reads JSON: its own print is the measure.
      const own = await inFreshNamespace(valid.map(inLoadingOrder), { line });
      expect(again.map((listed) => nftEntries(listed ?? "{}"))).toEqual(
        own.map((listed) => nftEntries(listed ?? "{}")),
      );
      // The text form tells the same, or says that it is not read.
      const shown = await inFreshNamespace(texts, { line: "nft -f $1 && nft list ruleset > $2" });
      const beside = shown
        .flatMap((text) => text ?? [])
        .map((text, at) =>
          sameAsJson(textRuleset(text).tables, nftRuleset(valid[at] ?? "").value.tables),
        );
      expect(beside.flatMap(({ others }) => others)).toEqual([]);
      const count = (key: "same" | "unread") => beside.reduce((sum, each) => sum + each[key], 0);
      say([
        `nftables: ${valid.length} rulesets`,
        `  as text: ${count("same")} rules, chains and tables the same, ${count("unread")} kept in one piece`,
      ]);
      expect(valid.length).toBeGreaterThan(rulesetsPerProgram * 0.9);
    },
    timeoutMs,
  );

  test.each(programs.slice(0, 2))(
    "of iptables-nft, IPv$family, are typed in nft's own words, and no chain of theirs is called incompatible",
    async (iptables) => {
      const pieces = await usablePieces(allPieces(iptables.family), iptables);
      for (const drawn of batches(drawnRules(pieces), 250)) {
        const rules = await takenRules(drawn, iptables);
        const listed = await savedAs(dumpOf(rules), iptables, "nft -j list ruleset");
        const { value, text } = nftRuleset(listed ?? "");
        expect(text).not.toContain('"unrecognised","text"');
        expect(value.unrecognised).toEqual([]);
        expect(incompatibleChains(value)).toEqual([]);
        expect(nftEntries(printNftRuleset(value))).toEqual(nftEntries(listed ?? ""));
      }
    },
    timeoutMs,
  );

  test(
    "of nftables print as they were read and load as they were",
    async () => {
      let count = 0;
      for (const drawn of batches(drawnNftRules, 60)) {
        const rules = await takenNftRules(drawn);
        const listed = (await nftListedAs(nftTextOf(rules))) ?? "";
        const { value, text } = nftRuleset(listed);
        expect(text).not.toContain('"unrecognised","text"');
        expect(value.unrecognised).toEqual([]);
        const printed = printNftRuleset(value);
        expect(nftEntries(printed)).toEqual(nftEntries(listed));
        expect(nftEntries((await nftListedAs(printed)) ?? "{}")).toEqual(nftEntries(listed));
        count += rules.length;
      }
      say([`nftables: ${count} rules`]);
      expect(count).toBeGreaterThan(drawnPerProgram / 2);
    },
    timeoutMs,
  );

  test("of nftables in the tables of iptables are named, where iptables-save says nothing or something else", async () => {
    const iptables: Iptables = { backend: "nft", family: 4 };
    const rule = { table: "filter", text: "-A FORWARD -j web" };
    const save = "iptables-nft-save | grep -v '^#'";
    const add = "nft add rule ip filter FORWARD tcp dport '{ 80, 443 }' accept";
    const saved = await savedAs(dumpOf([rule]), iptables, `${add} && ${save}`);
    const listed = await savedAs(dumpOf([rule]), iptables, `${add} && nft -j list ruleset`);
    expect(saved).not.toContain("443");
    expect(incompatibleChains(nftRuleset(listed ?? "").value)).toEqual([
      { family: "ip", table: "filter", chain: "FORWARD", rules: [2] },
    ]);
  });
});

/** What is drawn, in lots: whatever one of them holds wrong is looked for in that one only. */
function batches<T>(arbitrary: fc.Arbitrary<T>, size: number): readonly (readonly T[])[] {
  const drawn = fc.sample(arbitrary, { numRuns: drawnPerProgram, seed });
  const count = Math.ceil(drawn.length / size);
  return Array.from({ length: count }, (_, at) => drawn.slice(at * size, (at + 1) * size));
}

function printedAgain(saved: string): string {
  const result = parseIptablesSave(saved);
  if (!result.ok) throw new Error(result.failure.message);
  expect(result.ignored).toEqual([]);
  return printIptablesSave(result.value);
}

function nftRuleset(listed: string) {
  const result = parseNftRuleset(listed);
  if (!result.ok) throw new Error(result.failure.message);
  return { value: result.value, text: JSON.stringify(result.value) };
}

function textRuleset(shown: string) {
  const result = parseNftRulesetText(shown);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

function withoutComments(dump: string): string {
  return dump.replaceAll(/^# (?:Generated|Completed).*\n/gm, "");
}

function tablesOf(dump: string): readonly string[] {
  return withoutComments(dump)
    .split(/^(?=\*)/m)
    .sort();
}

function say(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
