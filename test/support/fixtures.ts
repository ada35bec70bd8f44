import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A real output, and what a parser must make of it. */
export interface Fixture {
  /** `<distribution>-<version>--<case>`. */
  readonly name: string;
  readonly text: string;
  readonly expected: unknown;
}

const folder = join(import.meta.dirname, "../parsers/fixtures");

/** Every output under `test/parsers/fixtures/<parser>`: NAME.txt, with the expected value beside it in NAME.json. */
export function fixturesOf(parser: string): readonly Fixture[] {
  const files = globSync(join(folder, parser, "*.txt")).sort();
  if (files.length === 0) throw new Error(`no fixtures for ${parser}`);
  return files.map((file) => ({
    name: basename(file, ".txt"),
    text: readFileSync(file, "utf8"),
    expected: JSON.parse(readFileSync(file.replace(/\.txt$/, ".json"), "utf8")),
  }));
}

/** The text of one output. */
export function fixtureText(parser: string, name: string): string {
  return readFileSync(join(folder, parser, `${name}.txt`), "utf8");
}
