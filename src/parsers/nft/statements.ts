import type { NftExpression, NftKnownStatement, NftStatement } from "../../model/nft-rule.ts";
import {
  bare,
  type Codec,
  count,
  listOf,
  nothing,
  oneOf,
  optional,
  orNull,
  record,
  required,
  text,
  textOrTexts,
  texts,
} from "./codec.ts";
import {
  counterFields,
  ctCountFields,
  expression,
  limitFields,
  mapData,
  quotaFields,
  unrecognised,
  verdicts,
} from "./expressions.ts";

/** Any statement. It always reads: what is none of those known is kept verbatim. */
export const statement: Codec<NftStatement> = {
  read: (json) => known.read(json) ?? unrecognised(json),
  print: (value) => (value.kind === "unrecognised" ? JSON.parse(value.text) : known.print(value)),
};

export const statements = listOf(statement);

/** The name of an object, or the map that tells which. */
const objectName: Codec<NftExpression> = {
  read: (json) => {
    const name = expression.read(json);
    const isName = typeof name === "string" || (typeof name === "object" && name.kind === "map");
    return isName ? name : undefined;
  },
  print: expression.print,
};

const named = { body: bare("name", objectName) };

const natFields = {
  family: optional("family", text),
  address: optional("addr", expression),
  port: optional("port", expression),
  flags: optional("flags", textOrTexts),
  typeFlags: optional("type_flags", textOrTexts),
};

const nat = { body: orNull(natFields) };

const known = oneOf<NftKnownStatement>({
  ...verdicts,
  match: {
    key: "match",
    body: record({
      operator: required("op", text),
      left: required("left", expression),
      right: required("right", expression),
    }),
  },
  vmap: {
    key: "vmap",
    body: record({ key: required("key", expression), data: required("data", mapData) }),
  },
  counter: { key: "counter", body: orNull(counterFields) },
  "named-counter": { key: "counter", ...named },
  quota: { key: "quota", body: record(quotaFields) },
  "named-quota": { key: "quota", ...named },
  limit: { key: "limit", body: record(limitFields) },
  "named-limit": { key: "limit", ...named },
  "ct-count": { key: "ct count", body: record(ctCountFields) },
  last: { key: "last", body: orNull({ usedMs: optional("used", count) }) },
  meter: {
    key: "meter",
    body: record({
      name: required("name", text),
      key: required("key", expression),
      statement: required("stmt", statement),
      size: optional("size", count),
    }),
  },
  set: {
    key: "set",
    body: record({
      operation: required("op", text),
      element: required("elem", expression),
      set: required("set", text),
      statements: optional("stmt", statements),
    }),
  },
  map: {
    key: "map",
    body: record({
      operation: required("op", text),
      element: required("elem", expression),
      value: required("data", expression),
      map: required("map", text),
      statements: optional("stmt", statements),
    }),
  },
  xt: {
    key: "xt",
    body: orNull({ extension: optional("type", text), name: optional("name", text) }),
  },
  snat: { key: "snat", ...nat },
  dnat: { key: "dnat", ...nat },
  masquerade: { key: "masquerade", ...nat },
  redirect: { key: "redirect", ...nat },
  reject: {
    key: "reject",
    body: orNull({ rejectType: optional("type", text), code: optional("expr", expression) }),
  },
  mangle: {
    key: "mangle",
    body: record({ key: required("key", expression), value: required("value", expression) }),
  },
  reset: { key: "reset", body: bare("option", expression) },
  log: {
    key: "log",
    body: orNull({
      prefix: optional("prefix", text),
      group: optional("group", count),
      snaplen: optional("snaplen", count),
      queueThreshold: optional("queue-threshold", count),
      level: optional("level", text),
      flags: optional("flags", textOrTexts),
    }),
  },
  notrack: { key: "notrack", body: nothing },
  queue: {
    key: "queue",
    body: orNull({
      number: optional("num", expression),
      flags: optional("flags", textOrTexts),
    }),
  },
  fwd: {
    key: "fwd",
    body: record({
      device: optional("dev", expression),
      family: optional("family", text),
      address: optional("addr", expression),
    }),
  },
  dup: {
    key: "dup",
    body: record({
      address: optional("addr", expression),
      device: optional("dev", expression),
    }),
  },
  flow: {
    key: "flow",
    body: record({ operation: required("op", text), flowtable: required("flowtable", text) }),
  },
  tproxy: {
    key: "tproxy",
    body: record({
      family: optional("family", text),
      address: optional("addr", expression),
      port: optional("port", expression),
    }),
  },
  synproxy: {
    key: "synproxy",
    body: orNull({
      mss: optional("mss", count),
      windowScale: optional("wscale", count),
      flags: optional("flags", texts),
    }),
  },
  "named-synproxy": { key: "synproxy", ...named },
  "ct-helper": { key: "ct helper", ...named },
  "ct-timeout": { key: "ct timeout", ...named },
  "ct-expectation": { key: "ct expectation", ...named },
});
