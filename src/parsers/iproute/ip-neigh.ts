import { z } from "zod";
import type { IgnoredLine } from "../../model/facts.ts";
import { familyOf } from "../../model/ip.ts";
import type { Neighbour, NudState } from "../../model/route.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { addressSchema } from "../support/iproute-fields.ts";
import { readJsonList } from "../support/json.ts";
import { linesOf } from "../support/lines.ts";
import {
  isJson,
  readWords,
  sameKeys,
  type TextEntry,
  unknownWords,
  validEntries,
  type WordMeanings,
  wordsOf,
} from "../support/text-entries.ts";

const nudStates: ReadonlyMap<string, NudState> = new Map([
  ["INCOMPLETE", "incomplete"],
  ["REACHABLE", "reachable"],
  ["STALE", "stale"],
  ["DELAY", "delay"],
  ["PROBE", "probe"],
  ["FAILED", "failed"],
  ["NOARP", "noarp"],
  ["PERMANENT", "permanent"],
]);

/** NTF_* in the words of iproute2 (ip/ipneigh.c). */
const neighbourFlags = [
  "router",
  "proxy",
  "extern_learn",
  "extern_valid",
  "offload",
  "managed",
] as const;

const neighbourEntry = z.looseObject({
  dst: addressSchema,
  dev: z.string().optional(),
  lladdr: z.string().optional(),
  state: z.array(z.string()).default([]),
});

type NeighbourEntry = z.infer<typeof neighbourEntry>;

/** `ip neigh` or `ip -j neigh`, with or without `-s`. Both print nothing, or `[]`, where there is none. */
export function parseIpNeigh(text: string): Parsed<readonly Neighbour[]> {
  return isJson(text) ? parseJson(text) : parseText(text);
}

function parseJson(text: string): Parsed<readonly Neighbour[]> {
  const list = readJsonList(text, neighbourEntry);
  return list.ok ? parsed(list.value.map(neighbourOf)) : list;
}

function parseText(text: string): Parsed<readonly Neighbour[]> {
  const entries: TextEntry[] = [];
  const ignored: IgnoredLine[] = [];
  for (const { number, text: line } of linesOf(text)) {
    // With -s the number of probes follows without a space: `used 0/60/0probes 4`.
    const [dst, ...words] = wordsOf(line.replace(/(\d)probes /, "$1 probes "));
    const { fields, flags, unknown } = readWords(words, neighbourWords);
    const state = flags.filter((flag) => nudStates.has(flag));
    const others = flags.filter((flag) => !nudStates.has(flag)).map((flag) => [flag, null]);
    entries.push({
      line: number,
      fields: { dst, ...fields, ...Object.fromEntries(others), state },
    });
    if (unknown.length > 0) {
      ignored.push({ line: number, text: line, reason: unknownWords(unknown) });
    }
  }
  const list = validEntries(entries, neighbourEntry);
  return list.ok
    ? parsed(
        list.value.map(({ entry }) => neighbourOf(entry)),
        ignored,
      )
    : list;
}

const neighbourWords: WordMeanings = {
  texts: sameKeys("dev", "lladdr", "used", "proto"),
  numbers: sameKeys("ref", "probes"),
  flags: new Set([...nudStates.keys(), ...neighbourFlags]),
};

function neighbourOf(entry: NeighbourEntry): Neighbour {
  return defined({
    family: familyOf(entry.dst),
    address: entry.dst,
    ifname: entry.dev,
    // A tunnel has an IP address here.
    mac: /^[0-9a-f]{2}(?::[0-9a-f]{2})+$/i.test(entry.lladdr ?? "")
      ? entry.lladdr?.toLowerCase()
      : undefined,
    nudState: entry.state.flatMap((state) => nudStates.get(state) ?? [])[0],
    flags: neighbourFlags.filter((flag) => Object.hasOwn(entry, flag)),
  });
}
