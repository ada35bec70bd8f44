import type { IgnoredLine } from "../../model/facts.ts";
import { type Failure, unparsable } from "../../model/failure.ts";
import type { NftRuleset } from "../../model/nft.ts";
import { parseNftRuleset } from "../nft-ruleset.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { type Line, linesOf } from "../support/lines.ts";
import { oddLine } from "../support/text-entries.ts";
import { ruleOf } from "./rule-text.ts";
import { type Json, setOf } from "./terms.ts";
import { tokensOf } from "./tokens.ts";

interface Draft {
  readonly entries: { readonly [key: string]: Json }[];
  readonly ignored: IgnoredLine[];
}

interface Place {
  readonly family: string;
  readonly table: string;
}

/**
 * `nft list ruleset` as nft prints it for people, in the terms of its JSON. What the JSON form says better (rules with statements that
 * are not read here, objects beside chains, sets and maps) is kept as one piece or left out, and told as ignored lines.
 */
export function parseNftRulesetText(text: string): Parsed<NftRuleset> {
  const draft: Draft = { entries: [], ignored: [] };
  const lines = joinedLines(text);
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    if (line === undefined) break;
    const [, family, table] = /^table (\w+) ("[^"]*"|\S+) \{/.exec(line.text) ?? [];
    if (family === undefined || table === undefined) {
      if (!line.text.startsWith("#")) return failure(oddLine(line, "a table"));
      at += 1;
      continue;
    }
    const place = { family, table: unquoted(table) };
    draft.entries.push({ table: { family, name: place.table } });
    const end = tableOf(lines, { at: at + 1, place, draft });
    if (end === undefined) return failure(oddLine(line, "a table with an end"));
    at = end;
  }
  const read = parseNftRuleset(JSON.stringify({ nftables: ordered(draft.entries) }));
  return read.ok ? parsed(read.value, draft.ignored) : read;
}

function failure(why: Failure): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: why.kind === "unparsable" ? why : unparsable(why.message) };
}

/** Chains first: rules and maps name them. */
function ordered(entries: Draft["entries"]): Draft["entries"] {
  const isFirst = (entry: object) => "table" in entry || "chain" in entry;
  return [...entries.filter(isFirst), ...entries.filter((entry) => !isFirst(entry))];
}

/** Lines without what surrounds them; elements that go on over several lines are one. */
function joinedLines(text: string): readonly Line[] {
  const all: Line[] = [];
  let open: { readonly number: number; readonly parts: string[] } | undefined;
  for (const line of linesOf(text)) {
    const own = line.text.trim();
    if (open === undefined && /^elements = \{/.test(own) && !own.endsWith("}")) {
      open = { number: line.number, parts: [own] };
    } else if (open === undefined) {
      all.push({ number: line.number, text: own });
    } else {
      open.parts.push(own);
      if (own.endsWith("}")) {
        all.push({ number: open.number, text: open.parts.join(" ") });
        open = undefined;
      }
    }
  }
  return open === undefined ? all : [...all, { number: open.number, text: open.parts.join(" ") }];
}

/** Reads up to the end of a table and gives the line behind it; undefined where it has none. */
function tableOf(
  lines: readonly Line[],
  so: { readonly at: number; readonly place: Place; readonly draft: Draft },
): number | undefined {
  const { place, draft } = so;
  for (let at = so.at; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined || line.text === "}") return at + 1;
    const [, kind, name] = /^(\w[\w ]*?) ("[^"]*"|\S+) \{/.exec(line.text) ?? [];
    if (kind === undefined || name === undefined) {
      ignore(draft, line, tableSettings.test(line.text));
      continue;
    }
    const end = endOf(lines, at);
    if (end === undefined) return undefined;
    const body = lines.slice(at + 1, end);
    if (kind === "chain") chainOf(unquoted(name), { body, place, draft });
    else if (kind === "set" || kind === "map")
      collectionOf(kind, unquoted(name), { body, place, draft });
    else
      draft.ignored.push({
        line: line.number,
        text: line.text,
        reason: `a ${kind} is not read from text`,
      });
    at = end;
  }
  return undefined;
}

/** Where the block that a line opens is closed. */
function endOf(lines: readonly Line[], opening: number): number | undefined {
  for (let at = opening + 1; at < lines.length; at += 1) if (lines[at]?.text === "}") return at;
  return undefined;
}

/** Settings of a table that decide about no packet. */
const tableSettings = /^(?:flags [a-z,]+|comment )/;

function ignore(draft: Draft, line: Line, isKnown: boolean): void {
  if (isKnown || line.text.startsWith("#")) return;
  draft.ignored.push({ line: line.number, text: line.text, reason: "it is not known here" });
}

interface Block {
  readonly body: readonly Line[];
  readonly place: Place;
  readonly draft: Draft;
}

function chainOf(name: string, { body, place, draft }: Block): void {
  const base = body
    .map(({ text }) => baseOf(text, place.family))
    .find((each) => each !== undefined);
  draft.entries.push({ chain: { ...place, name, ...base } });
  for (const line of body) {
    if (/^type \w+ hook /.test(line.text) || /^comment "/.test(line.text)) continue;
    const rule = ruleOf(line.text);
    if (rule.unread !== undefined)
      draft.ignored.push({
        line: line.number,
        text: line.text,
        reason: `"${rule.unread}" is not read from text; give the JSON of \`nft -j list ruleset\``,
      });
    const comment = rule.comment === undefined ? {} : { comment: rule.comment };
    draft.entries.push({ rule: { ...place, chain: name, ...comment, expr: rule.expr } });
  }
}

/** nft(8): names of priorities, and those of the family bridge. */
const priorities: Readonly<Record<string, number>> = {
  ...{ raw: -300, mangle: -150, dstnat: -100, filter: 0, security: 50, srcnat: 100 },
};
const bridgePriorities: Readonly<Record<string, number>> = {
  ...{ dstnat: -300, filter: -200, out: 100, srcnat: 300 },
};

function baseOf(text: string, family: string): { readonly [key: string]: Json } | undefined {
  const match =
    /^type (\w+) hook (\w+)(?: devices? (?:= )?(\{[^}]*\}|"[^"]*"|\S+))? priority (\w+|-?\d+)(?: ([+-]) (\d+))?;(?: policy (\w+);)?/.exec(
      text,
    );
  const [, type, hook, devices, name = "", sign, by = "0", policy = "accept"] = match ?? [];
  if (type === undefined || hook === undefined) return undefined;
  const named = (family === "bridge" ? bridgePriorities : priorities)[name] ?? Number(name);
  const prio = named + (sign === "-" ? -1 : 1) * Number(by);
  const dev = devices === undefined ? {} : { dev: namesIn(devices) };
  return { type, hook, prio, ...dev, policy };
}

function namesIn(text: string): Json {
  const names = [...text.matchAll(/[^\s{},"]+/g)].map(([name]) => name);
  return names.length === 1 ? (names[0] ?? "") : names;
}

function collectionOf(kind: "set" | "map", name: string, { body, place, draft }: Block): void {
  const fields: Record<string, Json> = {};
  for (const line of body) {
    const setting = settingOf(line.text);
    if (setting === undefined)
      draft.ignored.push({ line: line.number, text: line.text, reason: "it is not known here" });
    else Object.assign(fields, setting);
  }
  draft.entries.push({ [kind]: { ...place, name, ...fields } });
}

function settingOf(text: string): { readonly [key: string]: Json } | undefined {
  const [, word = "", rest = ""] =
    /^(type|flags|size|elements|auto-merge|comment)\b(?: = | )?(.*)$/.exec(text) ?? [];
  switch (word) {
    case "type": {
      const [key = "", data] = rest.split(" : ");
      return { type: typesIn(key), ...(data === undefined ? {} : { map: typesIn(data) }) };
    }
    case "flags":
      return { flags: rest.split(",") };
    case "size":
      return /^\d+$/.test(rest) ? { size: Number(rest) } : undefined;
    case "auto-merge":
      return { "auto-merge": true };
    case "comment":
      return { comment: unquoted(rest) };
    case "elements":
      return elementsOf(rest);
    default:
      return undefined;
  }
}

function typesIn(text: string): Json {
  const types = text.split(" . ");
  return types.length === 1 ? text : types;
}

function elementsOf(text: string): { readonly elem: Json } | undefined {
  const tokens = tokensOf(text);
  const set = tokens.take("{") ? setOf(tokens) : undefined;
  const isWhole = tokens.peek() === undefined;
  return set === undefined || !isWhole ? undefined : { elem: set.set };
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/, "$1");
}
