import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { installLabPackages, missingLabPackages } from "./debian-packages.ts";
import { missingForLab } from "./missing-for-lab.ts";
import { interruptedBy, outliveSignals, runProgram } from "./run-program.ts";
import { stepTally, sum, tallyLine } from "./test-tally.ts";
import { leftOutStep, type Step, stepLine, title, vitestStep } from "./vitest-step.ts";

const usage = `usage: npm test [-- --no-lab | --lab-only]

  --no-lab     leave the lab out (real Docker daemons in network namespaces; needs root)
  --lab-only   only the lab
`;

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
outliveSignals();
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--no-lab" && arg !== "--lab-only");
  if (unknown !== undefined) {
    process.stderr.write(`unknown argument "${unknown}"\n${usage}`);
    return 64;
  }
  const only = process.env["DOCKNET_TEST_ONLY"];
  const withLab = !args.includes("--no-lab") && only !== "unit";
  const withRest = !args.includes("--lab-only") && only !== "lab";

  const steps: Step[] = [];
  if (withLab) steps.push(...(await packagesStep()));
  if (withRest) steps.push(...(await repositorySteps()));
  steps.push(withLab ? await labStep() : leftOutStep("lab", "it was left out on request"));
  return finish(steps);
}

async function packagesStep(): Promise<readonly Step[]> {
  if (process.getuid?.() !== 0 || missingLabPackages().length === 0) return [];
  title("Debian packages for the lab (no service is started or enabled)");
  const installation = await installLabPackages();
  if (installation.status === "complete") return [];
  if (installation.status === "failed") {
    return [{ name: "packages", tally: stepTally(1), note: installation.reason }];
  }
  const packages = installation.packages.join(" ");
  const note = `installed ${packages}; to undo: apt-get purge --autoremove ${packages}`;
  return [{ name: "packages", tally: stepTally(0), note }];
}

async function repositorySteps(): Promise<readonly Step[]> {
  const node = process.execPath;
  const colours = process.stdout.isTTY ? [] : ["--colors=off"];
  const steps = [
    await programStep("format and lint (biome)", ["biome", "ci", ...colours, "."]),
    await programStep("types (tsc)", ["tsc", "--noEmit", "-p", "."]),
  ];
  if (existsSync("scripts/docs.ts")) {
    steps.push(await programStep("docs are fresh", [node, "scripts/docs.ts", "--check"]));
  }
  steps.push(await vitestStep({ project: "unit", reporter: "default" }));
  return steps;
}

async function programStep(name: string, argv: readonly [string, ...string[]]): Promise<Step> {
  title(name);
  return { name, tally: stepTally(await runProgram(argv)) };
}

async function labStep(): Promise<Step> {
  const missing = missingForLab();
  if (missing.length === 0) return vitestStep({ project: "lab", reporter: "verbose" });
  return leftOutStep("lab", missing.join("; "));
}

function finish(steps: readonly Step[]): number {
  const tally = sum(steps.map((step) => step.tally));
  const signal = interruptedBy();
  title("Summary");
  for (const step of steps) process.stdout.write(`${stepLine(step)}\n`);
  if (signal !== undefined) process.stdout.write(`ended early by ${signal}\n`);
  process.stdout.write(`${tallyLine(tally)}\n`);
  if (signal !== undefined) return 130;
  return tally.failed === 0 ? 0 : 1;
}
