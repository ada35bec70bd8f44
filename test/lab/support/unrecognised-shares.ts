import { parseIptablesSave } from "../../../src/parsers/iptables-save.ts";

/** For each module of iptables how many of its matches and targets docknet keeps verbatim: `recent 3 of 40`. */
export function unrecognisedShares(dumps: readonly string[]): readonly string[] {
  const counts = new Map<string, { all: number; unrecognised: number }>();
  for (const dump of dumps) {
    const result = parseIptablesSave(dump);
    const chains = result.ok ? result.value.tables.flatMap(({ chains }) => chains) : [];
    for (const { matches, target, text: whole } of chains.flatMap(({ rules }) => rules)) {
      const text = whole.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
      for (const [, name = ""] of text.matchAll(/ -m ([\w-]+)/g)) countOne(counts, name, "all");
      for (const match of matches) {
        if (match.kind !== "unrecognised" || match.extension !== undefined) continue;
        countOne(counts, /^-m ([\w-]+)/.exec(match.text)?.[1] ?? match.text, "unrecognised");
      }
      const [, name] = / -[jg] (\S+)/.exec(text) ?? [];
      if (name !== undefined) countOne(counts, name, "all");
      const typed = !("text" in target) || target.extension !== undefined;
      if (!typed) countOne(counts, target.name, "unrecognised");
    }
  }
  const kept = [...counts].filter(([, { unrecognised }]) => unrecognised > 0).sort();
  return kept.map(
    ([name, { all, unrecognised }]) => `  ${name}: ${unrecognised} of ${all} verbatim`,
  );
}

function countOne(
  counts: Map<string, { all: number; unrecognised: number }>,
  name: string,
  what: "all" | "unrecognised",
): void {
  const count = counts.get(name) ?? { all: 0, unrecognised: 0 };
  count[what] += 1;
  counts.set(name, count);
}
