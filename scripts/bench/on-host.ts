import { spawn } from "node:child_process";
import { once } from "node:events";
import { checks } from "../../src/checks/index.ts";
import { systemClock } from "../../src/cli/open-host.ts";
import { ask } from "../../src/collectors/ask.ts";
import { collectors } from "../../src/collectors/index.ts";
import { runPipeline } from "../../src/engine/pipeline.ts";
import { liveHost } from "../../src/host/live.ts";
import type { HostPort } from "../../src/host/port.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { processCpu } from "./process-cost.ts";

// Runs on a host of the lab, in its namespaces: prints what one thing cost there as JSON.
const live = liveHost({ dockerSocket: "/run/docker.sock", timeoutMs: 60_000, clock: systemClock });
const times = 5;
const save = ["iptables-nft-save", "-c"] as const;

process.stdout.write(
  JSON.stringify(process.argv[2] === "save" ? await saveCost() : await runCost()),
);

/** The command alone, and from its start to the model, in turn: shortest times by the clock. */
async function saveCost() {
  let aloneMs = Number.POSITIVE_INFINITY;
  let wholeMs = Number.POSITIVE_INFINITY;
  for (let at = 0; at < times; at += 1) {
    aloneMs = Math.min(aloneMs, await elapsed(runAlone));
    wholeMs = Math.min(wholeMs, await elapsed(readRules));
  }
  return { aloneMs, wholeMs };
}

async function runAlone(): Promise<void> {
  const [program, ...args] = save;
  const child = spawn(program, args, { stdio: "ignore" });
  await once(child, "exit");
}

async function readRules(): Promise<void> {
  const answer = await ask(live, { kind: "command", argv: save }, parseIptablesSave);
  if (!answer.ok) throw new Error(answer.failure.message);
}

/** One run as doctor does it, after one that warms up. */
async function runCost() {
  let processes = 0;
  const counting: HostPort = {
    observe(query) {
      if (query.kind === "command") processes += 1;
      return live.observe(query);
    },
  };
  const plan = { collectors, checks, suppressions: [], clock: systemClock, toolVersion: "bench" };
  await runPipeline(counting, plan);
  processes = 0;
  const before = processCpu("self");
  const since = performance.now();
  const report = await runPipeline(counting, plan);
  const after = processCpu("self");
  return {
    containers: report.readings.containersRunning ?? 0,
    sandboxes: report.coverage.sandboxes?.whole ?? 0,
    processes,
    wallMs: performance.now() - since,
    ownMs: after.ownMs - before.ownMs,
    commandsMs: after.childrenMs - before.childrenMs,
  };
}

async function elapsed(job: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await job();
  return performance.now() - since;
}
