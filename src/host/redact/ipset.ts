import type { Pseudonyms } from "./pseudonyms.ts";
import { isFormatWord } from "./vocabulary.ts";
import { anyWord, isInnocent, link, remark } from "./words.ts";

/** `ipset save`: lines, words and quotes stay where they are; names of sets, what they hold and comments get pseudonyms. */
export function redactIpset(text: string, pseudonyms: Pseudonyms): string {
  const types = new Map<string, string>();
  return text
    .split("\n")
    .map((line) => redactLine(line, types, pseudonyms))
    .join("\n");
}

function redactLine(line: string, types: Map<string, string>, pseudonyms: Pseudonyms): string {
  const [, verb, name, third, rest = ""] = /^(create|add) (\S+) (\S+)(.*)$/.exec(line) ?? [];
  if (verb === undefined || name === undefined || third === undefined) return "";
  const after = redactRest(rest, pseudonyms);
  if (verb === "create") {
    types.set(name, third);
    return `create ${setName(name, pseudonyms)} ${third}${after}`;
  }
  return `add ${setName(name, pseudonyms)} ${elementOf(third, types.get(name) ?? "", pseudonyms)}${after}`;
}

/** As rules of iptables have it. */
function setName(name: string, pseudonyms: Pseudonyms): string {
  return isInnocent(name) || name === "DEFAULT" ? name : pseudonyms.name(name);
}

/** The parts of an element by its set's type; a list holds names of sets. */
function elementOf(value: string, setType: string, pseudonyms: Pseudonyms): string {
  if (setType === "list:set") return setName(value, pseudonyms);
  const parts = setType.replace(/^[a-z]+:/, "").split(",");
  return value
    .split(",")
    .map((word, at) => partOf(word, parts[at] ?? "", pseudonyms))
    .join(",");
}

function partOf(word: string, part: string, pseudonyms: Pseudonyms): string {
  switch (part) {
    case "port":
    case "mark":
      return word;
    case "iface":
      return word.startsWith("physdev:")
        ? `physdev:${link(word.slice("physdev:".length), pseudonyms)}`
        : link(word, pseudonyms);
    default:
      return rangeOf(word, pseudonyms);
  }
}

/** `10.0.0.0-10.0.0.255`: each end by itself. */
function rangeOf(word: string, pseudonyms: Pseudonyms): string {
  return word
    .split("-")
    .map((end) => (plainNumber.test(end) ? end : anyWord(end, pseudonyms)))
    .join("-");
}

/** What follows: words of ipset, numbers, the range of a bitmap, and a comment in quotes. */
function redactRest(text: string, pseudonyms: Pseudonyms): string {
  return text.replaceAll(/"([^"]*)"|\S+/g, (word, comment: string | undefined) => {
    if (comment !== undefined) return `"${remark(comment, pseudonyms)}"`;
    const own = ipsetWords.has(word) || isFormatWord(word) || plainNumber.test(word);
    return own ? word : rangeOf(word, pseudonyms);
  });
}

const plainNumber = /^(?:\d+|0x[0-9a-f]+)$/i;

const ipsetWords: ReadonlySet<string> = new Set([
  ...["family", "inet", "inet6", "hashsize", "maxelem", "bucketsize", "initval", "netmask"],
  ...["timeout", "counters", "comment", "skbinfo", "forceadd", "range", "size", "markmask"],
  ...["packets", "bytes", "nomatch", "wildcard", "skbmark", "skbprio", "skbqueue", "bitmask"],
]);
