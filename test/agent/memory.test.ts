import { describe, expect, test } from "vitest";
import { afterFailedRun, afterRun, afterSkippedTick, freshMemory } from "../../src/agent/memory.ts";
import { aCollector, aFailure, aFinding, aReport } from "../support/a-report.ts";

const fresh = freshMemory({ version: "1", revision: "r", nodeVersion: "v24" });
const slow = { kind: "timed-out", message: "slow", timeoutMs: 1 } as const;

describe("agent memory", () => {
  test("keeps counts and times of runs", () => {
    const report = aReport({
      durationMs: 1500,
      outcomes: [aFailure([aFinding()])],
      collectors: [
        aCollector({ fact: "links" }),
        aCollector({ fact: "swarmNodes", state: "absent" }),
        aCollector({ fact: "rulesets", state: "unknown", failure: slow }),
      ],
    });
    const twice = afterRun(afterRun(fresh, report, 100), report, 160);
    expect(twice).toEqual({
      ...fresh,
      runs: 2,
      lastRun: { endedAt: 160, durationSeconds: 1.5 },
      collectorErrors: { rulesets: { "timed-out": 2 } },
      collectorSuccesses: { links: 160, swarmNodes: 160 },
      firstSeen: { [aFinding().fingerprint]: 100 },
    });
  });

  test("forgets a finding that is gone, so that it does not grow", () => {
    const sick = afterRun(fresh, aReport({ outcomes: [aFailure([aFinding()])] }), 100);
    const healthy = afterRun(sick, aReport(), 160);
    expect([Object.keys(sick.firstSeen).length, healthy.firstSeen]).toEqual([1, {}]);
  });

  test("counts runs that failed and ticks that passed", () => {
    expect(afterSkippedTick(afterFailedRun(fresh))).toEqual({
      ...fresh,
      runs: 1,
      failedRuns: 1,
      skippedTicks: 1,
    });
  });
});
