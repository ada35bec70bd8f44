import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { type LabHost, onHost } from "./lab-host.ts";
import type { CommandResult } from "./run-command.ts";

const projectFolder = join(import.meta.dirname, "..", "..", "..");

/** Runs docknet on a host, unchanged, from this source tree. */
export function docknetOn(host: LabHost, args: readonly string[]): Promise<CommandResult> {
  const cli = join(projectFolder, "src", "cli.ts");
  return onHost(host, [process.execPath, cli, ...args], { timeoutMs: 120_000 });
}

/** Folder of a recording in the source tree: `test/recordings/NAME`. */
export function recordingFolder(name: string): string {
  return join(projectFolder, "test", "recordings", name);
}

/** Keeps what docknet observes on a host now; gives the folder. */
export async function saveRecording(
  host: LabHost,
  name: string,
  folder = recordingFolder(name),
): Promise<string> {
  mkdirSync(dirname(folder), { recursive: true });
  // The slash asks for an unpacked bundle.
  const result = await docknetOn(host, ["snapshot", "-o", `${folder}/`]);
  if (result.code === 0) return folder;
  throw new Error(`${host.name}: no recording ${name}: ${result.stderr}`);
}
