import { flag, type Series, series, single } from "./series.ts";
import { type WebReadings, webSeries } from "./web.ts";

/** What the agent knows of its own work. Times in seconds since 1970. */
export interface AgentReadings {
  readonly build: {
    readonly version: string;
    readonly revision: string;
    readonly nodeVersion: string;
  };
  readonly intervalSeconds: number;
  readonly configReloaded: boolean;
  readonly runs: number;
  readonly failedRuns: number;
  readonly skippedTicks: number;
  readonly lastRun?: { readonly endedAt: number; readonly durationSeconds: number };
  /** Failures by collector and reason (`Failure.kind`). */
  readonly collectorErrors: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Last success by collector. */
  readonly collectorSuccesses: Readonly<Record<string, number>>;
  /** When each open finding was first seen, by fingerprint. */
  readonly firstSeen: Readonly<Record<string, number>>;
  /** What docknet asked the host, by program. */
  readonly commands: Readonly<Record<string, CommandReading>>;
  readonly web: WebReadings;
}

/** Commands of one program since the agent started. */
export interface CommandReading {
  readonly runs: number;
  /** Those that gave no usable answer. */
  readonly failures: number;
  readonly durationMs: number;
}

/** What the agent's process costs. */
export interface ProcessReadings {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly eventLoopLagSeconds: number;
}

/** The agent's own work. */
export function agentSeries(agent: AgentReadings, own: ProcessReadings): readonly Series[] {
  const { version, revision, nodeVersion } = agent.build;
  return [
    series("docknet_build_info", [
      { labels: { version, revision, node_version: nodeVersion }, value: 1 },
    ]),
    single("docknet_config_last_reload_successful", flag(agent.configReloaded)),
    single("docknet_run_interval_seconds", agent.intervalSeconds),
    single("docknet_last_run_timestamp_seconds", agent.lastRun?.endedAt),
    single("docknet_last_run_duration_seconds", agent.lastRun?.durationSeconds),
    single("docknet_runs_total", agent.runs),
    single("docknet_run_failures_total", agent.failedRuns),
    single("docknet_skipped_ticks_total", agent.skippedTicks),
    ...commandSeries(agent.commands),
    ...webSeries(agent.web),
    single("process_cpu_seconds_total", own.cpuSeconds),
    single("process_resident_memory_bytes", own.residentBytes),
    single("process_start_time_seconds", own.startedAt),
    single("nodejs_eventloop_lag_seconds", own.eventLoopLagSeconds),
  ];
}

function commandSeries(commands: AgentReadings["commands"]): readonly Series[] {
  const points = (value: (reading: CommandReading) => number) =>
    Object.entries(commands).map(([command, reading]) => ({
      labels: { command },
      value: value(reading),
    }));
  return [
    series(
      "docknet_commands_total",
      points(({ runs }) => runs),
    ),
    series(
      "docknet_command_failures_total",
      points(({ failures }) => failures),
    ),
    series(
      "docknet_command_duration_seconds_total",
      points(({ durationMs }) => durationMs / 1_000),
    ),
  ];
}
