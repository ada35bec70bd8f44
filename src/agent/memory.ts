import type { AgentReadings } from "../metrics/agent.ts";
import { openFindings } from "../metrics/findings.ts";
import type { Report } from "../model/finding.ts";

/** What the agent remembers from run to run: counts and times, no snapshot. It grows with collectors and open findings only. */
export type AgentMemory = Omit<AgentReadings, "commands" | "web">;

/** An agent that has not run yet. */
export function freshMemory(build: AgentReadings["build"]): AgentMemory {
  return {
    build,
    intervalSeconds: 0,
    configReloaded: true,
    runs: 0,
    failedRuns: 0,
    skippedTicks: 0,
    collectorErrors: {},
    collectorSuccesses: {},
    firstSeen: {},
  };
}

/** A run ended with a report. `endedAt` in seconds since 1970. */
export function afterRun(memory: AgentMemory, report: Report, endedAt: number): AgentMemory {
  const succeeded = report.collectors.filter(({ state }) => state !== "unknown");
  return {
    ...memory,
    runs: memory.runs + 1,
    lastRun: { endedAt, durationSeconds: report.durationMs / 1_000 },
    collectorErrors: countErrors(memory.collectorErrors, report),
    collectorSuccesses: {
      ...memory.collectorSuccesses,
      ...Object.fromEntries(succeeded.map(({ fact }) => [fact, endedAt])),
    },
    firstSeen: Object.fromEntries(
      openFindings(report).map(({ fingerprint }) => [
        fingerprint,
        memory.firstSeen[fingerprint] ?? endedAt,
      ]),
    ),
  };
}

/** A run ended without a report: a bug in docknet. */
export function afterFailedRun(memory: AgentMemory): AgentMemory {
  return { ...memory, runs: memory.runs + 1, failedRuns: memory.failedRuns + 1 };
}

/** A tick passed without a run. */
export function afterSkippedTick(memory: AgentMemory): AgentMemory {
  return { ...memory, skippedTicks: memory.skippedTicks + 1 };
}

function countErrors(
  before: AgentMemory["collectorErrors"],
  report: Report,
): AgentMemory["collectorErrors"] {
  const failed = report.collectors.flatMap(({ fact, state, failure }) => {
    if (state !== "unknown" || failure === undefined) return [];
    const ofFact = before[fact] ?? {};
    return [[fact, { ...ofFact, [failure.kind]: (ofFact[failure.kind] ?? 0) + 1 }]];
  });
  return { ...before, ...Object.fromEntries(failed) };
}
