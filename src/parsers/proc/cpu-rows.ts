import { unparsable } from "../../model/failure.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { fieldsOf, type Line, linesOf, quoted } from "../support/lines.ts";

/** Numbers by the name of their column. */
export type NumbersByName = Readonly<Record<string, number>>;

/**
 * A file of /proc/net/stat: a line with the names of the columns, then a row of hexadecimal numbers for each possible CPU, in their
 * order. Kernels differ in the columns, so they go by name.
 */
export function parseCpuRows(text: string, column: string): Parsed<readonly NumbersByName[]> {
  const [header, ...lines] = linesOf(text);
  if (header === undefined) return { ok: false, failure: unparsable("the answer is empty") };
  const columns = fieldsOf(header.text);
  if (!columns.includes(column) || new Set(columns).size !== columns.length) {
    return oddRow(header, `the names of columns, ${column} among them,`);
  }
  const rows: NumbersByName[] = [];
  for (const line of lines) {
    const row = rowOf(line, columns);
    if (row === undefined) return oddRow(line, "the counters of a CPU");
    rows.push(row);
  }
  return parsed(rows);
}

/** The failure that names a line. */
export function oddRow(line: Line, expected: string): Parsed<never> {
  const message = `line ${line.number}: found ${quoted(line.text)} where ${expected} should stand`;
  return { ok: false, failure: unparsable(message, line.number) };
}

/** Eight digits or more of a hexadecimal number; nothing else. */
export function hexNumbers(words: readonly string[]): readonly number[] | undefined {
  const numbers = words.map((word) =>
    /^[0-9a-f]{1,12}$/i.test(word) ? Number.parseInt(word, 16) : Number.NaN,
  );
  return numbers.some(Number.isNaN) ? undefined : numbers;
}

function rowOf(line: Line, columns: readonly string[]): NumbersByName | undefined {
  const numbers = hexNumbers(fieldsOf(line.text));
  if (numbers?.length !== columns.length) return undefined;
  return Object.fromEntries(columns.map((name, index) => [name, numbers[index] ?? 0]));
}
