import { spawn } from "node:child_process";
import { programPath } from "./program-path.ts";

/** What a program said and how it ended. */
export interface CommandResult {
  /** Exit code; 124 after the timeout, 128 when a signal ended the program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program and its arguments; no shell is involved. */
export type Argv = readonly [program: string, ...args: string[]];

export interface CommandOptions {
  readonly input?: string;
  /** The program gets SIGKILL after this many milliseconds. */
  readonly timeoutMs?: number;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const defaultTimeoutMs = 60_000;

/** Runs a program to its end. A non-zero exit code is an answer, not an error. */
export function runCommand(argv: Argv, options: CommandOptions = {}): Promise<CommandResult> {
  const [program, ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, PATH: programPath(), ...options.env },
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, options.timeoutMs ?? defaultTimeoutMs);
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => undefined); // a program may end before it has read its input
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({
        code: timedOut ? 124 : (code ?? 128),
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
    child.stdin.end(options.input ?? "");
  });
}

/** As `runCommand`, for steps of the lab itself, which must succeed. Gives stdout. */
export async function mustRun(argv: Argv, options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(argv, options);
  if (result.code === 0) return result.stdout;
  const said = result.stderr.trim() || result.stdout.trim();
  throw new Error(`"${argv.join(" ")}" ended with ${result.code}: ${said}`);
}
