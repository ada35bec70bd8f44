import type { IgnoredLine } from "../../model/facts.ts";
import type { Match, Table } from "../../model/netfilter.ts";
import type { Generator } from "./comments.ts";
import { matchesOf } from "./matches.ts";
import type { OpenChain, OpenTable } from "./open-table.ts";
import { type MeaningAt, pieceCache } from "./piece-cache.ts";
import { closingQuote, openingQuote } from "./words.ts";

/** A dump while it is read: what came of the lines so far, and where the reading is. */
export interface Dump {
  readonly text: string;
  readonly tables: Table[];
  /** Tables of which a comment says that iptables cannot print all of them. */
  readonly incompatible: Set<string>;
  readonly ignored: IgnoredLine[];
  readonly matchesAt: MeaningAt<readonly Match[]>;
  generator: Generator | undefined;
  /** A `# Generated` comment was read and its `# Completed` was not. */
  generated: boolean;
  table: OpenTable | undefined;
  /** The chain of the rule before: mostly that of the next one, too. */
  chain: OpenChain;
  /** Number of the line being read, from 1. */
  line: number;
  /** Where the next line begins. */
  next: number;
  /** Where the first quote is that was not behind the reading when it was last looked for. */
  quote: number;
}

/** Chain of no rule. */
export const noChain: OpenChain = { name: "", rules: [] };

export function openDump(text: string): Dump {
  return {
    text,
    tables: [],
    incompatible: new Set(),
    ignored: [],
    matchesAt: pieceCache(text, matchesOf),
    generator: undefined,
    generated: false,
    table: undefined,
    chain: noChain,
    line: 0,
    next: 0,
    quote: -1,
  };
}

/** Goes on to the next line; returns where it ends, before its line feed (and the carriage return before that). */
export function nextLine(dump: Dump): number {
  dump.line += 1;
  return lineEndFrom(dump, dump.next);
}

/**
 * Where the rule ends whose first line ends at `to`. A quoted word may hold line feeds (comments are printed as they are), so a rule
 * may go on over several lines. Undefined when a quote stays open to the end of the text.
 */
export function ruleEnd(dump: Dump, from: number, to: number): number | undefined {
  const { text } = dump;
  if (dump.quote < from) dump.quote = position(text.indexOf('"', from), text);
  if (dump.quote >= to) return to;
  let end = to;
  let open = openingQuote(text, from, end);
  while (open !== undefined) {
    const closed = closingQuote(text, open, text.length);
    if (closed === undefined) return undefined;
    if (closed >= end) {
      dump.line += countFeeds(text, end, closed);
      end = lineEndFrom(dump, closed);
    }
    open = openingQuote(text, closed + 1, end);
  }
  return end;
}

function lineEndFrom(dump: Dump, at: number): number {
  const { text } = dump;
  const feed = position(text.indexOf("\n", at), text);
  dump.next = feed + 1;
  return feed > at && text.charCodeAt(feed - 1) === CARRIAGE_RETURN ? feed - 1 : feed;
}

const CARRIAGE_RETURN = 13;

/** What indexOf found, or the end of the text. */
function position(found: number, text: string): number {
  return found < 0 ? text.length : found;
}

function countFeeds(text: string, from: number, to: number): number {
  let feeds = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) {
    feeds += 1;
  }
  return feeds;
}
