import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishHttp, runContainer } from "../../test/lab/support/containers.ts";
import { openLab } from "../../test/lab/support/lab.ts";
import { type LabHost, onHost } from "../../test/lab/support/lab-host.ts";
import { createNetwork } from "../../test/lab/support/networks.ts";
import { startEngineHost, startLan } from "../../test/lab/support/standard-host.ts";
import type { Course, CoursePlan } from "./agent/course.ts";
import { courseFigures } from "./agent/course-figures.ts";
import { packagedAgent } from "./agent/packaged-agent.ts";
import { percentile } from "./agent/trend.ts";
import type { Figure, Measurement } from "./measurement.ts";

const containers = 100;
const networks = 10;
const script = join(import.meta.dirname, "agent/on-host.ts");

interface ExporterCost {
  readonly msPerScrape: number;
  readonly residentMiB: number;
  readonly series: number;
  readonly scrapeMs: readonly number[];
}

/** The executable at work on a host with real containers, beside Debian's node exporter. */
export const labAgent: Measurement = {
  id: "agent",
  title: `the packaged agent on a real host with ${containers} containers on ${networks} networks`,
  limitedBy:
    "forking fourteen processes, a thousand small tables of /proc, and the collector of garbage",
  where: "lab",
  async measure(): Promise<readonly Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), "docknet-bench-"));
    const lab = await openLab();
    try {
      const executable = await packagedAgent(folder);
      const host = await startEngineHost(await startLan(lab), { name: "busy", number: 1 });
      await startContainers(host);
      const plan: CoursePlan = {
        argv: [executable],
        warmUpRuns: 15,
        runs: Number(process.env["DOCKNET_BENCH_RUNS"] ?? 120),
        every: 5,
        quietMs: 15_000,
      };
      const course = await onTheHost<Course>(host, ["agent", JSON.stringify(plan)]);
      const exporter = await onTheHost<ExporterCost>(host, ["exporter"]);
      return [...courseFigures("agent", course), ...exporterFigures(exporter)];
    } finally {
      await lab.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function onTheHost<T>(host: LabHost, args: readonly string[]): Promise<T> {
  const argv = [process.execPath, script, ...args] as const;
  const { code, stdout, stderr } = await onHost(host, argv, { timeoutMs: 1_200_000 });
  if (code !== 0) throw new Error(stderr);
  const cost: T = JSON.parse(stdout);
  return cost;
}

function exporterFigures(exporter: ExporterCost): readonly Figure[] {
  const of = "prometheus-node-exporter:";
  const { msPerScrape, residentMiB, series, scrapeMs } = exporter;
  return [
    {
      key: "exporter.msPerMinute",
      title: `${of} CPU time of four scrapes`,
      value: 4 * msPerScrape,
      unit: "ms",
    },
    {
      key: "exporter.residentMiB",
      title: `${of} resident memory`,
      value: residentMiB,
      unit: "MiB",
    },
    { key: "exporter.series", title: `${of} series`, value: series, unit: "count" },
    {
      key: "exporter.scrapeP99Ms",
      title: `${of} a scrape, p99`,
      value: percentile(scrapeMs, 0.99),
      unit: "ms",
    },
  ];
}

async function startContainers(host: LabHost): Promise<void> {
  for (let at = 0; at < networks; at += 1) {
    await createNetwork(host, { name: `net${at}`, driver: "bridge" });
  }
  for (let from = 0; from < containers; from += 4) {
    await Promise.all(
      [from, from + 1, from + 2, from + 3].map((at) =>
        runContainer(host, {
          name: `web${at}`,
          network: `net${at % networks}`,
          ports: [publishHttp(10_000 + at)],
        }),
      ),
    );
  }
}
