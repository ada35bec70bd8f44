import { fileURLToPath } from "node:url";
import {
  installLabPackages,
  labPackages,
  missingLabPackages,
  productionPackages,
} from "./debian-packages.ts";
import { missingForLab } from "./missing-for-lab.ts";
import { interruptedBy, outliveSignals } from "./run-program.ts";
import { tallyLine } from "./test-tally.ts";
import { type LabGroup, labGroups, leftOutStep, testNames, vitestStep } from "./vitest-step.ts";

const groupNames: readonly LabGroup[] = ["lab", "production"];

const usage = `usage: npm run lab [-- [GROUP] [FILE…] | --list]

  GROUP    one of these, the first when none is named
${groupNames.map((name) => `             ${name.padEnd(12)} ${labGroups[name]}`).join("\n")}
  FILE     part of the name of a test file; all of the group without one
  --list   names every test of every group and runs none
`;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
outliveSignals();
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) return say(usage);
  if (args.includes("--list")) return list();
  const [first = "lab", ...filters] = args;
  const group = groupNames.find((name) => name === first);
  if (group === undefined || filters.some((filter) => filter.startsWith("-"))) {
    process.stderr.write(`"${args.join(" ")}" names no group of the lab\n${usage}`);
    return 64;
  }
  const missing = await whatIsMissing(group);
  const step =
    missing.length === 0
      ? await vitestStep({ project: group, reporter: "verbose", filters })
      : leftOutStep(group, missing.join("; "));
  const signal = interruptedBy();
  if (signal !== undefined) say(`ended early by ${signal}\n`);
  say(`${tallyLine(step.tally)}\n`);
  if (signal !== undefined) return 130;
  return step.tally.failed === 0 && missing.length === 0 ? 0 : 1;
}

/** Installs the Debian packages that are missing, as `npm test` does, and says what still is. */
async function whatIsMissing(group: LabGroup): Promise<readonly string[]> {
  const wanted = group === "lab" ? labPackages : [...labPackages, ...productionPackages];
  if (process.getuid?.() === 0) {
    const installation = await installLabPackages(missingLabPackages(wanted));
    if (installation.status === "failed") return [installation.reason];
  }
  return missingForLab(wanted);
}

function list(): number {
  for (const group of groupNames) {
    say(
      `${group}\n${testNames(group)
        .map((name) => `  ${name}\n`)
        .join("")}`,
    );
  }
  return 0;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}
