import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { agentLong } from "./bench/agent-long.ts";
import { agentMemory } from "./bench/agent-memory.ts";
import { agentSeries } from "./bench/agent-series.ts";
import { labAgent } from "./bench/lab-agent.ts";
import { labCommands } from "./bench/lab-commands.ts";
import { crowdedRun, saveEndToEnd } from "./bench/lab-hosts.ts";
import type { Figure, Measurement } from "./bench/measurement.ts";
import { parseLines } from "./bench/parse-lines.ts";
import { parseRules } from "./bench/parse-rules.ts";
import { resultTable } from "./bench/result-table.ts";
import { startUp } from "./bench/start-up.ts";
import { walkPackets } from "./bench/walk-packets.ts";
import { walkSizes } from "./bench/walk-sizes.ts";
import { wholePipeline } from "./bench/whole-pipeline.ts";

const measurements: readonly Measurement[] = [
  parseRules,
  parseLines,
  walkPackets,
  walkSizes,
  wholePipeline,
  startUp,
  agentMemory,
  agentSeries,
  labCommands,
  labAgent,
  agentLong,
  saveEndToEnd,
  crowdedRun,
];
const usage = `usage: npm run bench -- [--lab] [--json] [--only ID]… [ID]…
  --lab    also measure real commands and the agent on hosts of the lab (root, Docker), and what takes long (half an hour)
  --json   print one JSON document
  ID       measure this alone; agent is agent-series too. There are: ${measurements.map(({ id }) => id).join(", ")}`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lab: { type: "boolean" },
    json: { type: "boolean" },
    only: { type: "string", multiple: true },
    /** Internal: measure this one here, in this process. */
    worker: { type: "string" },
    help: { type: "boolean" },
  },
});
const { worker } = values;
const only = [...(values.only ?? []), ...positionals];
// `agent` is the packaged agent on a real host and its scrapes; the long course of runs is asked for by its own name.
const isMeant = (id: string, name: string): boolean =>
  id === name || (name === "agent" && id === "agent-series");
const strange = only.filter((name) => !measurements.some(({ id }) => isMeant(id, name)));
if (values.help === true || strange.length > 0) {
  console.error(usage);
  process.exitCode = strange.length > 0 ? 64 : 0;
} else if (worker !== undefined) {
  const own = measurements.find(({ id }) => id === worker);
  // The last line: programs that a measurement runs may have written before.
  process.stdout.write(`\n${JSON.stringify((await own?.measure()) ?? [])}`);
} else {
  await measureAll();
}

async function measureAll(): Promise<void> {
  const chosen = measurements.filter(({ id, where }) =>
    only.length > 0
      ? only.some((name) => isMeant(id, name))
      : where === "anywhere" || values.lab === true,
  );
  const results: { readonly measurement: Measurement; readonly figures: readonly Figure[] }[] = [];
  for (const measurement of chosen) {
    process.stderr.write(`measuring ${measurement.title}\n`);
    results.push({ measurement, figures: await inOwnProcess(measurement) });
  }
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
  if (values.json === true) {
    const figures = results.flatMap((result) => result.figures);
    console.log(JSON.stringify({ machine, figures }, undefined, 2));
    return;
  }
  const { date, node, cores, memoryGiB } = machine;
  console.log(`${date}, Node ${node.slice(1)}, ${cores} cores, ${memoryGiB} GiB\n`);
  for (const { measurement, figures } of results) console.log(resultTable(measurement, figures));
}

/** A fresh process each: what one measurement leaves in the heap does not slow the next. */
async function inOwnProcess({ id }: Measurement): Promise<readonly Figure[]> {
  const argv = [...process.execArgv, import.meta.filename, "--worker", id];
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`measuring ${id} ended with ${code}`);
  const figures: readonly Figure[] = JSON.parse(text.slice(text.lastIndexOf("\n") + 1));
  return figures;
}
