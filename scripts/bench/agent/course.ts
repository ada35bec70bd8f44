import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type ProcessCpu, processCpu, processMemory } from "../process-cost.ts";

/** What an agent is to do: runs back to back, and scrapes in proportion: a run each minute, a scrape each 15 s. */
export interface CoursePlan {
  readonly argv: readonly [string, ...string[]];
  readonly warmUpRuns: number;
  readonly runs: number;
  /** Memory is looked at every so many runs. */
  readonly every: number;
  /** Quiet at the end, in milliseconds: what lies between two runs of a minute. */
  readonly quietMs: number;
}

/** What it took. CPU times are per run, with its four scrapes. */
export interface Course {
  readonly ownMs: number;
  readonly commandsMs: number;
  readonly runMs: readonly number[];
  readonly scrapeMs: readonly number[];
  /** Resident memory after so many runs, from the end of the warm-up on. */
  readonly memory: readonly (readonly [run: number, mebibytes: number])[];
  readonly quietMiB: number;
  readonly peakMiB: number;
  readonly series: number;
}

const scrapesPerRun = 4;

/** Starts the agent, lets it do all that, and ends it. */
export async function runCourse(plan: CoursePlan): Promise<Course> {
  const agent = await started(plan.argv);
  try {
    return await course(agent, plan);
  } finally {
    agent.child.kill("SIGTERM");
    await agent.exit;
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly exit: Promise<unknown>;
  readonly url: string;
  /** How many runs have ended. */
  ended(): number;
}

async function started([program, ...args]: CoursePlan["argv"]): Promise<Started> {
  const settings = ["--schedule.every", "12h", "--log.level", "debug"];
  const child = spawn(
    program,
    ["agent", ...args, ...settings, "--web.listen-address", "127.0.0.1:0"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const exit = once(child, "exit");
  let runs = 0;
  let last = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const lines = `${last}${text}`.split("\n");
      last = lines.pop() ?? "";
      runs += lines.filter((line) => line.includes('msg="run ended"')).length;
      const found = lines.flatMap((line) => / urls=(\S+)/.exec(line)?.[1] ?? [])[0];
      if (found !== undefined) resolve(found);
    });
    exit.then(() => reject(new Error(`the agent ended: ${last}`)), reject);
  });
  return { child, exit, url, ended: () => runs };
}

async function course(agent: Started, plan: CoursePlan): Promise<Course> {
  const pid = agent.child.pid ?? 0;
  const runMs: number[] = [];
  const scrapeMs: number[] = [];
  const memory: (readonly [number, number])[] = [];
  await runEnds(agent, 1);
  for (let at = 2; at <= plan.warmUpRuns; at += 1) await oneRun(agent, at);
  const before = processCpu(pid);
  for (let at = 1; at <= plan.runs; at += 1) {
    runMs.push(await oneRun(agent, plan.warmUpRuns + at));
    for (let scrape = 0; scrape < scrapesPerRun; scrape += 1) scrapeMs.push(await scraped(agent));
    if (at % plan.every === 0) memory.push([at, processMemory(pid).nowMiB]);
  }
  const after: ProcessCpu = processCpu(pid);
  await sleep(plan.quietMs);
  const { nowMiB, peakMiB } = processMemory(pid);
  const text = await (await fetch(`${agent.url}/metrics`)).text();
  return {
    ownMs: (after.ownMs - before.ownMs) / plan.runs,
    commandsMs: (after.childrenMs - before.childrenMs) / plan.runs,
    runMs,
    scrapeMs,
    memory,
    quietMiB: nowMiB,
    peakMiB,
    series: text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length,
  };
}

/** A reload makes it run at once. Gives how long that took. */
async function oneRun(agent: Started, number: number): Promise<number> {
  const since = performance.now();
  agent.child.kill("SIGHUP");
  await runEnds(agent, number);
  const took = performance.now() - since;
  // What follows the end of a run: its report is rendered and published.
  await sleep(20);
  return took;
}

async function runEnds(agent: Started, number: number): Promise<void> {
  const patience = performance.now() + 60_000;
  while (agent.ended() < number) {
    if (performance.now() > patience) throw new Error(`run ${number} does not end`);
    await sleep(5);
  }
}

async function scraped({ url }: Started): Promise<number> {
  const since = performance.now();
  await (await fetch(`${url}/metrics`)).arrayBuffer();
  return performance.now() - since;
}
