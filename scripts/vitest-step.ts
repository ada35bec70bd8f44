import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "./run-program.ts";
import { nothing, type Tally, tallyLine, vitestTally } from "./test-tally.ts";

export interface Step {
  readonly name: string;
  readonly tally: Tally;
  /** Why something was skipped or failed, for the list at the end. */
  readonly note?: string;
}

/** What `npm run lab -- GROUP` takes, with what each is. `npm test` runs the first. */
export const labGroups = {
  lab: "real Docker daemons on hosts made of namespaces; part of npm test",
  production: "service, packages, container image: minutes each, not part of npm test",
} as const;

export type LabGroup = keyof typeof labGroups;

/** A project of `vitest.config.ts`. */
export type VitestProject = "unit" | LabGroup;

/** Node reads the configuration itself: a checkout that cannot be written needs no bundle of it. */
const asIs = ["--configLoader", "native"] as const;

export interface VitestRun {
  readonly project: VitestProject;
  readonly reporter: "default" | "verbose";
  /** Parts of files' names; all files without one. */
  readonly filters?: readonly string[];
}

/** Runs the tests of a project and counts them. */
export async function vitestStep(run: VitestRun): Promise<Step> {
  const { project, reporter, filters = [] } = run;
  title(`tests: ${project}`);
  const directory = mkdtempSync(join(tmpdir(), "docknet-test-"));
  const file = join(directory, "report.json");
  const reporters = [`--reporter=${reporter}`, "--reporter=json", `--outputFile.json=${file}`];
  try {
    const argv = ["vitest", "run", ...asIs, "--project", project] as const;
    const exitCode = await runProgram([...argv, ...reporters, ...filters]);
    const report = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    return { name: `tests: ${project}`, tally: vitestTally(report, exitCode) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Names what does not run, and counts each of its tests as skipped. */
export function leftOutStep(project: VitestProject, reason: string): Step {
  title(`tests: ${project}, skipped`);
  const names = testNames(project);
  process.stdout.write(`${[reason, ...names.map((name) => `- ${name}`)].join("\n")}\n`);
  const tally = { ...nothing, skipped: Math.max(names.length, 1) };
  return { name: `tests: ${project}`, tally, note: reason };
}

/** Every test of a project by its full name; none when vitest cannot load one of its files. */
export function testNames(project: VitestProject): readonly string[] {
  const argv = ["list", ...asIs, "--project", project, "--json"];
  const listed = spawnSync("vitest", argv, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (listed.status !== 0) return [];
  const tests: readonly { readonly name: string }[] = JSON.parse(listed.stdout);
  return tests.map(({ name }) => name);
}

/** A step's line in the summary. */
export function stepLine({ name, tally, note }: Step): string {
  const reason = note === undefined ? "" : ` (${note})`;
  return `${mark(tally)} ${name}: ${tallyLine(tally)}${reason}`;
}

export function title(text: string): void {
  process.stdout.write(`\n== ${text}\n`);
}

function mark(tally: Tally): string {
  if (tally.failed > 0) return "✗";
  return tally.passed > 0 ? "✓" : "–";
}
