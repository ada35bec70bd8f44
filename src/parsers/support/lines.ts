/** A line of an output with its number, counted from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Lines that hold anything but white space, without their line ends. CRLF counts as one. */
export function linesOf(text: string): readonly Line[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, text: line }))
    .filter((line) => line.text.trim() !== "");
}

/** White space at both ends cut off, then split at runs of it. */
export function fieldsOf(line: string): readonly string[] {
  return line.trim().split(/\s+/);
}

/** Quotes a piece of an output for a message: control characters escaped, and short. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short);
}
