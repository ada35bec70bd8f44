import { readFileSync } from "node:fs";
import { join } from "node:path";
import { documentedCommands } from "../../../../scripts/docs/documented-commands.ts";

const root = join(import.meta.dirname, "..", "..", "..", "..");

/** Every command of a page, as the page has it. */
export function documentedCommandsOf(page: string): readonly string[] {
  return documentedCommands(readFileSync(join(root, page), "utf8"));
}

/** The one command of a page that starts with these words, as the page has it. */
export function documentedCommand(page: string, start: string): string {
  const found = documentedCommandsOf(page).filter((command) => command.startsWith(start));
  const [only, more] = found;
  if (only === undefined || more !== undefined) {
    throw new Error(`${page}: ${found.length} commands start with "${start}"`);
  }
  return only;
}
