import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { version as current } from "../src/cli/version.ts";
import { nextVersion } from "./release/next-version.ts";
import { changelogSection, releasedChangelog } from "./release/released-changelog.ts";
import { versionedFiles, withVersion } from "./release/with-version.ts";
import { outliveSignals, runProgram } from "./run-program.ts";

const usage = `usage: npm run release -- major|minor|patch|X.Y.Z [--dry-run]
       npm run release -- notes X.Y.Z

  Checks that the checkout is clean and passes \`npm run qa\`, writes the new version and the day into the files that name it, commits
  and tags. Nothing is pushed: the tag does the rest once it is.

  --dry-run   says what would be written; checks and writes nothing
  notes       prints what the changelog says of a version
`;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
outliveSignals();
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [bump, ...rest] = args;
  if (bump === undefined || bump === "--help") return complain(usage, 64);
  if (bump === "notes") return notes(rest[0] ?? "");
  const isDry = rest.includes("--dry-run");
  const next = nextVersion(current, bump);
  if (!next.ok) return complain(`${next.reason}\n${usage}`, 64);
  const { version } = next;
  const written = newTexts(version);
  if (typeof written === "string") return complain(`${written}\n`, 1);
  if (isDry) {
    const news = changelogSection(written.get("CHANGELOG.md") ?? "", version) ?? "";
    say(`docknet ${version} (after ${current}) would change ${[...written.keys()].join(", ")}`);
    say(`and be tagged v${version}, with these notes:\n\n${news}`);
    return 0;
  }
  const obstacle = whatIsInTheWay(version);
  if (obstacle !== undefined) return complain(`${obstacle}\n`, 1);
  const checked = await runProgram([process.execPath, "scripts/bootstrap.mjs", "qa"]);
  if (checked !== 0) return complain("npm run qa fails: nothing was written\n", 1);
  for (const [path, text] of written) writeFileSync(path, text);
  const steps = [
    ["git", "add", ...written.keys()],
    ["git", "commit", "--quiet", "--message", `release: docknet ${version}`],
    ["git", "tag", "--annotate", `v${version}`, "--message", `docknet ${version}`],
  ] as const;
  for (const step of steps) {
    if ((await runProgram(step)) !== 0) return complain(`${step.join(" ")} failed\n`, 1);
  }
  say(`docknet ${version} is committed and tagged; now: git push --follow-tags`);
  return 0;
}

/** Every file that changes, with its new text; an explanation where one cannot. */
function newTexts(version: string): ReadonlyMap<string, string> | string {
  const texts = new Map<string, string>();
  const date = new Date().toISOString().slice(0, 10);
  const changelog = releasedChangelog(readFileSync("CHANGELOG.md", "utf8"), { version, date });
  if (!changelog.ok) return changelog.reason;
  texts.set("CHANGELOG.md", changelog.text);
  for (const { path, places } of versionedFiles) {
    const text = withVersion(readFileSync(path, "utf8"), { places, version });
    if (text === undefined) return `${path}: the version is not where it used to be`;
    texts.set(path, text);
  }
  return texts;
}

function whatIsInTheWay(version: string): string | undefined {
  if (git("status", "--porcelain") !== "") return "the checkout has changes: commit them first";
  const branch = git("branch", "--show-current");
  if (branch !== "main") return `releases are made on main, not on "${branch}"`;
  if (git("tag", "--list", `v${version}`) !== "") return `there is a tag v${version} already`;
  return undefined;
}

function notes(version: string): number {
  const section = changelogSection(readFileSync("CHANGELOG.md", "utf8"), version);
  if (section === undefined) return complain(`CHANGELOG.md has no section for "${version}"\n`, 1);
  say(section);
  return 0;
}

function git(...args: readonly string[]): string {
  return spawnSync("git", args, { encoding: "utf8" }).stdout.trim();
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string, exitCode: number): number {
  process.stderr.write(text);
  return exitCode;
}
