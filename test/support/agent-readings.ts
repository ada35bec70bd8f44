import type { AgentReadings, ProcessReadings } from "../../src/metrics/agent.ts";

/** An agent that has run twice. */
export function agentReadings(change: Partial<AgentReadings> = {}): AgentReadings {
  return {
    build: { version: "0.1.0", revision: "unknown", nodeVersion: "v24.21.0" },
    intervalSeconds: 60,
    configReloaded: true,
    runs: 2,
    failedRuns: 0,
    skippedTicks: 0,
    lastRun: { endedAt: 1_793_613_602.14, durationSeconds: 2.14 },
    collectorErrors: {},
    collectorSuccesses: {},
    firstSeen: {},
    commands: {},
    web: { refusals: {} },
    ...change,
  };
}

export const processReadings: ProcessReadings = {
  cpuSeconds: 1.25,
  residentBytes: 73_400_320,
  startedAt: 1_793_610_000,
  eventLoopLagSeconds: 0.001,
};

/** Limits that leave nothing out. */
export const noLimits = { maxFindings: 100, maxSeriesPerFamily: 1_000 };
