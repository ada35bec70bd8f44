import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseAs } from "../../src/cli/parse-kinds.ts";
import { readBundle } from "../../src/host/bundle.ts";
import { queryCommand } from "../../src/model/query.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { parseNftRuleset } from "../../src/parsers/nft-ruleset.ts";
import { kindsWithFixtures } from "../support/parse-fixtures.ts";
import { readerOf } from "../support/reader-of.ts";
import { recordingNames } from "../support/replay-recording.ts";
import { iptablesShare, nftShare, type TypedShare } from "../support/ruleset-loss.ts";

/** Who makes the rules that docknet has to know in full. */
const known = ["docker", "docker-user", "ufw", "firewalld"];

const recordings = join(import.meta.dirname, "../recordings");
const shares = new Map<string, TypedShare[]>();

async function bundleOf(name: string) {
  const read = await readBundle(join(recordings, name));
  if (!read.ok) throw new Error(read.failure.message);
  return read.bundle;
}

/** What is wrong with the reading of one answer, in words. */
function losses(text: string, so: { readonly reader: unknown; readonly group: string }): string[] {
  const { reader, group } = so;
  if (reader !== parseIptablesSave && reader !== parseNftRuleset) return [];
  const share = reader === parseIptablesSave ? iptablesShare(text) : nftShare(text);
  if (share === undefined) return ["is no ruleset"];
  shares.set(group, [...(shares.get(group) ?? []), share]);
  const unknown = share.unrecognised.filter(({ owner }) => known.includes(owner));
  return [
    ...(share.printsBack ? [] : ["does not print back"]),
    ...unknown.map((piece) => `${piece.owner}'s is not typed: ${piece.text}`),
  ];
}

describe("nothing of what real hosts answered is lost", () => {
  test.each(recordingNames)("in %s", async (name) => {
    const { origin, recording } = await bundleOf(name);
    const { docker, iptables } = origin.versions ?? {};
    const group = `Docker ${docker ?? "?"}, iptables ${iptables ?? "?"}`;
    const answers = recording.flatMap(({ query, observation }) =>
      observation.ok ? [{ query, text: observation.text }] : [],
    );
    expect(answers.length).toBeGreaterThan(20);
    const problems = answers.flatMap(({ query, text }) => {
      const reader = readerOf(query, text);
      const result = reader?.(text);
      if (result === undefined) return [`${queryCommand(query)}: nothing reads it`];
      if (!result.ok) return [`${queryCommand(query)}: ${result.failure.message}`];
      const ignored = result.ignored.map(({ line, reason }) => `line ${line} ${reason}`);
      return [...ignored, ...losses(text, { reader, group })].map(
        (problem) => `${queryCommand(query)}: ${problem}`,
      );
    });
    expect(problems).toEqual([]);
  });

  test.each(kindsWithFixtures)("in the outputs of %s", (_, kind, fixtures) => {
    const problems = fixtures.flatMap(({ name, text, expected }) => {
      const result = parseAs(kind, text);
      const meant = JSON.stringify(expected).includes('"ignored":[{');
      const ignored = result.ok ? result.ignored.length : 0;
      return result.ok && (ignored === 0 || meant) ? [] : [name];
    });
    expect(problems).toEqual([]);
  });

  afterAll(() => {
    const all = [...shares.values()].flat();
    const lines = [...[...shares].sort(([a], [b]) => (a < b ? -1 : 1)), ["in all", all] as const];
    const text = ["unrecognised of matches, targets, statements:", ...lines.map(summary)].join(
      "\n",
    );
    process.stdout.write(`${text}\n`);
  });
});

function summary([group, each]: readonly [string, readonly TypedShare[]]): string {
  const pieces = each.reduce((sum, share) => sum + share.pieces, 0);
  const left = each.reduce((sum, share) => sum + share.unrecognised.length, 0);
  const share = pieces === 0 ? 0 : (100 * left) / pieces;
  return `  ${group}: ${left} of ${pieces} (${share.toFixed(2)} %) in ${each.length} rulesets`;
}
