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

type Fields = Readonly<Record<string, unknown>>;

export type RuleTexts =
  | { readonly ok: true; readonly entries: readonly TextEntry[] }
  | { readonly ok: false; readonly failure: Failure };

/** Rules of `ip rule` as iproute2 prints them for people, with the keys of `ip -j rule`. */
export function ruleTexts(text: string): RuleTexts {
  const entries: TextEntry[] = [];
  for (const line of linesOf(text)) {
    const [, priority, rest = ""] = /^(\d{1,10}):(\s.*)$/.exec(line.text) ?? [];
    if (priority === undefined) return { ok: false, failure: oddLine(line, "a routing rule") };
    const fields = ruleFields(wordsOf(rest));
    entries.push({ line: line.number, fields: { priority: Number(priority), ...fields } });
  }
  return { ok: true, entries };
}

const ruleWords: WordMeanings = {
  texts: new Map([
    ...sameKeys("from", "to", "fwmark", "iif", "oif", "lookup", "goto", "tos", "dsfield"),
    ...sameKeys("ipproto", "sport", "dport", "uidrange", "tun_id", "suppress_ifgroup", "realms"),
    ["proto", "protocol"],
  ]),
  numbers: new Map([
    ["suppress_prefixlength", "suppress_prefixlen"],
    ["suppress_prefixlen", "suppress_prefixlen"],
  ]),
  flags: new Set(["not", "nop", "blackhole", "unreachable", "prohibit"]),
};

/** What iproute2 remarks about a rule; it selects no packet. */
const remarks: ReadonlySet<string> = new Set(["[detached]", "[unresolved]"]);

const l3mdevTable = "[l3mdev-table]";

function ruleFields(words: readonly string[]): Fields {
  const { fields, flags, unknown } = readWords(words, ruleWords);
  const { from, to, fwmark, lookup, realms, ...others } = fields;
  const action = flags.find((flag) => /^(?:blackhole|unreachable|prohibit)$/.test(flag));
  const odd = unknown.filter((word) => !remarks.has(word));
  return {
    ...others,
    ...selector("src", from),
    ...selector("dst", to),
    ...markOf(fwmark),
    ...(lookup === undefined ? {} : lookup === l3mdevTable ? { l3mdev: null } : { table: lookup }),
    ...(realms === undefined ? {} : { flow_from: realms }),
    ...(action === undefined ? {} : { action }),
    ...Object.fromEntries(
      ["not", "nop"].flatMap((key) => (flags.includes(key) ? [[key, null]] : [])),
    ),
    // A word that is not known may select packets: the rule is kept, and says so.
    ...Object.fromEntries(odd.map((word) => [word, null])),
  };
}

/** `10.0.0.0/8`, `10.8.0.1` or `all`. */
function selector(key: "src" | "dst", value: unknown): Fields {
  if (value === undefined) return {};
  const [, address = String(value), length] = /^([^/]+)\/(\d{1,3})$/.exec(String(value)) ?? [];
  return length === undefined
    ? { [key]: address }
    : { [key]: address, [`${key}len`]: Number(length) };
}

/** `0x1/0xff` */
function markOf(value: unknown): Fields {
  if (value === undefined) return {};
  const [mark, mask] = String(value).split("/");
  return mask === undefined ? { fwmark: mark } : { fwmark: mark, fwmask: mask };
}
