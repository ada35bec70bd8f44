import type {
  NftBase,
  NftChain,
  NftFamily,
  NftFlowtable,
  NftMap,
  NftObject,
  NftRule,
  NftSet,
  NftTable,
  NftTypes,
} from "../../model/nft.ts";
import {
  type Codec,
  count,
  flag,
  isRecord,
  listOf,
  oneOf,
  optional,
  record,
  required,
  text,
  textOrTexts,
  texts,
  word,
} from "./codec.ts";
import { expression, pairs, unrecognised } from "./expressions.ts";
import { statements } from "./statements.ts";

/** The table that an object is in. */
export interface InTable {
  readonly family: NftFamily;
  readonly table: string;
}

/** One entry of the array `nftables`, as flat as nft prints it. */
export type NftEntry =
  | Metainfo
  | (TableEntry & { readonly kind: "table" })
  | (ChainEntry & { readonly kind: "chain" })
  | (NftRule & InTable & { readonly kind: "rule"; readonly chain: string })
  | (NftSet & InTable & { readonly kind: "set" })
  | (NftMap & InTable & { readonly kind: "map" })
  | (NftFlowtable & InTable & { readonly kind: "flowtable" })
  | ObjectEntry;

interface Metainfo {
  readonly kind: "metainfo";
  readonly version: string;
  readonly release?: string;
  readonly schema?: number;
}

export type TableEntry = Pick<NftTable, "family" | "name" | "handle" | "flags" | "comment">;
export type ChainEntry = Omit<NftChain, "base" | "rules"> & InTable & Partial<NftBase>;
export type ObjectEntry = NftObject & InTable;

const family = required("family", word("ip", "ip6", "inet", "arp", "bridge", "netdev"));
const named = {
  family,
  table: required("table", text),
  name: required("name", text),
  handle: optional("handle", count),
  comment: optional("comment", text),
};

/** Names of types; what stands behind `typeof` is kept verbatim. */
const types: Codec<NftTypes> = {
  read: (json) => texts.read(json) ?? (isRecord(json) ? unrecognised(json) : undefined),
  print: (value) => ("kind" in value ? JSON.parse(value.text) : textOrTexts.print(value)),
};

const collection = {
  ...named,
  keyTypes: required("type", types),
  policy: optional("policy", text),
  flags: optional("flags", texts),
  timeoutSeconds: optional("timeout", count),
  gcIntervalSeconds: optional("gc-interval", count),
  size: optional("size", count),
  autoMerge: optional("auto-merge", flag),
  statements: optional("stmt", statements),
};

const timeouts: Codec<Readonly<Record<string, number>>> = {
  read: (json) => {
    if (!isRecord(json)) return undefined;
    const numbers = Object.entries(json).map(([state, seconds]) => [state, count.read(seconds)]);
    if (numbers.some(([, seconds]) => seconds === undefined)) return undefined;
    return Object.fromEntries(numbers);
  },
  print: (value) => value,
};

const protocols = {
  protocol: optional("protocol", text),
  l3Protocol: optional("l3proto", text),
};

export const entry = oneOf<NftEntry>({
  metainfo: {
    key: "metainfo",
    body: record({
      version: required("version", text),
      release: optional("release_name", text),
      schema: optional("json_schema_version", count),
    }),
  },
  table: {
    key: "table",
    body: record({
      family,
      name: named.name,
      handle: named.handle,
      flags: optional("flags", texts),
      comment: named.comment,
    }),
  },
  chain: {
    key: "chain",
    body: record({
      ...named,
      chainType: optional("type", text),
      hook: optional("hook", text),
      priority: optional("prio", count),
      devices: optional("dev", textOrTexts),
      policy: optional("policy", word("accept", "drop")),
    }),
  },
  rule: {
    key: "rule",
    body: record({
      family,
      table: named.table,
      chain: required("chain", text),
      handle: named.handle,
      comment: named.comment,
      statements: required("expr", statements),
    }),
  },
  set: {
    key: "set",
    body: record({ ...collection, elements: optional("elem", listOf(expression)) }),
  },
  map: {
    key: "map",
    body: record({
      ...collection,
      valueTypes: required("map", types),
      elements: optional("elem", pairs),
    }),
  },
  flowtable: {
    key: "flowtable",
    body: record({
      family,
      table: named.table,
      name: named.name,
      handle: named.handle,
      hook: optional("hook", text),
      priority: optional("prio", count),
      devices: optional("dev", textOrTexts),
      flags: optional("flags", textOrTexts),
      counter: optional("counter", flag),
    }),
  },
  counter: {
    key: "counter",
    body: record({
      ...named,
      packets: required("packets", count),
      bytes: required("bytes", count),
    }),
  },
  quota: {
    key: "quota",
    body: record({
      ...named,
      bytes: required("bytes", count),
      usedBytes: optional("used", count),
      over: optional("inv", flag),
    }),
  },
  limit: {
    key: "limit",
    body: record({
      ...named,
      rate: required("rate", count),
      rateUnit: optional("rate_unit", text),
      per: optional("per", text),
      burst: optional("burst", count),
      burstUnit: optional("burst_unit", text),
      unit: optional("unit", text),
      over: optional("inv", flag),
    }),
  },
  "ct-helper": {
    key: "ct helper",
    body: record({ ...named, helper: required("type", text), ...protocols }),
  },
  "ct-timeout": {
    key: "ct timeout",
    body: record({ ...named, ...protocols, timeouts: optional("policy", timeouts) }),
  },
  "ct-expectation": {
    key: "ct expectation",
    body: record({
      ...named,
      ...protocols,
      destinationPort: optional("dport", count),
      timeoutMs: optional("timeout", count),
      size: optional("size", count),
    }),
  },
  synproxy: {
    key: "synproxy",
    body: record({
      ...named,
      mss: optional("mss", count),
      windowScale: optional("wscale", count),
      flags: optional("flags", texts),
    }),
  },
  secmark: { key: "secmark", body: record({ ...named, context: required("context", text) }) },
});
