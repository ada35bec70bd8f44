import { type Failure, unparsable } from "../model/failure.ts";
import type { Table } from "../model/netfilter.ts";
import { commentOf, type Generator } from "./iptables/comments.ts";
import { countersOf } from "./iptables/counters.ts";
import { type Dump, nextLine, noChain, openDump, ruleEnd } from "./iptables/dump.ts";
import {
  chainFor,
  closedTable,
  declareChain,
  iptablesTable,
  type OpenTable,
  openTable,
} from "./iptables/open-table.ts";
import { parseRule } from "./iptables/rule.ts";
import { skipSpaces, wordEnd, wordsOf } from "./iptables/words.ts";
import { type Parsed, parsed } from "./parsed.ts";

/** All tables in the output of iptables-save, ip6tables-save and their -nft- and -legacy- kin, with or without `-c`. */
export interface IptablesSave {
  readonly generator?: Generator;
  readonly tables: readonly Table[];
}

/**
 * Reads a whole dump. One that was cut off is a failure, and so is a line outside all tables that is no comment; lines in a table
 * that are neither rule nor chain are ignored, by number. The time it takes grows with the length of the text and nothing else.
 */
export function parseIptablesSave(text: string): Parsed<IptablesSave> {
  const dump = openDump(text);
  const failure = nulFailure(text) ?? readLines(dump) ?? cutOffFailure(dump);
  if (failure !== undefined) return { ok: false, failure };
  const tables = [...dump.tables, ...unprintedTables(dump)];
  const { generator } = dump;
  return parsed(generator === undefined ? { tables } : { generator, tables }, dump.ignored);
}

function nulFailure(text: string): Failure | undefined {
  const nul = text.indexOf("\u0000");
  if (nul < 0) return undefined;
  return failureAt(text.slice(0, nul).split("\n").length, "holds a NUL byte: this is no text");
}

function readLines(dump: Dump): Failure | undefined {
  while (dump.next < dump.text.length) {
    const from = dump.next;
    const to = nextLine(dump);
    const failure =
      dump.table === undefined
        ? readOutside(dump, dump.text.slice(from, to).trim())
        : readInside(dump, dump.table, { from, to });
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function cutOffFailure(dump: Dump): Failure | undefined {
  if (dump.table !== undefined) {
    return failureAt(dump.line, `table "${dump.table.name}" ends before COMMIT: it was cut off`);
  }
  if (!dump.generated) return undefined;
  return failureAt(dump.line, 'the dump ends before "# Completed on": it was cut off');
}

/** Tables that iptables-nft refused to print. */
function unprintedTables({ incompatible, tables }: Dump): readonly Table[] {
  return [...incompatible].flatMap((text) => {
    const name = iptablesTable(text);
    const printed = tables.some((table) => table.name === name);
    return name === undefined || printed ? [] : [{ name, chains: [], incompatible: true }];
  });
}

function failureAt(line: number, what: string): Failure {
  return unparsable(`line ${line}: ${what}`, line);
}

function readOutside(dump: Dump, line: string): Failure | undefined {
  if (line === "") return undefined;
  if (line.startsWith("#")) return readComment(dump, line);
  if (!line.startsWith("*") || line.length === 1) {
    return failureAt(dump.line, `a table or a comment was expected, not "${line.slice(0, 60)}"`);
  }
  const name = line.slice(1);
  if (dump.tables.some((table) => table.name === name)) {
    return failureAt(dump.line, `table "${name}" is here for the second time`);
  }
  dump.table = openTable(name, dump.line, dump);
  dump.chain = noChain;
  return undefined;
}

function readComment(dump: Dump, line: string): undefined {
  const comment = commentOf(line);
  switch (comment.kind) {
    case "generated":
      dump.generated = true;
      dump.generator ??= comment.generator;
      return;
    case "completed":
      dump.generated = false;
      return;
    case "incompatible":
      dump.incompatible.add(comment.table);
      return;
    case "remark":
      return;
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const DASH = 45;
const COLON = 58;
const BRACKET = 91;

function readInside(dump: Dump, table: OpenTable, span: Span): Failure | undefined {
  const code = dump.text.charCodeAt(span.from);
  if (code === BRACKET || code === DASH) return readRule(dump, table, span);
  const line = dump.text.slice(span.from, span.to).trim();
  if (code === COLON) return readChain(dump, table, line);
  if (line === "") return undefined;
  if (line.startsWith("#")) return readComment(dump, line);
  if (line === "COMMIT") return readCommit(dump, table);
  if (line.startsWith("*")) {
    return failureAt(dump.line, `table "${table.name}" ends before COMMIT: it was cut off`);
  }
  ignore(dump, line, "is neither a chain nor a rule");
  return undefined;
}

function readCommit(dump: Dump, table: OpenTable): undefined {
  const closed = closedTable(table, dump.incompatible);
  if (closed !== undefined) dump.tables.push(closed);
  else {
    const reason = "is no table of iptables: its chains and rules are passed over";
    dump.ignored.push({ line: table.line, text: `*${table.name}`, reason });
  }
  dump.table = undefined;
}

/** `:NAME POLICY [packets:bytes]` */
function readChain(dump: Dump, table: OpenTable, line: string): undefined {
  const bracket = line.lastIndexOf(" [");
  const counters = bracket < 0 ? undefined : countersOf(line, bracket + 1, line.length);
  const words = wordsOf(counters === undefined ? line.slice(1) : line.slice(1, bracket));
  const reason = declareChain(table, words, counters);
  if (reason !== undefined) ignore(dump, line, reason);
}

/** `[packets:bytes] -A CHAIN pieces`; without `-c` there are no counters. */
function readRule(dump: Dump, table: OpenTable, span: Span): Failure | undefined {
  const { text, line } = dump;
  const to = ruleEnd(dump, span.from, span.to);
  if (to === undefined) return failureAt(line, "a quote in the rule is never closed");
  const bracket = text.charCodeAt(span.from) === BRACKET ? wordEnd(text, span.from, to) : span.from;
  const counters = countersOf(text, span.from, bracket);
  const from = skipSpaces(text, bracket, to);
  const nameFrom = skipSpaces(text, from + 2, to);
  const nameTo = wordEnd(text, nameFrom, to);
  const appends = text.startsWith("-A ", from) && nameFrom < nameTo;
  if (!appends || (counters === undefined && bracket > span.from)) {
    // A quoted word may have taken the reading further down: the place is where the rule began.
    const reason = "is no rule that is appended to a chain";
    dump.ignored.push({ line, text: text.slice(span.from, to), reason });
    return undefined;
  }
  if (!isNamed(text, dump.chain.name, { from: nameFrom, to: nameTo })) {
    dump.chain = chainFor(table, text.slice(nameFrom, nameTo));
  }
  const place = { text, from, piecesFrom: nameTo, to, line, chain: dump.chain.name, counters };
  dump.chain.rules.push(parseRule(place, table.meanings));
  return undefined;
}

function isNamed(text: string, name: string, span: Span): boolean {
  return name.length === span.to - span.from && text.startsWith(name, span.from);
}

function ignore(dump: Dump, text: string, reason: string): void {
  dump.ignored.push({ line: dump.line, text, reason });
}
