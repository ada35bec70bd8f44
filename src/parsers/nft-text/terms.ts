import type { Tokens } from "./tokens.ts";

/** An expression in the words of libnftables-json(5). */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

const bareMeta: ReadonlySet<string> = new Set([
  ...["iif", "oif", "iifname", "oifname", "iiftype", "oiftype", "iifgroup", "oifgroup"],
  ...["skuid", "skgid", "cgroup", "rtclassid", "ibrname", "obrname", "pkttype", "cpu"],
]);

const headers: ReadonlySet<string> = new Set([
  ...["ip", "ip6", "tcp", "udp", "udplite", "th", "sctp", "dccp", "icmp", "icmpv6", "igmp"],
  ...["ether", "vlan", "arp", "esp", "ah", "comp"],
]);

const ctDirections: ReadonlySet<string> = new Set(["original", "reply"]);

/** Types that are sets of flags: without an operator their text means "any of these". */
const flagFields: ReadonlySet<string> = new Set([
  "ct state",
  "ct label",
  "ct status",
  "ct event",
  "tcp flags",
]);

/** What a rule asks of a packet, and whether it is a set of flags. */
export interface Field {
  readonly json: Json;
  readonly isFlags: boolean;
}

/** `iifname`, `meta mark`, `ip saddr`, `ct state`, `fib daddr type`; several of them joined by dots. */
export function fieldOf(tokens: Tokens): Field | undefined {
  const first = oneField(tokens);
  if (first === undefined || tokens.peek()?.text !== ".") return first;
  const parts = [first.json];
  while (tokens.take(".")) {
    const next = oneField(tokens);
    if (next === undefined) return undefined;
    parts.push(next.json);
  }
  return { json: { concat: parts }, isFlags: false };
}

function oneField(tokens: Tokens): Field | undefined {
  const token = tokens.next();
  if (token === undefined || token.quoted) return undefined;
  const { text } = token;
  if (bareMeta.has(text)) return { json: { meta: { key: text } }, isFlags: false };
  if (text === "meta") return named(tokens, (key) => ({ meta: { key } }));
  if (text === "fib") return fibField(tokens);
  if (text === "ct") return ctField(tokens);
  // `rt type 0` is the routing header of IPv6; `rt classid` and `rt nexthop` are of the route.
  if (text === "rt") return routingHeader(tokens);
  if (!headers.has(text)) return undefined;
  const field = tokens.next()?.text;
  if (field === undefined) return undefined;
  const isFlags = flagFields.has(`${text} ${field}`);
  return { json: { payload: { protocol: text, field } }, isFlags };
}

function named(tokens: Tokens, json: (key: string) => Json): Field | undefined {
  const key = tokens.next()?.text;
  return key === undefined ? undefined : { json: json(key), isFlags: false };
}

const routingHeaderFields: ReadonlySet<string> = new Set([
  "type",
  "seg-left",
  "nexthdr",
  "hdrlength",
]);

function routingHeader(tokens: Tokens): Field | undefined {
  const field = tokens.next()?.text ?? "";
  return routingHeaderFields.has(field)
    ? { json: { exthdr: { name: "rt", field } }, isFlags: false }
    : undefined;
}

function ctField(tokens: Tokens): Field | undefined {
  const word = tokens.next()?.text ?? "";
  const dir = ctDirections.has(word) ? word : undefined;
  const next = dir === undefined ? word : (tokens.next()?.text ?? "");
  const family = next === "ip" || next === "ip6" ? next : undefined;
  const key = family === undefined ? next : `${family} ${tokens.next()?.text ?? ""}`;
  if (key === "") return undefined;
  const isFlags = flagFields.has(`ct ${key}`);
  return { json: { ct: { key, ...(dir === undefined ? {} : { dir }) } }, isFlags };
}

const fibResults: ReadonlySet<string> = new Set(["type", "oif", "oifname"]);

/** `fib saddr . iif oif`: what is looked up, and what the answer says. */
function fibField(tokens: Tokens): Field | undefined {
  const flags: string[] = [];
  do {
    flags.push(tokens.next()?.text ?? "");
  } while (tokens.take("."));
  const result = tokens.next()?.text ?? "";
  return fibResults.has(result) ? { json: { fib: { result, flags } }, isFlags: false } : undefined;
}

/** What a field is compared with: a constant, several of them, a range, a prefix, a set or the name of one. */
export function operandOf(tokens: Tokens): Json | undefined {
  if (tokens.take("{")) return setOf(tokens);
  const first = joined(tokens);
  if (first === undefined || tokens.peek()?.text !== ",") return first;
  const items = [first];
  while (tokens.take(",")) {
    const next = joined(tokens);
    if (next === undefined) return undefined;
    items.push(next);
  }
  return items;
}

/** The elements behind `{`, up to and with `}`; pairs where they map to something. */
export function setOf(tokens: Tokens): { readonly set: readonly Json[] } | undefined {
  const elements: Json[] = [];
  while (!tokens.take("}")) {
    const value = joined(tokens);
    if (value === undefined) return undefined;
    if (tokens.take(":")) {
      const data = verdictOf(tokens) ?? joined(tokens);
      if (data === undefined) return undefined;
      elements.push([value, data]);
    } else elements.push(value);
    if (!tokens.take(",") && tokens.peek()?.text !== "}") return undefined;
  }
  return { set: elements };
}

/** `10.0.0.1 . 80` */
function joined(tokens: Tokens): Json | undefined {
  const first = constantOf(tokens);
  if (first === undefined || tokens.peek()?.text !== ".") return first;
  const parts = [first];
  while (tokens.take(".")) {
    const next = constantOf(tokens);
    if (next === undefined) return undefined;
    parts.push(next);
  }
  return { concat: parts };
}

const plainVerdicts: ReadonlySet<string> = new Set(["accept", "drop", "return", "continue"]);

export function verdictOf(tokens: Tokens): Json | undefined {
  const word = tokens.peek();
  if (word === undefined || word.quoted) return undefined;
  if (plainVerdicts.has(word.text)) {
    tokens.next();
    return { [word.text]: null };
  }
  if (word.text !== "jump" && word.text !== "goto") return undefined;
  tokens.next();
  const target = tokens.next()?.text;
  return target === undefined ? undefined : { [word.text]: { target } };
}

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*)$/i;
/** An end of a range is a number or an address; a word with a dash is a name, such as `nd-neighbor-solicit`. */
const rangeEnd = /^(?:0x[0-9a-f]+|\d+|(?=.*[.:])[0-9a-f.:]+)$/i;

function constantOf(tokens: Tokens): Json | undefined {
  const token = tokens.next();
  if (token === undefined) return undefined;
  const { text, quoted } = token;
  if (quoted) return text;
  // Times are numbers of seconds in JSON.
  if (/^\d[\ddhms]*[dhms]$/.test(text)) return undefined;
  if (!/^[@\w*:][\w.:*/+-]*$/.test(text)) return undefined;
  const [, addr = "", len] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  if (len !== undefined && address.test(addr)) return { prefix: { addr, len: Number(len) } };
  const [from = "", to = "", ...more] = text.split("-");
  const isRange = more.length === 0 && rangeEnd.test(from) && rangeEnd.test(to);
  return isRange ? { range: [plain(from), plain(to)] } : plain(text);
}

function plain(text: string): Json {
  return /^(?:\d{1,15}|0x[0-9a-f]{1,12})$/i.test(text) ? Number(text) : text;
}
