import type { IgnoredLine } from "../model/facts.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import { linesOf } from "./support/lines.ts";

/** What docknet takes from os-release(5). */
export interface OsRelease {
  /** PRETTY_NAME, or NAME and VERSION where it is missing. */
  readonly distribution?: string;
}

/** os-release(5): assignments in the syntax of a shell. */
export function parseOsRelease(text: string): Parsed<OsRelease> {
  const values = new Map<string, string>();
  const ignored: IgnoredLine[] = [];
  for (const line of linesOf(text)) {
    if (line.text.trimStart().startsWith("#")) continue;
    const [, key, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.text.trim()) ?? [];
    if (key === undefined || value === undefined) {
      ignored.push({ line: line.number, text: line.text, reason: "it is no assignment" });
      continue;
    }
    values.set(key, unquoted(value));
  }
  const named = [values.get("NAME"), values.get("VERSION")].filter((part) => part !== undefined);
  const fallback = named.length === 0 ? undefined : named.join(" ");
  return parsed(defined({ distribution: values.get("PRETTY_NAME") ?? fallback }), ignored);
}

function unquoted(value: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
  if (inner === undefined) return value;
  return quote === '"' ? inner.replace(/\\(["\\$`])/g, "$1") : inner;
}
