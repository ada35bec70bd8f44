import type { Failure } from "../../model/failure.ts";
import { linesOf } from "../support/lines.ts";
import {
  oddLine,
  readWords,
  sameKeys,
  type TextEntry,
  type WordMeanings,
  wordsOf,
} from "../support/text-entries.ts";

export type PortTexts =
  | { readonly ok: true; readonly entries: readonly TextEntry[] }
  | { readonly ok: false; readonly failure: Failure };

/** Ports of `bridge link` and `bridge -d link` as iproute2 prints them for people, with the keys of `bridge -j -d link`. */
export function portTexts(text: string): PortTexts {
  const entries: TextEntry[] = [];
  for (const line of linesOf(text)) {
    const open = entries.at(-1);
    if (/^\s/.test(line.text) && open !== undefined) {
      const { fields } = readWords(wordsOf(line.text), portWords);
      entries[entries.length - 1] = { ...open, fields: { ...open.fields, ...fields } };
      continue;
    }
    // iproute2 before 4.20 has the operational state before the flags: `5: veth0 state UP @if4: <…>`.
    const [, name, flags = "", rest = ""] =
      /^\d{1,9}: (\S+)(?: state \S+ \S*)?:? <([^>]*)>(.*)$/.exec(line.text) ?? [];
    if (name === undefined) {
      const expected = 'a bridge port ("12: veth0@if11: <BROADCAST,UP> mtu …")';
      return { ok: false, failure: oddLine(line, expected) };
    }
    const { fields } = readWords(wordsOf(rest), portWords);
    const ifname = name.replace(/:$/, "").replace(/(?<=.)@[^@]*$/, "");
    entries.push({
      line: line.number,
      fields: { ifname, flags: flags.split(",").filter((flag) => flag !== ""), ...fields },
    });
  }
  return { ok: true, entries };
}

const portWords: WordMeanings = {
  texts: sameKeys("master", "state", "hairpin", "isolated"),
  numbers: sameKeys("mtu"),
  flags: new Set(),
};
