import { z } from "zod";
import type { Family, Prefix } from "../model/ip.ts";
import { parsePrefix } from "../model/ip.ts";
import type { RoutingRule, RuleAction } from "../model/route.ts";
import { ruleTexts } from "./iproute/rule-text.ts";
import { type Parsed, type Parser, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import { readJsonList } from "./support/json.ts";
import { validEntries } from "./support/text-entries.ts";

/** Keys that this parser reads, and those that select no packet: origin of the rule, realms, marks of a missing link or goal. */
const understood: ReadonlySet<string> = new Set([
  "priority",
  "not",
  "src",
  "srclen",
  "dst",
  "dstlen",
  "iif",
  "oif",
  "fwmark",
  "fwmask",
  "suppress_prefixlen",
  "table",
  "action",
  "nop",
  "goto",
  "l3mdev",
  "protocol",
  "flow_from",
  "flow_to",
  "iif_detached",
  "oif_detached",
  "unresolved",
]);

const hexNumber = z
  .union([z.number(), z.string().regex(/^(?:0x[0-9a-f]+|\d+)$/i)])
  .transform((value) => Number(value));

const ruleEntry = z.looseObject({
  priority: z.number(),
  src: z.string().optional(),
  srclen: z.number().optional(),
  dst: z.string().optional(),
  dstlen: z.number().optional(),
  iif: z.string().optional(),
  oif: z.string().optional(),
  fwmark: hexNumber.optional(),
  fwmask: hexNumber.optional(),
  suppress_prefixlen: z.number().optional(),
  table: z.union([z.string(), z.number()]).optional(),
  action: z.string().optional(),
  goto: z.union([z.number(), z.string().regex(/^\d+$/)]).optional(),
});

type RuleEntry = z.infer<typeof ruleEntry>;

/** `ip -j rule` (IPv4) or `ip -j -6 rule`: the output does not say which family it is of. */
export function ipRuleParser(family: Family): Parser<readonly RoutingRule[]> {
  return parsers[family];
}

/** Always the same two: what a parser made of a text is remembered by the parser. */
const parsers: Readonly<Record<Family, Parser<readonly RoutingRule[]>>> = {
  ipv4: (text) => parseRules(text, "ipv4"),
  ipv6: (text) => parseRules(text, "ipv6"),
};

function parseRules(text: string, family: Family): Parsed<readonly RoutingRule[]> {
  const list = readJsonList(text, ruleEntry);
  return list.ok ? parsed(list.value.map((entry) => ruleOf(entry, family))) : list;
}

/** `ip rule` or `ip -6 rule` as text. */
export function ipRuleTextParser(family: Family): Parser<readonly RoutingRule[]> {
  return (text) => {
    const read = ruleTexts(text);
    if (!read.ok) return read;
    const list = validEntries(read.entries, ruleEntry);
    return list.ok ? parsed(list.value.map(({ entry }) => ruleOf(entry, family))) : list;
  };
}

function ruleOf(entry: RuleEntry, family: Family): RoutingRule {
  const source = selectorOf(entry.src, entry.srclen);
  const destination = selectorOf(entry.dst, entry.dstlen);
  const odd = [source, destination].flatMap((selector) => selector.unrecognised);
  const extra = Object.entries(entry)
    .filter(([key]) => !understood.has(key))
    .map(([key, value]) => (value === null ? key : `${key} ${JSON.stringify(value)}`));
  return defined({
    family,
    priority: entry.priority,
    inverted: Object.hasOwn(entry, "not"),
    source: source.prefix,
    destination: destination.prefix,
    inLink: entry.iif,
    outLink: entry.oif,
    mark: entry.fwmark,
    markMask: entry.fwmask,
    suppressPrefixLength: entry.suppress_prefixlen,
    action: actionOf(entry),
    unrecognised: [...odd, ...extra],
  });
}

function selectorOf(
  address: string | undefined,
  length: number | undefined,
): { readonly prefix: Prefix | undefined; readonly unrecognised: readonly string[] } {
  if (address === undefined || address === "all") return { prefix: undefined, unrecognised: [] };
  const text = length === undefined ? address : `${address}/${length}`;
  const prefix = parsePrefix(text);
  return { prefix, unrecognised: prefix === undefined ? [text] : [] };
}

function actionOf(entry: RuleEntry): RuleAction {
  if (Object.hasOwn(entry, "l3mdev")) return { kind: "unrecognised", text: "l3mdev" };
  if (Object.hasOwn(entry, "nop")) return { kind: "nop" };
  if (entry.goto !== undefined) return { kind: "goto", priority: Number(entry.goto) };
  switch (entry.action) {
    case undefined:
      return entry.table === undefined
        ? { kind: "unrecognised", text: "no action" }
        : { kind: "lookup", routeTable: String(entry.table) };
    case "blackhole":
    case "unreachable":
    case "prohibit":
      return { kind: entry.action };
    default:
      return { kind: "unrecognised", text: entry.action };
  }
}
