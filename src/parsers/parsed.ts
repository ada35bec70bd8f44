import type { IgnoredLine } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";

/** What a parser made of a text. `ignored` holds what it could not use: counted and shown, never silent. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly ignored: readonly IgnoredLine[] }
  | { readonly ok: false; readonly failure: Failure };

export type Parser<T> = (text: string) => Parsed<T>;

export function parsed<T>(value: T, ignored: readonly IgnoredLine[] = []): Parsed<T> {
  return { ok: true, value, ignored };
}
