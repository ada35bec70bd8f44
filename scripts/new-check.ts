import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { checkTestText, checkText, parsePlace, withCheck } from "./check-template.ts";

const registry = "src/checks/index.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const place = parsePlace(args[0]);
  if (typeof place === "string" || args.length > 1) {
    process.stderr.write(`usage: npm run new-check -- area/id\n${place}\n`);
    return 64;
  }
  const file = `src/checks/${place.area}/${place.id}.ts`;
  const test = `test/checks/${place.area}/${place.id}.test.ts`;
  const existing = [file, test].find((path) => existsSync(path));
  if (existing !== undefined) {
    process.stderr.write(`${existing} exists: a check is written once, and an id never reused\n`);
    return 1;
  }
  write(file, checkText(place));
  write(test, checkTestText(place));
  write(registry, withCheck(readFileSync(registry, "utf8"), place));
  spawnSync("biome", ["check", "--write", file, test, registry], { stdio: "ignore" });
  process.stdout.write("Next: fill in the check, write its tests, run `npm run docs`.\n");
  return 0;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  process.stdout.write(`wrote ${path}\n`);
}
