import type { IgnoredLine } from "../../model/facts.ts";
import { unparsable } from "../../model/failure.ts";
import type { IpSet, IpSetElement } from "../../model/netfilter/ipset.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { linesOf, quoted } from "../support/lines.ts";

/** `ipset save`: a line `create` for each set, and one `add` for each of its elements. Empty where there are no sets. */
export function parseIpsetSave(text: string): Parsed<readonly IpSet[]> {
  const heads: Head[] = [];
  const elements = new Map<string, IpSetElement[]>();
  const ignored: IgnoredLine[] = [];
  for (const line of linesOf(text)) {
    const [verb, name, ...words] = wordsOf(line.text);
    const own = elements.get(name ?? "");
    if (verb === "create" && name !== undefined && own === undefined) {
      const head = headOf(name, words);
      if (head !== undefined) {
        heads.push(head);
        elements.set(name, []);
        continue;
      }
    }
    const element = verb === "add" && own !== undefined ? elementOf(words) : undefined;
    if (element !== undefined) {
      own?.push(element);
      continue;
    }
    if (verb === "create" || verb === "add") {
      const reason = verb === "add" ? "an element of no set" : "a set without a type, or twice";
      ignored.push({ line: line.number, text: line.text, reason });
      continue;
    }
    const message = `found ${quoted(line.text)} where ipset says create or add`;
    return { ok: false, failure: unparsable(message, line.number) };
  }
  const sets = heads.map((head) => ({ ...head, elements: elements.get(head.name) ?? [] }));
  return parsed(sets, ignored);
}

type Head = Omit<IpSet, "elements">;

/** Words between blanks; one in quotes is one, without them. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, inQuotes, plain]) => inQuotes ?? plain ?? "",
  );
}

function headOf(name: string, [setType = "", ...words]: readonly string[]): Head | undefined {
  const [, method, parts] = /^(hash|bitmap|list):([a-z0-9,]+)$/.exec(setType) ?? [];
  if (method === undefined || parts === undefined) return undefined;
  const family = after(words, "family");
  const known = new Set(["family", "netmask", "timeout"]);
  const options = words.filter((word, at) => !known.has(word) && !known.has(words[at - 1] ?? ""));
  return defined({
    name,
    method,
    parts: parts.split(","),
    family: family === undefined ? undefined : family === "inet6" ? "ipv6" : "ipv4",
    netmaskLength: numberAfter(words, "netmask"),
    timeoutSeconds: numberAfter(words, "timeout"),
    options,
  });
}

/** Words of an element that are followed by a value. */
const valued: ReadonlySet<string> = new Set(["timeout", "packets", "bytes", "comment"]);

function elementOf([value, ...words]: readonly string[]): IpSetElement | undefined {
  if (value === undefined) return undefined;
  const options = words.filter(
    (word, at) => word !== "nomatch" && !valued.has(word) && !valued.has(words[at - 1] ?? ""),
  );
  return defined({
    value,
    nomatch: words.includes("nomatch") ? true : undefined,
    timeoutSeconds: numberAfter(words, "timeout"),
    packets: numberAfter(words, "packets"),
    bytes: numberAfter(words, "bytes"),
    comment: after(words, "comment"),
    options: options.length === 0 ? undefined : options,
  });
}

function after(words: readonly string[], word: string): string | undefined {
  const at = words.indexOf(word);
  return at < 0 ? undefined : words[at + 1];
}

function numberAfter(words: readonly string[], word: string): number | undefined {
  const text = after(words, word);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
