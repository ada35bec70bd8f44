import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labCgroups, thawCgroups } from "./cgroups.ts";
import { endHeldProcess, type HeldProcess, holdProcess } from "./held-process.ts";
import { labPrerequisites } from "./prerequisites.ts";
import type { Argv } from "./run-command.ts";

/** A set of hosts on one switch. Nothing in it has a name outside its own namespaces. */
export interface Lab {
  /** Unique on this machine: `docknet-lab-<process id of the runner>-<suffix>`. */
  readonly id: string;
  /** Everything that the lab writes is below this folder, or in its cgroups. */
  readonly folder: string;
  /** Set in the environment of every process of the lab: how a leftover is recognised. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts a process that ends with the lab; gives its first line of output. */
  hold(argv: Argv, logName: string): Promise<HeldProcess & { readonly firstLine: string }>;
  /** Ends everything and removes every trace. Can be called twice. */
  close(): Promise<void>;
}

/** The variable that marks processes of a lab. */
export const labVariable = "DOCKNET_LAB";

const namePrefix = "docknet-lab-";

/** Opens an empty lab. Throws when `labPrerequisites` are not met. */
export async function openLab(): Promise<Lab> {
  const prerequisites = labPrerequisites();
  if (!prerequisites.ok) throw new Error(`no lab here: ${prerequisites.missing.join("; ")}`);
  const folder = mkdtempSync(join(tmpdir(), `${namePrefix}${process.pid}-`));
  const id = folder.slice(folder.lastIndexOf(namePrefix));
  const env = { [labVariable]: id };
  const janitor = startJanitor(id, folder);
  const held: HeldProcess[] = [];
  let closed: Promise<void> | undefined;
  const closeOnce = async () => {
    thawCgroups(id);
    await Promise.all(held.map(endHeldProcess));
    await janitor.dismiss();
  };
  return {
    id,
    folder,
    env,
    async hold(argv, logName) {
      const process = await holdProcess(argv, { logPath: join(folder, logName), env });
      held.push(process);
      return process;
    },
    close() {
      closed ??= closeOnce();
      return closed;
    },
  };
}

// The janitor lives in a session of its own and waits for the end of its stdin, so it cleans up
// after a runner that was killed as well as after one that closed its lab.
function startJanitor(id: string, folder: string) {
  const script = join(import.meta.dirname, "janitor.sh");
  const child = spawn("sh", [script, folder, ...labCgroups(id)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 128));
  });
  return {
    async dismiss() {
      child.stdin.end();
      const code = await ended;
      if (code !== 0) throw new Error(`the lab ${id} could not be removed: see ${folder}`);
    },
  };
}
