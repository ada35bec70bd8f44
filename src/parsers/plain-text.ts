import { unparsable } from "../model/failure.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { linesOf, quoted } from "./support/lines.ts";

/** A file of /proc that holds one value on one line. */
export function parseSingleLine(text: string): Parsed<string> {
  const [first, second] = linesOf(text);
  if (first === undefined) return { ok: false, failure: unparsable("the file is empty") };
  if (second !== undefined) {
    return { ok: false, failure: unparsable(`found ${quoted(second.text)} behind the value`, 2) };
  }
  const value = first.text.trim();
  if (/[^\x20-\x7e]/.test(value)) {
    return { ok: false, failure: unparsable(`found ${quoted(value)}, which is no plain text`, 1) };
  }
  return parsed(value);
}

/** A file of /proc that holds one number that is not negative. */
export function parseNumber(text: string): Parsed<number> {
  const line = parseSingleLine(text);
  if (!line.ok) return line;
  if (/^\d{1,15}$/.test(line.value)) return parsed(Number(line.value));
  return { ok: false, failure: unparsable(`found ${quoted(line.value)} where a number stands`, 1) };
}

/** Names, one a line: a directory, or a file of /proc such as ip_tables_names. None is a value too. */
export function parseNames(text: string): Parsed<readonly string[]> {
  return parsed(linesOf(text).map((line) => line.text.trim()));
}
