import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Report } from "../../../src/model/finding.ts";
import { type LabHost, mustOnHost, onHost } from "./lab-host.ts";
import { inHostOf } from "./netns-exec.ts";
import { programPath } from "./program-path.ts";
import { waitFor } from "./wait-for.ts";

/** `docknet agent` on a host, unchanged, from this source tree. */
export interface LabAgent {
  readonly host: LabHost;
  /** Its process id as the host knows it. */
  readonly pid: number;
  readonly url: string;
  /** What it wrote to stderr so far. */
  log(): string;
  /** Sends a signal; nothing waits. */
  signal(name: "TERM" | "HUP"): Promise<void>;
  /** Ends it and gives its exit code and how long that took, in milliseconds. */
  stop(): Promise<{ readonly code: number; readonly tookMs: number }>;
}

const cli = join(import.meta.dirname, "..", "..", "..", "src", "cli.ts");

/** Starts the agent and waits until it has examined the host once. */
export async function startAgent(host: LabHost, args: readonly string[]): Promise<LabAgent> {
  const say = 'echo $$; exec "$@"';
  const argv = ["sh", "-c", say, "agent", process.execPath, cli, "agent", ...args] as const;
  const [program, ...rest] = inHostOf(host.pid, argv);
  const child = spawn(program, rest, {
    env: { ...process.env, PATH: programPath(), ...host.lab.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  let log = "";
  child.stderr.on("data", (text: Buffer) => {
    log += text.toString();
  });
  const [firstLine] = await once(child.stdout, "data");
  const pid = Number(String(firstLine));
  const signal = async (name: "TERM" | "HUP") => {
    await mustOnHost(host, ["kill", `-${name}`, String(pid)]);
  };
  const running = <T>(answer: T | undefined): T | undefined => {
    if (child.exitCode === null) return answer;
    throw new Error(`the agent ended with ${child.exitCode}: ${log}`);
  };
  const url = await waitFor(() => running(/ urls=(http[^\s,]+)/.exec(log)?.[1]), {
    what: "the agent serves",
    timeoutMs: 10_000,
  });
  const agent: LabAgent = {
    host,
    pid,
    url,
    log: () => log,
    signal,
    async stop() {
      const since = performance.now();
      await signal("TERM");
      const [code] = await exited;
      return { code: Number(code), tookMs: performance.now() - since };
    },
  };
  const isReady = async () => running(await fetchFrom(agent, "/-/ready"));
  await waitFor(isReady, { what: "the agent is ready", timeoutMs: 30_000 });
  return agent;
}

/** The body of a page of the agent, asked on its host; undefined where the answer is an error. */
export async function fetchFrom(
  { host, url }: LabAgent,
  path: string,
): Promise<string | undefined> {
  const argv = ["busybox", "wget", "-q", "-O", "-", `${url}${path}`] as const;
  const { code, stdout } = await onHost(host, argv);
  return code === 0 ? stdout : undefined;
}

/** The value of a series without labels in the agent's metrics. */
export async function metricOf(agent: LabAgent, name: string): Promise<number | undefined> {
  const text = (await fetchFrom(agent, "/metrics")) ?? "";
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}

/** Waits until the agent has ended so many runs since it started. */
export async function waitForRuns(agent: LabAgent, runs: number): Promise<void> {
  const enough = async () =>
    ((await metricOf(agent, "docknet_runs_total")) ?? 0) >= runs ? true : undefined;
  await waitFor(enough, { what: `${runs} runs of the agent`, timeoutMs: 90_000, intervalMs: 250 });
}

/** Lets the agent examine its host now, with everything that it remembers, and gives the report. */
export async function examinedBy(agent: LabAgent): Promise<Report> {
  const before = (await metricOf(agent, "docknet_runs_total")) ?? 0;
  await agent.signal("HUP");
  await waitForRuns(agent, before + 1);
  const text = await fetchFrom(agent, "/report");
  if (text === undefined) throw new Error(`no report: ${agent.log()}`);
  return JSON.parse(text);
}
