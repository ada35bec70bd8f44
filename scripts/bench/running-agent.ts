import { setTimeout as sleep } from "node:timers/promises";
import type { AgentProcess } from "../../test/support/agent-process.ts";

/** One value of the agent's /metrics, the first of its family. */
export async function metricOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(text)?.[1];
  return value === undefined ? 0 : Number(value);
}

/** Lets the agent run until it has done so many runs, one after the other: a reload runs at once. */
export async function runsUntil(agent: AgentProcess, runs: number): Promise<void> {
  const patience = performance.now() + 300_000;
  for (let done = await finished(agent); done < runs; ) {
    if (done > 0) agent.child.kill("SIGHUP");
    const before = done;
    while (done === before) {
      if (performance.now() > patience) throw new Error(`the agent stays at ${done} runs`);
      await sleep(20);
      done = await finished(agent);
    }
  }
}

function finished({ url }: AgentProcess): Promise<number> {
  return metricOf(url, "docknet_runs_total");
}
