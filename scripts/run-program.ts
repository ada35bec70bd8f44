import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

let current: ChildProcess | undefined;
let interruption: NodeJS.Signals | undefined;

/** The signal that asked this script to end, if one came. */
export function interruptedBy(): NodeJS.Signals | undefined {
  return interruption;
}

/**
 * From here on a signal ends the running program, not this script, so that both clean up. Ctrl-C
 * reaches the program from the terminal; it is not sent a second time.
 */
export function outliveSignals(): void {
  for (const signal of signals) {
    process.on(signal, () => {
      interruption ??= signal;
      if (signal !== "SIGINT") current?.kill(signal);
    });
  }
}

/** Runs a program with this script's streams; the exit code, 127 when it does not start. */
export async function runProgram(
  argv: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  if (interruption !== undefined) return 130;
  const [program, ...args] = argv;
  const child = spawn(program, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...colourChoice(), ...process.env, ...environment },
  });
  current = child;
  const exitCode = await new Promise<number>((resolve) => {
    child.on("error", () => resolve(127));
    child.on("exit", (code) => resolve(code ?? 130));
  });
  current = undefined;
  return exitCode;
}

/** Our tools colour their words in a pipe too, unless they are told. */
function colourChoice(): Readonly<Record<string, string>> {
  return process.stdout.isTTY || process.env["FORCE_COLOR"] !== undefined ? {} : { NO_COLOR: "1" };
}

/** Whether a program says yes (exit 0) without a word to anyone. */
export function succeeds(argv: readonly [string, ...string[]]): boolean {
  const [program, ...args] = argv;
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Whether a program is in PATH, or where an ordinary user's PATH does not look. */
export function hasProgram(program: string): boolean {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return directories.some((directory) => isExecutable(join(directory, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
