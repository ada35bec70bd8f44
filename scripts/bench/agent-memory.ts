import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeBundle } from "../../src/host/bundle.ts";
import { type AgentProcess, startAgentProcess } from "../../test/support/agent-process.ts";
import { scaledRecording } from "../../test/support/scaled-recording.ts";
import type { Figure, Measurement } from "./measurement.ts";
import { processMemory } from "./process-cost.ts";
import { metricOf, runsUntil } from "./running-agent.ts";

const runs = 100;
const scrapes = 1_000;

/** The agent as a process, on a bundle of a large host; SIGHUP makes it run at once. */
export const agentMemory: Measurement = {
  id: "memory",
  title: `memory of the agent over ${runs} runs and ${scrapes} scrapes, 200 containers`,
  limitedBy: "V8's young generation: garbage of a run is collected late where memory is plenty",
  where: "anywhere",
  async measure(): Promise<readonly Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), "docknet-bench-"));
    const bundle = join(folder, "bundle/");
    const recording = await scaledRecording({ containers: 200, networks: 20 });
    const origin = {
      tool: { name: "docknet", version: "bench" },
      createdAt: "2026-01-01T00:00:00.000Z",
      redactions: [],
    };
    const failure = await writeBundle(bundle, { origin, recording });
    if (failure !== undefined) throw new Error(failure.message);
    const often = ["--schedule.every", "12h"];
    const agent = await startAgentProcess(["--bundle", bundle, ...often]);
    try {
      return await figures(agent);
    } finally {
      await agent.end("SIGTERM");
      rmSync(folder, { recursive: true });
    }
  },
};

async function figures(agent: AgentProcess): Promise<readonly Figure[]> {
  const pid = agent.child.pid ?? 0;
  await runsUntil(agent, 1);
  const atFirst = processMemory(pid).nowMiB;
  await runsUntil(agent, runs / 2);
  const half = processMemory(pid).nowMiB;
  await runsUntil(agent, runs);
  const afterRuns = processMemory(pid).nowMiB;
  const cpuBefore = await metricOf(agent.url, "process_cpu_seconds_total");
  for (let at = 0; at < scrapes; at += 1) await (await fetch(`${agent.url}/metrics`)).text();
  const afterScrapes = processMemory(pid);
  await runsUntil(agent, runs + 1);
  const cpuAfter = await metricOf(agent.url, "process_cpu_seconds_total");
  const run = await metricOf(agent.url, "docknet_runs_total");
  if (run < runs) throw new Error(`only ${run} runs`);
  const text = await (await fetch(`${agent.url}/metrics`)).text();
  return [
    mebibytes("memory.firstMiB", "resident after the first run", atFirst),
    mebibytes("memory.halfMiB", `after ${runs / 2} runs`, half),
    mebibytes("memory.runsMiB", `after ${runs} runs`, afterRuns),
    mebibytes("memory.scrapesMiB", `and ${scrapes} scrapes`, afterScrapes.nowMiB),
    mebibytes("memory.peakMiB", "the most in between", afterScrapes.peakMiB),
    {
      key: "memory.growthPerRunKiB",
      title: "growth per run in the second half",
      value: ((afterRuns - half) / (runs / 2)) * 1_024,
      unit: "KiB",
    },
    {
      key: "memory.scrapeUs",
      title: "CPU time of a scrape, with a run's share",
      value: ((cpuAfter - cpuBefore) / scrapes) * 1_000_000,
      unit: "us",
    },
    {
      key: "memory.expositionKiB",
      title: "text of /metrics",
      value: text.length / 1_024,
      unit: "KiB",
    },
  ];
}

function mebibytes(key: string, title: string, value: number): Figure {
  return { key, title, value, unit: "MiB" };
}
