import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { aFailure, aFinding, aReport } from "../../test/support/a-report.ts";
import { aConfig, anAgent, loaded } from "../../test/support/an-agent.ts";
import { percentile } from "./agent/trend.ts";
import { type Figure, type Measurement, median } from "./measurement.ts";

/** Two series each, and some 240 of other families. */
const findings = 2_400;
const scrapes = 2_000;

/** Scrapes of an exposition that is ten times as long as that of a host with 100 containers. */
export const agentSeries: Measurement = {
  id: "agent-series",
  title: `${scrapes} scrapes of /metrics with 5,000 series, one after the other`,
  limitedBy: "HTTP itself: the text was rendered and compressed when the run ended",
  where: "anywhere",
  async measure(): Promise<readonly Figure[]> {
    const many = Array.from({ length: findings }, (_, at) =>
      aFinding({ fingerprint: `bench${at}`, subject: { kind: "sysctl", key: `bench.key${at}` } }),
    );
    const [first, ...rest] = many;
    if (first === undefined) throw new Error("no finding");
    const report = aReport({ outcomes: [aFailure([first, ...rest])] });
    const config = aConfig({ metrics: { maxFindings: findings, maxSeriesPerFamily: findings } });
    const agent = await anAgent({
      loadConfig: async () => loaded(config),
      examine: async () => report,
    });
    const seriesNow = async (): Promise<number> => {
      const lines = (await (await agent.get("/metrics")).text()).split("\n");
      return lines.filter((line) => line !== "" && !line.startsWith("#")).length;
    };
    while ((await seriesNow()) < findings) await sleep(100);
    const series = await seriesNow();
    const connection = new Agent({ keepAlive: true });
    const taken: number[] = [];
    for (let at = 0; at < scrapes; at += 1) taken.push(await scrapeMs(agent.url, connection));
    connection.destroy();
    await agent.stop();
    return [
      { key: "series.count", title: "series", value: series, unit: "count" },
      {
        key: "series.medianMs",
        title: "a scrape, compressed as Prometheus asks for it: median",
        value: median(taken),
        unit: "ms",
      },
      { key: "series.p99Ms", title: "p99", value: percentile(taken, 0.99), unit: "ms" },
    ];
  },
};

/** As Prometheus asks: over one connection, compressed. What it costs to unpack is not the agent's. */
function scrapeMs(url: string, agent: Agent): Promise<number> {
  const since = performance.now();
  return new Promise((resolve, reject) => {
    get(`${url}/metrics`, { agent, headers: { "accept-encoding": "gzip" } }, (response) => {
      response.resume();
      response.once("end", () => resolve(performance.now() - since));
    }).once("error", reject);
  });
}
