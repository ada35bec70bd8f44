import type { FailureKind } from "../model/failure.ts";
import type { CollectorOutcome } from "../model/finding.ts";
import type { AgentReadings } from "./agent.ts";
import { flag, type Series, series } from "./series.ts";

/** Every reason of a failure: a counter starts at zero, so that its first rise shows. */
const reasons: Readonly<Record<FailureKind, true>> = {
  "not-found": true,
  "not-permitted": true,
  "timed-out": true,
  exit: true,
  "not-recorded": true,
  unparsable: true,
  refused: true,
  "connection-refused": true,
  "bad-answer": true,
};

/** How the collectors fared. Absence is a success: docknet looked, and the host has no such thing. */
export function collectorSeries(
  collectors: readonly CollectorOutcome[],
  agent: Pick<AgentReadings, "collectorErrors" | "collectorSuccesses">,
): readonly Series[] {
  const facts = collectors.map(({ fact }) => fact);
  return [
    series(
      "docknet_scrape_collector_success",
      collectors.map(({ fact, state }) => ({
        labels: { collector: fact },
        value: flag(state !== "unknown"),
      })),
    ),
    series(
      "docknet_scrape_collector_duration_seconds",
      collectors.map(({ fact, durationMs }) => ({
        labels: { collector: fact },
        value: durationMs / 1_000,
      })),
    ),
    series(
      "docknet_collector_last_success_timestamp_seconds",
      facts.flatMap((fact) => {
        const value = agent.collectorSuccesses[fact];
        return value === undefined ? [] : [{ labels: { collector: fact }, value }];
      }),
    ),
    series(
      "docknet_collector_errors_total",
      facts.flatMap((fact) =>
        Object.keys(reasons).map((reason) => ({
          labels: { collector: fact, reason: reason.replaceAll("-", "_") },
          value: agent.collectorErrors[fact]?.[reason] ?? 0,
        })),
      ),
    ),
  ];
}
