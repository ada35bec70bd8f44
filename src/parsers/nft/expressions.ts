import type {
  NftCompound,
  NftCounter,
  NftCtCount,
  NftExpression,
  NftLimit,
  NftMapData,
  NftPair,
  NftQuota,
  NftUnrecognised,
} from "../../model/nft-rule.ts";
import {
  bare,
  type Codec,
  count,
  type Fields,
  flag,
  listOf,
  nothing,
  oneOf,
  optional,
  orNull,
  record,
  required,
  text,
  texts,
} from "./codec.ts";

/** Any expression. It always reads: what is none of those known is kept verbatim. */
export const expression: Codec<NftExpression> = { read: readExpression, print: printExpression };

const expressions = listOf(expression);

function readExpression(json: unknown): NftExpression {
  switch (typeof json) {
    case "number":
    case "boolean":
      return json;
    case "string":
      if (json === "*") return { kind: "any" };
      return json.startsWith("@") ? { kind: "set-reference", name: json.slice(1) } : json;
    default: {
      const items = expressions.read(json);
      if (items !== undefined) return { kind: "list", items };
      return compound.read(json) ?? unrecognised(json);
    }
  }
}

function printExpression(value: NftExpression): unknown {
  if (typeof value !== "object") return value;
  switch (value.kind) {
    case "any":
      return "*";
    case "set-reference":
      return `@${value.name}`;
    case "list":
      return expressions.print(value.items);
    case "unrecognised":
      return JSON.parse(value.text);
    default:
      return compound.print(value);
  }
}

export function unrecognised(json: unknown): NftUnrecognised {
  return { kind: "unrecognised", text: JSON.stringify(json) };
}

const pair: Codec<NftPair> = {
  read: (json) => {
    if (!Array.isArray(json) || json.length !== 2) return undefined;
    return { key: readExpression(json[0]), value: readExpression(json[1]) };
  },
  print: ({ key, value }) => [printExpression(key), printExpression(value)],
};

export const pairs = listOf(pair);

const pairSet = record<{ readonly pairs: readonly NftPair[] }>({ pairs: required("set", pairs) });

/** `@map`, or the pairs of an anonymous one. */
export const mapData: Codec<NftMapData> = {
  read: (json) => {
    if (typeof json !== "string") {
      const anonymous = pairSet.read(json);
      return anonymous && { kind: "pairs", pairs: anonymous.pairs };
    }
    return json.startsWith("@") ? { kind: "set-reference", name: json.slice(1) } : undefined;
  },
  print: (data) => (data.kind === "pairs" ? pairSet.print(data) : `@${data.name}`),
};

export const counterFields: Fields<NftCounter> = {
  packets: optional("packets", count),
  bytes: optional("bytes", count),
};

export const quotaFields: Fields<NftQuota> = {
  amount: required("val", count),
  unit: optional("val_unit", text),
  used: optional("used", count),
  usedUnit: optional("used_unit", text),
  over: optional("inv", flag),
};

export const limitFields: Fields<NftLimit> = {
  rate: required("rate", count),
  rateUnit: optional("rate_unit", text),
  per: optional("per", text),
  burst: optional("burst", count),
  burstUnit: optional("burst_unit", text),
  over: optional("inv", flag),
};

export const ctCountFields: Fields<NftCtCount> = {
  connections: required("val", count),
  over: optional("inv", flag),
};

const operands = { body: bare("operands", expressions) };
const chain = { body: record({ chain: required("target", text) }) };
const nameAndField = { name: required("name", text), field: optional("field", text) };
const bits = { offset: required("offset", count), length: required("len", count) };

const range: Codec<{ readonly from: NftExpression; readonly to: NftExpression }> = {
  read: (json) => {
    const ends = pair.read(json);
    return ends && { from: ends.key, to: ends.value };
  },
  print: ({ from, to }) => pair.print({ key: from, value: to }),
};

export const verdicts = {
  accept: { key: "accept", body: nothing },
  drop: { key: "drop", body: nothing },
  continue: { key: "continue", body: nothing },
  return: { key: "return", body: nothing },
  jump: { key: "jump", ...chain },
  goto: { key: "goto", ...chain },
} as const;

const compound = oneOf<NftCompound>({
  ...verdicts,
  concat: { key: "concat", body: bare("items", expressions) },
  set: { key: "set", body: bare("elements", expressions) },
  map: {
    key: "map",
    body: record({ key: required("key", expression), data: required("data", mapData) }),
  },
  prefix: {
    key: "prefix",
    body: record({ address: required("addr", expression), length: required("len", count) }),
  },
  range: { key: "range", body: range },
  and: { key: "&", ...operands },
  or: { key: "|", ...operands },
  xor: { key: "^", ...operands },
  "shift-left": { key: "<<", ...operands },
  "shift-right": { key: ">>", ...operands },
  element: {
    key: "elem",
    body: record({
      value: required("val", expression),
      timeoutSeconds: optional("timeout", count),
      expiresSeconds: optional("expires", count),
      comment: optional("comment", text),
      counter: optional("counter", orNull(counterFields)),
      quota: optional("quota", record(quotaFields)),
      limit: optional("limit", record(limitFields)),
      ctCount: optional("ct count", record(ctCountFields)),
    }),
  },
  payload: {
    key: "payload",
    body: record({
      protocol: required("protocol", text),
      field: required("field", text),
      tunnel: optional("tunnel", text),
    }),
  },
  "raw-payload": { key: "payload", body: record({ base: required("base", text), ...bits }) },
  meta: { key: "meta", body: record({ key: required("key", text) }) },
  ct: {
    key: "ct",
    body: record({
      key: required("key", text),
      family: optional("family", text),
      direction: optional("dir", text),
    }),
  },
  rt: { key: "rt", body: record({ key: required("key", text), family: optional("family", text) }) },
  fib: {
    key: "fib",
    body: record({ result: required("result", text), flags: required("flags", texts) }),
  },
  socket: {
    key: "socket",
    body: record({ key: required("key", text), level: optional("level", count) }),
  },
  osf: { key: "osf", body: record({ key: required("key", text), ttl: optional("ttl", text) }) },
  ipsec: {
    key: "ipsec",
    body: record({
      key: required("key", text),
      family: optional("family", text),
      direction: required("dir", text),
      spnum: optional("spnum", count),
    }),
  },
  "extension-header": {
    key: "exthdr",
    body: record({ ...nameAndField, offset: optional("offset", count) }),
  },
  "tcp-option": { key: "tcp option", body: record(nameAndField) },
  "raw-tcp-option": {
    key: "tcp option",
    body: record({ base: required("base", count), ...bits }),
  },
  "ip-option": { key: "ip option", body: record(nameAndField) },
  "sctp-chunk": { key: "sctp chunk", body: record(nameAndField) },
  "dccp-option": { key: "dccp option", body: record({ optionType: required("type", count) }) },
  numgen: {
    key: "numgen",
    body: record({
      mode: required("mode", text),
      modulus: required("mod", count),
      offset: optional("offset", count),
    }),
  },
  jhash: {
    key: "jhash",
    body: record({
      modulus: required("mod", count),
      offset: optional("offset", count),
      seed: optional("seed", count),
      expression: required("expr", expression),
    }),
  },
  symhash: {
    key: "symhash",
    body: record({ modulus: required("mod", count), offset: optional("offset", count) }),
  },
});
