import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { docsPages } from "./docs-pages.ts";

// Without a flag writes the generated pages; with --check says which are not fresh.
const root = new URL("../", import.meta.url);
const pages = docsPages(root);
process.chdir(fileURLToPath(root));

const stale = [...pages].filter(([path, text]) => textOf(path) !== text).map(([path]) => path);
const orphans = globSync("docs/checks/*.md").filter((path) => !pages.has(path));

if (process.argv.includes("--check")) {
  for (const path of stale) process.stderr.write(`${path} is not fresh\n`);
  for (const path of orphans) process.stderr.write(`${path} belongs to no check\n`);
  if (stale.length + orphans.length > 0) {
    process.stderr.write("run `npm run docs` and commit what it changes\n");
    process.exitCode = 1;
  }
} else {
  for (const path of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, pages.get(path) ?? "");
    process.stdout.write(`wrote ${path}\n`);
  }
  for (const path of orphans) {
    rmSync(path);
    process.stdout.write(`removed ${path}\n`);
  }
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
