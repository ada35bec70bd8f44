import type { Counters, IptablesRule, Match, Target } from "../../model/netfilter.ts";
import { takesFreeText } from "./options.ts";
import type { MeaningAt } from "./piece-cache.ts";
import { skipSpaces, wordEnd } from "./words.ts";

/** What the pieces of the rules of one table mean. */
export interface Meanings {
  readonly matchesAt: MeaningAt<readonly Match[]>;
  readonly targetAt: MeaningAt<Target>;
  /** Room for the matches of one rule at a time: what a rule keeps is a copy that is just as long as it needs. */
  readonly room: Match[];
}

/** Where a rule stands: its text, and behind `-A CHAIN` its pieces. */
export interface RulePlace {
  readonly text: string;
  readonly from: number;
  readonly piecesFrom: number;
  readonly to: number;
  readonly line: number;
  readonly chain: string;
  readonly counters: Counters | undefined;
}

const NO_TARGET: Target = { kind: "none" };

export function parseRule(place: RulePlace, meanings: Meanings): IptablesRule {
  const { text, to, line, chain, counters } = place;
  const { matchesAt, targetAt, room } = meanings;
  let count = 0;
  let before = -1;
  let target = NO_TARGET;
  let at = skipSpaces(text, place.piecesFrom, to);
  while (at < to) {
    const end = pieceEnd(text, at, to);
    if (isTargetPiece(text, at)) {
      const next = targetAt(at, end);
      target = target === NO_TARGET ? next : secondTarget(text.slice(at, end));
    } else {
      const first = count;
      for (const match of matchesAt(at, end)) {
        room[count] = match;
        count += 1;
      }
      const match = room[first];
      if (count > first && match !== undefined && isSameModule(text, before, at)) {
        room[first] = { ...match, again: true };
      }
      before = at;
    }
    at = skipSpaces(text, end, to);
  }
  const ruleText = text.slice(place.from, to);
  const matches = room.slice(0, count);
  if (counters === undefined) return { chain, text: ruleText, line, matches, target };
  return { chain, text: ruleText, line, counters, matches, target };
}

/** A rule has one target; with two of them nobody can say what it does. */
function secondTarget(text: string): Target {
  return { kind: "unrecognised", name: "", text };
}

/** True when two pieces begin with the same `-m NAME`. */
function isSameModule(text: string, before: number, at: number): boolean {
  if (before < 0 || !text.startsWith("-m ", at) || !text.startsWith("-m ", before)) return false;
  for (let offset = 3; ; offset += 1) {
    const code = text.charCodeAt(at + offset);
    if (code !== text.charCodeAt(before + offset)) return false;
    if (!(code > SPACE)) return true;
  }
}

const TAB = 9;
const SPACE = 32;
const EXCLAMATION = 33;
const QUOTE = 34;
const DASH = 45;
const LETTER_A = 97;

/** Position behind the piece that begins at `at`: up to the next `-x` of iptables itself, or the `!` before one. */
function pieceEnd(text: string, at: number, to: number): number {
  const option = text.charCodeAt(at) === EXCLAMATION ? skipSpaces(text, at + 1, to) : at;
  let end = option + 1;
  while (end < to) {
    const code = text.charCodeAt(end);
    if (code === SPACE || code === TAB) {
      const next = text.charCodeAt(end + 1);
      if (next === QUOTE) end = wordEnd(text, end + 1, to) - 1;
      else if ((next === DASH || next === EXCLAMATION) && beginsPiece(text, end + 1, to)) {
        if (!isFreeTextOption(text, end)) return trimmedEnd(text, end);
        end += 1;
      }
    }
    end += 1;
  }
  return trimmedEnd(text, to);
}

/** Before the spaces that stand before `end`. */
function trimmedEnd(text: string, end: number): number {
  let trimmed = end;
  while (text.charCodeAt(trimmed - 1) === SPACE || text.charCodeAt(trimmed - 1) === TAB) {
    trimmed -= 1;
  }
  return trimmed;
}

function beginsPiece(text: string, at: number, to: number): boolean {
  if (text.charCodeAt(at) !== EXCLAMATION) return isBuiltinOption(text, at, to);
  return (
    text.charCodeAt(at + 1) === SPACE && isBuiltinOption(text, skipSpaces(text, at + 1, to), to)
  );
}

/** One bit per letter from `a`: the options of iptables itself, and `-m`, `-j` and `-g`. */
const BUILTIN_LETTERS = [..."sdiopfmjg"].reduce(
  (bits, letter) => bits | (1 << (letter.charCodeAt(0) - LETTER_A)),
  0,
);

function isBuiltinOption(text: string, at: number, to: number): boolean {
  if (text.charCodeAt(at) !== DASH) return false;
  const letter = text.charCodeAt(at + 1) - LETTER_A;
  if (letter < 0 || letter > 25 || ((BUILTIN_LETTERS >>> letter) & 1) === 0) return false;
  return at + 2 === to || (at + 2 < to && text.charCodeAt(at + 2) === SPACE);
}

function isTargetPiece(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== DASH) return false;
  const letter = text.charCodeAt(at + 1);
  return letter === LETTER_J || letter === LETTER_G;
}

const LETTER_G = 103;
const LETTER_J = 106;

/** The word before `end` takes the next one for its value, whatever that looks like. */
function isFreeTextOption(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1);
  if (last !== LETTER_T && last !== LETTER_X) return false;
  return takesFreeText(text.slice(text.lastIndexOf(" ", end - 1) + 1, end));
}

const LETTER_T = 116;
const LETTER_X = 120;
