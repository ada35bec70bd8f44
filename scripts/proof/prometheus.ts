import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { freePort } from "../../test/support/free-port.ts";

/** A series of an answer, with its last value. */
export interface Answer {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus of its own with a database of its own. */
export interface Prometheus {
  /** At a moment, in seconds since 1970; now without one. */
  query(expr: string, at?: number): Promise<readonly Answer[]>;
  /** Each second from a moment until now. */
  queryRange(expr: string, from: number): Promise<readonly Answer[]>;
  /** Anything else of its API, below /api/v1. */
  get(path: string): Promise<unknown>;
  end(): Promise<void>;
}

const sample = z.tuple([z.number(), z.string()]);
const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: sample.optional(),
        values: z.array(sample).optional(),
      }),
    ),
  }),
});

/** Starts one with a configuration; `past` are OpenMetrics lines that its database begins with. */
export async function startPrometheus(
  folder: string,
  { config, past = [] }: { readonly config: string; readonly past?: readonly string[] },
): Promise<Prometheus> {
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  if (past.length > 0) remember(folder, { data, past });
  writeFileSync(join(folder, "prometheus.yml"), config);
  const port = await freePort();
  const argv = [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn("prometheus", argv, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const exit = once(child, "exit");
  const api = `http://127.0.0.1:${port}/api/v1`;
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${api}${path}`);
    const body = await response.text();
    if (!response.ok) throw new Error(`Prometheus says to ${decodeURIComponent(path)}: ${body}`);
    const answer: unknown = JSON.parse(body);
    return answer;
  };
  const ask = async (path: string) =>
    answerSchema.parse(await get(path)).data.result.map(({ metric, value, values }) => ({
      labels: metric,
      value: Number((value ?? values?.at(-1))?.[1]),
    }));
  while ((await statusOf(`http://127.0.0.1:${port}/-/ready`)) !== 200) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended: ${log}`);
    await sleep(100);
  }
  return {
    query: (expr, at) =>
      ask(`/query?query=${encodeURIComponent(expr)}${at === undefined ? "" : `&time=${at}`}`),
    queryRange: (expr, from) =>
      ask(
        `/query_range?query=${encodeURIComponent(expr)}&start=${from}&end=${Date.now() / 1_000}&step=1`,
      ),
    get,
    async end() {
      child.kill("SIGTERM");
      await exit;
    },
  };
}

/** Writes samples of the past into the database, as blocks. */
function remember(
  folder: string,
  { data, past }: { readonly data: string; readonly past: readonly string[] },
): void {
  const file = join(folder, "past.om");
  writeFileSync(file, `${past.join("\n")}\n# EOF\n`);
  const argv = ["tsdb", "create-blocks-from", "openmetrics", file, data];
  const ran = spawnSync("promtool", argv, { encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`promtool could not write the past: ${ran.stderr}`);
}

async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url)).status;
  } catch {
    return 0;
  }
}
