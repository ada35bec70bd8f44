import type { Pseudonyms } from "./pseudonyms.ts";
import { shapePseudonym } from "./shapes.ts";
import { isFormatWord } from "./vocabulary.ts";
import { anyWord, chain, isInnocent, link, remark, sentence, table } from "./words.ts";

/** iptables-save, of whichever family and backend: lines, words and quotes stay where they are. */
export function redactIptables(text: string, pseudonyms: Pseudonyms): string {
  const declared = new Set([...text.matchAll(/^:(\S+)/gm)].map((match) => match[1] ?? ""));
  let before = "";
  let line = "";
  return text.replaceAll(token, (word) => {
    if (word.includes("\n") && word.trim() === "") {
      before = "";
      line = "";
      return word;
    }
    if (word.trim() === "") return word;
    const isFirst = line === "";
    line = isFirst ? word : line;
    if (line.startsWith("#")) return isFirst ? wholeLine(word, pseudonyms) : word;
    const redacted = redactWord(
      word,
      { before: isFirst ? "" : before, line, declared },
      pseudonyms,
    );
    if (word !== "!") before = word;
    return redacted;
  });
}

/** A comment line, a run of white space, a quoted word, or a plain one. */
const token = /(?<=^|\n)#[^\n]*|[^\S\n]+|\n|"(?:[^"\\]|\\[\s\S])*"|(?:[^\s"]|"(?=\S))\S*|"/g;

interface Position {
  /** The word before, `!` passed over. */
  readonly before: string;
  /** The first word of the line. */
  readonly line: string;
  /** Chains of this dump: a target that is none of them is iptables' own. */
  readonly declared: ReadonlySet<string>;
}

function wholeLine(line: string, pseudonyms: Pseudonyms): string {
  const [, before, name, after] = /^(# Table `)(.*)('.*)$/.exec(line) ?? [];
  if (name !== undefined) return `${before}${table(name, pseudonyms)}${after}`;
  return /^# (?:Generated|Completed|Warning)/.test(line)
    ? line
    : `# ${sentence(line.slice(1).trim(), pseudonyms)}`;
}

function redactWord(word: string, at: Position, pseudonyms: Pseudonyms): string {
  const { before, line, declared } = at;
  if (word === line && before === "") return firstWord(word, pseudonyms);
  if (line.startsWith(":") || word === "!" || /^\[\d+:\d+\]$/.test(word)) return word;
  const [quote, inner] = word.startsWith('"') ? ['"', word.slice(1, -1)] : ["", word];
  const around = (redacted: string): string => `${quote}${redacted}${quote}`;
  if (chainOptions.has(before)) {
    const isTarget = jumpOptions.has(before) && !declared.has(inner);
    return isTarget ? word : around(chain(inner, pseudonyms));
  }
  if (linkOptions.has(before)) return around(link(inner, pseudonyms));
  if (remarkOptions.has(before)) return around(remark(inner, pseudonyms));
  if (nameOptions.has(before)) {
    return isInnocent(inner) || inner === "DEFAULT" ? word : around(pseudonyms.name(inner));
  }
  if (quote === "" && /^--?[a-zA-Z]/.test(word)) return word;
  if (before === "-m" || before === "-p" || before === "--u32") return word;
  return around(value(inner, pseudonyms));
}

function firstWord(word: string, pseudonyms: Pseudonyms): string {
  if (word.startsWith(":")) return `:${chain(word.slice(1), pseudonyms)}`;
  return word.startsWith("*") ? `*${table(word.slice(1), pseudonyms)}` : word;
}

/** Any other option's value: lists are looked at piece by piece. */
function value(text: string, pseudonyms: Pseudonyms): string {
  if (/^[A-Z][A-Z_]*(?:,[A-Z_]+)*$/.test(text)) return text;
  const shaped = /^\d+$/.test(text) ? text : shapePseudonym(text, pseudonyms);
  if (shaped !== undefined) return shaped;
  if (isInnocent(text)) return text;
  return text
    .split(",")
    .map((part) => {
      const isPlain = /^[\d:!.-]+$/.test(part) && pseudonyms.address(part) === undefined;
      const isRate = /^\d+\/[a-z]+$/.test(part) || /^0x[0-9a-f/x]+$/i.test(part);
      return isPlain || isRate || isFormatWord(part) ? part : anyWord(part, pseudonyms);
    })
    .join(",");
}

const chainOptions: ReadonlySet<string> = new Set([
  ...["-A", "-N", "-I", "-P", "-D", "-E", "-j", "-g", "--jump", "--goto"],
]);
const jumpOptions: ReadonlySet<string> = new Set(["-j", "-g", "--jump", "--goto"]);
const linkOptions: ReadonlySet<string> = new Set([
  ...["-i", "-o", "--in-interface", "--out-interface", "--physdev-in", "--physdev-out", "--oif"],
]);
const remarkOptions: ReadonlySet<string> = new Set([
  ...["--comment", "--log-prefix", "--nflog-prefix", "--ulog-prefix"],
]);
const nameOptions: ReadonlySet<string> = new Set([
  ...["--match-set", "--add-set", "--del-set", "--name", "--hashlimit-name", "--rname", "--path"],
  ...["--string", "--hex-string", "--uid-owner", "--gid-owner", "--label", "--nfacct-name"],
  ...["--bytecode", "--object-pinned", "--tls-host", "--map-set", "--domain", "--genre"],
]);
