import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** `docknet agent` as a process of its own. */
export interface AgentProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything that it wrote to stderr so far. */
  log(): string;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<{ readonly exitCode: number | null; readonly ms: number }>;
}

const cli = join(import.meta.dirname, "..", "..", "src", "cli.ts");

/** Starts the agent on a port of the kernel's choice, and waits until it listens. */
export async function startAgentProcess(args: readonly string[]): Promise<AgentProcess> {
  const env = { PATH: process.env["PATH"] ?? "", DOCKNET_WEB_LISTEN_ADDRESSES: "127.0.0.1:0" };
  const child = spawn(process.execPath, [cli, "agent", ...args], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exit = once(child, "exit");
  let log = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      const found = /msg="docknet agent started".* urls=(\S+)/.exec(log);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    exit.then(() => reject(new Error(`the agent ended: ${log}`)), reject);
  });
  return {
    url,
    child,
    log: () => log,
    async end(signal) {
      const since = performance.now();
      child.kill(signal);
      await exit;
      return { exitCode: child.exitCode, ms: performance.now() - since };
    },
  };
}
