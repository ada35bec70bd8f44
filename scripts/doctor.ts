import { fileURLToPath } from "node:url";

/** What `docknet doctor` says with its exit code once it has printed a report. */
const meanings: Readonly<Record<number, string>> = {
  0: "nothing to report",
  1: "a warning",
  2: "a critical finding",
  3: "nothing found, but some checks could not look",
};

const args = process.argv.slice(2);
const cli = new URL("../src/cli.ts", import.meta.url);
process.argv = [process.execPath, fileURLToPath(cli), "doctor", ...args];
try {
  await import(cli.href);
  process.on("exit", sayExitCode);
} catch (error) {
  // No report was printed, and Node's own code for this would read as "a warning".
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 70;
}

function sayExitCode(code: number): void {
  const meaning = meanings[code];
  if (meaning === undefined || args.includes("--help") || args.includes("-h")) return;
  // Standard output stays one JSON document where JSON was asked for.
  const stream = args.join(" ").includes("json") ? process.stderr : process.stdout;
  stream.write(`\`docknet doctor\` itself ends with exit code ${code}: ${meaning}\n`);
  process.exitCode = 0;
}
