import { styleText } from "node:util";
import { escapeText } from "./escape.ts";

/** What a piece of text is for. Colour follows from it and never carries meaning alone. */
export type Tone = "plain" | "strong" | "quiet" | "good" | "note" | "warning" | "critical";

/** A piece of one line. Its text is escaped when it is printed, so a host's names never reach a terminal raw. */
export interface Span {
  readonly tone: Tone;
  readonly text: string;
}

export type Line = readonly Span[];

export interface Page {
  /** Width to wrap sentences at; commands and evidence are never wrapped. */
  readonly columns: number;
  readonly colour: "on" | "off";
  /** folded = passed, not applicable and symptoms are counted; all = they are listed. */
  readonly detail: "folded" | "all";
}

type StyleFormat = Parameters<typeof styleText>[0];

const formats: Readonly<Record<Tone, StyleFormat | undefined>> = {
  plain: undefined,
  strong: "bold",
  quiet: "dim",
  good: "green",
  note: "cyan",
  warning: "yellow",
  critical: ["red", "bold"],
};

export const emptyLine: Line = [];

export function span(tone: Tone, text: string): Span {
  return { tone, text };
}

export function plain(text: string): Line {
  return [span("plain", text)];
}

/** Sentences as lines of at most `columns - indent`, each after `indent` spaces. A word that is longer stays whole. */
export function paragraph(
  text: string,
  at: { readonly columns: number; readonly indent: number; readonly tone?: Tone },
): readonly Line[] {
  const margin = " ".repeat(at.indent);
  return wrap(text, at.columns - at.indent).map((line) => [
    span("plain", margin),
    span(at.tone ?? "plain", line),
  ]);
}

/** Breaks at spaces. Text is escaped first: what is measured is what is printed. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of escapeText(text).split(" ")) {
    const longer: string = line === undefined ? word : `${line} ${word}`;
    if (line === undefined || displayWidth(longer) <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line ?? ""];
}

/** Items on as few lines as fit, never broken inside an item. */
export function flow(
  items: readonly string[],
  at: { readonly columns: number; readonly separator: string },
): readonly string[] {
  const lines: string[] = [];
  for (const item of items.map(escapeText)) {
    const last = lines.at(-1);
    const longer = `${last ?? ""}${at.separator}${item}`;
    if (last === undefined || displayWidth(longer) > at.columns) lines.push(item);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

const wide =
  /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Extended_Pictographic}/u;

/** Columns that text takes: marks that combine take none, East Asian letters take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mn}|\p{Me}/u.test(character)) continue;
    width += character > "\u2e7f" && wide.test(character) ? 2 : 1;
  }
  return width;
}

/** The lines as text, each ended by a newline; nothing that a host said is printed raw. */
export function printed(lines: readonly Line[], colour: Page["colour"]): string {
  return lines.map((line) => `${printedLine(line, colour)}\n`).join("");
}

function printedLine(line: Line, colour: Page["colour"]): string {
  const pieces = line.map(({ tone, text }) => painted(tone, escapeText(text), colour));
  return pieces.join("").trimEnd();
}

function painted(tone: Tone, text: string, colour: Page["colour"]): string {
  const format = formats[tone];
  if (format === undefined || colour === "off" || text.trim() === "") return text;
  return styleText(format, text, { validateStream: false });
}

/** `1 check`, `2 checks`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
