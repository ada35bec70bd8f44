import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { outliveSignals, runProgram } from "./run-program.ts";

// What a release has to pass; `npm test` adds the lab.
const node = process.execPath;
const steps: readonly (readonly [string, ...string[]])[] = [
  ["biome", "ci", "."],
  ["tsc", "--noEmit", "-p", "."],
  ...(existsSync(fileURLToPath(new URL("docs.ts", import.meta.url)))
    ? [[node, "scripts/docs.ts", "--check"] as const]
    : []),
  ["vitest", "run", "--project", "unit", "--coverage"],
  ["knip"],
  ["tsc", "-p", "tsconfig.build.json"],
  ["publint", "--strict"],
];

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
outliveSignals();
for (const step of steps) {
  process.stdout.write(`\n== ${step.join(" ")}\n`);
  const exitCode = await runProgram(step);
  if (exitCode !== 0) {
    process.exitCode = exitCode;
    break;
  }
}
