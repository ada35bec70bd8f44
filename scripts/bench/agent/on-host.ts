import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { processCpu, processMemory } from "../process-cost.ts";
import { runCourse } from "./course.ts";

// Runs on a host of the lab, in its namespaces: prints what a program cost there as JSON.
const [what = "", plan = "{}"] = process.argv.slice(2);
process.stdout.write(
  JSON.stringify(what === "exporter" ? await exporterCost() : await runCourse(JSON.parse(plan))),
);

/** What prometheus-node-exporter of Debian takes for as many scrapes as an hour has. */
async function exporterCost() {
  const url = "http://127.0.0.1:9100/metrics";
  const child = spawn("prometheus-node-exporter", ["--web.listen-address=127.0.0.1:9100"], {
    stdio: "ignore",
  });
  const exit = once(child, "exit");
  const pid = child.pid ?? 0;
  try {
    for (let at = 0; at < 100; at += 1) {
      const isThere = await fetch(url).then(
        () => true,
        () => false,
      );
      if (isThere) break;
      await sleep(100);
    }
    const scrapes = 240;
    const before = processCpu(pid).ownMs;
    const scrapeMs: number[] = [];
    for (let at = 0; at < scrapes; at += 1) {
      const since = performance.now();
      await (await fetch(url)).arrayBuffer();
      scrapeMs.push(performance.now() - since);
    }
    const text = await (await fetch(url)).text();
    return {
      msPerScrape: (processCpu(pid).ownMs - before) / scrapes,
      residentMiB: processMemory(pid).nowMiB,
      series: text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length,
      scrapeMs,
    };
  } finally {
    child.kill("SIGTERM");
    await exit;
  }
}
