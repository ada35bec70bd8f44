import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { checks } from "../../src/checks/index.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { collectors } from "../../src/collectors/index.ts";
import { runPipeline } from "../../src/engine/pipeline.ts";
import type { Finding, Report } from "../../src/model/finding.ts";

const folder = join(import.meta.dirname, "../recordings");

/** Names of all recordings, sorted. */
export const recordingNames: readonly string[] = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, "manifest.json")))
  .sort();

/** The folder of a recording. */
export function recordingPath(name: string): string {
  return join(folder, name);
}

/** The report that docknet gives for a recording. */
export async function replayedReport(name: string): Promise<Report> {
  const opened = await openHost({ kind: "bundle", path: recordingPath(name) });
  if (!opened.ok) throw new Error(opened.failure.message);
  return runPipeline(opened.host, {
    collectors,
    checks,
    suppressions: [],
    clock: opened.clock,
    toolVersion: "0.0.0",
  });
}

export function findingsOf(report: Report): readonly Finding[] {
  return report.outcomes.flatMap(({ result }) => (result.status === "fail" ? result.findings : []));
}

/** Fingerprints of the findings that stand by themselves. */
export function causesOf(report: Report): readonly string[] {
  return findingsOf(report)
    .filter(({ explainedBy }) => explainedBy === undefined)
    .map(({ fingerprint }) => fingerprint);
}

/** What could not be looked at or judged: facts, and checks, by name. */
export function blindSpotsOf(report: Report): {
  readonly facts: readonly string[];
  readonly checks: readonly string[];
  readonly broken: readonly string[];
} {
  const withStatus = (status: string): readonly string[] =>
    report.outcomes
      .filter(({ result }) => result.status === status)
      .map(({ check }) => check.id)
      .sort();
  return {
    facts: report.collectors.filter(({ state }) => state === "unknown").map(({ fact }) => fact),
    checks: withStatus("unknown"),
    broken: withStatus("broken"),
  };
}
