import { z } from "zod";
import type { FdbEntry } from "../../model/bridge.ts";
import type { IgnoredLine } from "../../model/facts.ts";
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

/** The words of iproute2 (bridge/fdb.c) for NUD states; none at all where the entry was learned and is fresh. */
const entryStates = ["permanent", "static", "stale"] as const;

const fdbEntry = z.object({
  mac: z.string().regex(/^[0-9a-f]{2}(?::[0-9a-f]{2})+$/i, "no MAC address"),
  ifname: z.string(),
  master: z.string().optional(),
  dst: addressSchema.optional(),
  linkNetNsId: z.number().optional(),
  port: z.number().optional(),
  vni: z.number().optional(),
  src_vni: z.number().optional(),
  viaIf: z.string().optional(),
  vlan: z.number().optional(),
  nhid: z.number().optional(),
  state: z.string().default(""),
  flags: z.array(z.string()).default([]),
});

/** `bridge fdb` or `bridge -j fdb`, with or without `-d` and `-s`. Both print nothing, or `[]`, where there is none. */
export function parseBridgeFdb(text: string): Parsed<readonly FdbEntry[]> {
  return isJson(text) ? parseJson(text) : parseText(text);
}

function parseJson(text: string): Parsed<readonly FdbEntry[]> {
  const list = readJsonList(text, fdbEntry);
  return list.ok ? parsed(list.value.map(entryOf)) : list;
}

function parseText(text: string): Parsed<readonly FdbEntry[]> {
  const entries: TextEntry[] = [];
  const ignored: IgnoredLine[] = [];
  for (const { number, text: line } of linesOf(text)) {
    const [mac, ...words] = wordsOf(line);
    const { fields, flags, unknown } = readWords(words, fdbWords);
    const state = entryStates.find((known) => flags.includes(known)) ?? "";
    entries.push({
      line: number,
      fields: { mac, ...fields, state, flags: flagsOf(flags) },
    });
    if (unknown.length > 0) {
      ignored.push({ line: number, text: line, reason: unknownWords(unknown) });
    }
  }
  const list = validEntries(entries, fdbEntry);
  return list.ok
    ? parsed(
        list.value.map(({ entry }) => entryOf(entry)),
        ignored,
      )
    : list;
}

const fdbWords: WordMeanings = {
  texts: new Map([
    ["dev", "ifname"],
    ["master", "master"],
    ["dst", "dst"],
    ["via", "viaIf"],
    ["used", "used"],
    ["ageing", "ageing"],
  ]),
  numbers: new Map([
    ...sameKeys("port", "vni", "src_vni", "vlan", "nhid"),
    ["link-netnsid", "linkNetNsId"],
  ]),
  flags: new Set([
    ...entryStates,
    "self",
    "router",
    "extern_learn",
    "offload",
    "sticky",
    "locked",
    "blackhole",
    "activity_notify",
    "inactive",
    "added_by_user",
  ]),
};

function flagsOf(words: readonly string[]): readonly string[] {
  return words.filter((word) => entryStates.every((state) => state !== word));
}

function entryOf(entry: z.infer<typeof fdbEntry>): FdbEntry {
  return defined({
    mac: entry.mac.toLowerCase(),
    ifname: entry.ifname,
    bridge: entry.master,
    vtep: entry.dst,
    vtepNetnsId: entry.linkNetNsId,
    udpPort: entry.port,
    vni: entry.vni,
    sourceVni: entry.src_vni,
    underlay: entry.viaIf,
    vlanId: entry.vlan,
    nextHopId: entry.nhid,
    entryState: entryStateOf(entry.state),
    flags: entry.flags,
  });
}

function entryStateOf(state: string): FdbEntry["entryState"] {
  if (state === "") return "dynamic";
  return entryStates.find((known) => known === state) ?? "other";
}
