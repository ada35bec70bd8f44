import { type AgentParts, type RunningAgent, startAgent } from "../../src/agent/run-agent.ts";
import { noServiceManager } from "../../src/agent/service-manager.ts";
import { type Config, defaults } from "../../src/config/defaults.ts";
import { configKeys } from "../../src/config/keys.ts";
import type { ConfigOrigins, ConfigOutcome } from "../../src/config/load.ts";
import { aReport } from "./a-report.ts";

/** Settings of an agent that runs once at its start, and then not before the test is over. */
export function aConfig(change: Partial<Config> = {}): Config {
  return {
    ...defaults,
    web: {
      ...defaults.web,
      listenAddresses: [{ text: "127.0.0.1:0", host: "127.0.0.1", tcpPort: 0 }],
    },
    schedule: { kind: "cron", expression: "0 0 1 1 *" },
    jitterMs: 0,
    ...change,
  };
}

const origins: ConfigOrigins = Object.fromEntries(configKeys.map(({ key }) => [key, "a test"]));

export function loaded(config: Config): ConfigOutcome {
  return { ok: true, config, origins, written: {}, strangeVariables: [] };
}

/** A started agent of a test, with the lines that it logged. */
export interface AgentUnderTest extends RunningAgent {
  readonly url: string;
  readonly lines: readonly string[];
  get(path: string, init?: RequestInit): Promise<Response>;
  /** The values of the metrics, by series as it is written. */
  metrics(): Promise<Readonly<Record<string, number>>>;
}

/** Starts an agent with a run that ends at once in a healthy report; each argument changes one thing. */
export async function anAgent(parts: Partial<AgentParts> = {}): Promise<AgentUnderTest> {
  const lines: string[] = [];
  const started = await startAgent({
    loadConfig: async () => loaded(aConfig()),
    examine: async () => aReport(),
    commandReadings: () => ({}),
    swiftly: (work) => work(),
    writeLog: (line) => lines.push(line),
    serviceManager: noServiceManager,
    build: { version: "0.1.0", revision: "unknown", nodeVersion: "v24.21.0" },
    ...parts,
  });
  if (!started.ok) throw new Error(started.problems.join("\n"));
  const [url = ""] = started.agent.urls;
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${url}${path}`, init);
  return {
    ...started.agent,
    url,
    lines,
    get,
    async metrics() {
      const text = await (await get("/metrics")).text();
      const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      return Object.fromEntries(
        series.map((line) => {
          const end = line.lastIndexOf(" ");
          return [line.slice(0, end), Number(line.slice(end + 1))];
        }),
      );
    },
  };
}

/** A promise and the two ways to settle it. */
export const gate = <T>(): PromiseWithResolvers<T> => Promise.withResolvers<T>();
