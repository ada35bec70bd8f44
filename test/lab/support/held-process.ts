import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { programPath } from "./program-path.ts";
import type { Argv } from "./run-command.ts";
import { waitFor } from "./wait-for.ts";

/** A process that lives until it is ended, or until this process dies, however that happens. */
export interface HeldProcess {
  readonly pid: number;
}

export interface HoldOptions {
  readonly logPath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts `argv` and gives the first line that it prints. */
export async function holdProcess(
  argv: Argv,
  options: HoldOptions,
): Promise<HeldProcess & { readonly firstLine: string }> {
  const log = openSync(options.logPath, "a");
  // The kernel sends the signal of --pdeathsig when this thread ends, SIGKILL included.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...argv], {
    detached: true,
    stdio: ["ignore", "pipe", log],
    env: { ...process.env, PATH: programPath(), ...options.env },
  });
  closeSync(log);
  child.unref();
  const firstLine = await readFirstLine(child, options.logPath);
  return { pid: child.pid ?? 0, firstLine };
}

/** Kills and waits until the process is gone or a zombie: PID 1 may take seconds to reap it. */
export async function endHeldProcess(held: HeldProcess): Promise<void> {
  try {
    process.kill(held.pid, "SIGKILL");
  } catch {
    return;
  }
  await waitFor(() => (isAlive(held.pid) ? undefined : true), {
    what: `end of process ${held.pid}`,
    timeoutMs: 20_000,
    intervalMs: 10,
  });
}

/** True while the process runs; a zombie has ended. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^\d+ \(.*\) [ZX]/s.test(stat);
  } catch {
    return false;
  }
}

function readFirstLine(child: ChildProcess, logPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { stdout } = child;
    if (stdout === null) {
      reject(new Error("the process has no stdout"));
      return;
    }
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(new Error(`process ended with ${code} before it was ready: ${readFileSync(logPath)}`));
    });
    createInterface({ input: stdout }).once("line", (line) => {
      child.removeAllListeners("exit");
      stdout.destroy();
      resolve(line);
    });
  });
}
