import type { z } from "zod";
import { type Failure, unparsable } from "../../model/failure.ts";
import { fieldsOf, type Line, quoted } from "./lines.ts";

/** One object of a text output in the words of the tool's JSON form, and the line where it begins. */
export interface TextEntry {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Entries that are what the schema wants, or the failure that names the first line that is not. */
export type ValidEntries<T> =
  | { readonly ok: true; readonly value: readonly { readonly line: number; readonly entry: T }[] }
  | { readonly ok: false; readonly failure: Failure };

/** Text and JSON go through the same schema, so that both come out the same. */
export function validEntries<T>(
  entries: readonly TextEntry[],
  schema: z.ZodType<T>,
): ValidEntries<T> {
  const value: { readonly line: number; readonly entry: T }[] = [];
  for (const { line, fields } of entries) {
    const result = schema.safeParse(fields);
    if (!result.success) {
      const [first] = result.error.issues.map(
        (issue) => `${issue.path.join(".")}: ${issue.message}`,
      );
      return { ok: false, failure: unparsable(`line ${line}: ${first}`, line) };
    }
    value.push({ line, entry: result.data });
  }
  return { ok: true, value };
}

/** No text form of iproute2 begins as JSON does. */
export function isJson(text: string): boolean {
  return /^\s*[[{]/.test(text);
}

export function oddLine(line: Line, expected: string): Failure {
  const what = `line ${line.number}: found ${quoted(line.text)} where ${expected} stands`;
  return unparsable(what, line.number);
}

/** What the words of a line mean: which have a value behind them, and which stand alone. */
export interface WordMeanings {
  /** Word to the key of the JSON form; a value is a number there, or a text. */
  readonly numbers: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
}

export interface ReadWords {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly flags: readonly string[];
  /** Words that mean nothing to us, and numbers that are none. */
  readonly unknown: readonly string[];
}

/** Reads `key value key value flag` in any order. */
export function readWords(words: readonly string[], meanings: WordMeanings): ReadWords {
  const fields: [string, unknown][] = [];
  const flags: string[] = [];
  const unknown: string[] = [];
  const ahead = words.values();
  for (const word of ahead) {
    const text = meanings.texts.get(word);
    const number = meanings.numbers.get(word);
    if (text === undefined && number === undefined) {
      (meanings.flags.has(word) ? flags : unknown).push(word);
      continue;
    }
    const { value = "" } = ahead.next();
    if (text !== undefined) fields.push([text, value]);
    if (number === undefined) continue;
    if (/^\d{1,15}$/.test(value)) fields.push([number, Number(value)]);
    else unknown.push(`${word} ${value}`);
  }
  return { fields: Object.fromEntries(fields), flags, unknown };
}

/** The words of a line; none where it is empty. */
export function wordsOf(text: string): readonly string[] {
  const trimmed = text.trim();
  return trimmed === "" ? [] : fieldsOf(trimmed);
}

export function sameKeys(...words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(words.map((word) => [word, word]));
}

/** Why a line is ignored that has words which mean nothing to us. */
export function unknownWords(words: readonly string[]): string {
  return `${words.map((word) => quoted(word)).join(", ")} is not known here`;
}
