import { checks } from "../../src/checks/index.ts";
import { collectors } from "../../src/collectors/index.ts";
import { runPipeline } from "../../src/engine/pipeline.ts";
import type { Recording } from "../../src/host/recording.ts";
import { replayHost } from "../../src/host/replay.ts";
import type { CheckResult, Finding, Report } from "../../src/model/finding.ts";

/** The report of a recording, judged as `docknet doctor` does. */
export function reportOf(recording: Recording): Promise<Report> {
  return runPipeline(replayHost(recording), {
    collectors,
    checks,
    suppressions: [],
    clock: { now: () => "2026-11-23T20:00:00.000Z", elapsedMs: () => 0 },
    toolVersion: "0.1.0",
  });
}

/** All of a report but its names and addresses: equal for a host and for the same host under other names. */
export function reportShape(report: Report): object {
  const findings = report.outcomes.flatMap(({ result }) => findingsOf(result));
  const place = new Map(findings.map(({ fingerprint }, at) => [fingerprint, at]));
  const { summary, readings } = report;
  return {
    summary: { ...summary, causes: summary.causes.map((cause) => place.get(cause)) },
    torn: report.torn,
    moving: report.moving.length,
    collectors: report.collectors.map(({ fact, state, ignoredLines, failure }) => {
      return { fact, state, ignoredLines, failure: failure?.kind };
    }),
    outcomes: report.outcomes.map(({ check, result }) => ({
      check: check.id,
      status: result.status,
      doubts: doubtsOf(result),
      findings: findingsOf(result).map((finding) => findingShape(finding, place)),
    })),
    readings: {
      ...readings,
      addressPools: readings.addressPools?.map(({ family, size, used }) => {
        return { family, size, used };
      }),
      chains: readings.chains.map(({ rules, policy, droppedPackets }) => {
        return { rules, policy, droppedPackets };
      }),
      bridges: readings.bridges.map(({ adminUp, ports, mtuBytes }) => {
        return { adminUp, ports, mtuBytes };
      }),
      networkReadings: readings.networkReadings.map(({ driver, scope, internal, containers }) => {
        return { driver, scope, internal, containers };
      }),
    },
  };
}

function findingsOf(result: CheckResult): readonly Finding[] {
  return result.status === "fail" ? result.findings : [];
}

function doubtsOf(result: CheckResult): number {
  if (result.status === "unknown") return result.because.length;
  return result.status === "fail" ? result.doubts.length : 0;
}

function findingShape(finding: Finding, place: ReadonlyMap<string, number>): object {
  const { severity, subject, remedy, evidence, intents, proof, suppressed } = finding;
  return {
    severity,
    suppressed,
    subject: subject.kind,
    ...(subject.kind === "swarm-port" ? { port: subject.port, protocol: subject.protocol } : {}),
    ...(subject.kind === "published-port" ? { hostPort: subject.binding.hostPort } : {}),
    evidence: evidence.map(({ line }) => line),
    intents: intents?.length,
    proof,
    explainedBy: place.get(finding.explainedBy ?? ""),
    message: wordsOf(finding.message),
    remedy: [remedy.summary, ...remedy.commands, ...remedy.persistent].map(wordsOf),
  };
}

/** How many words a text has: names and addresses change in it, their places do not. */
function wordsOf(text: string): number {
  return text.split(/\s+/).length;
}
