import {
  type CheckOutcome,
  type Finding,
  type Report,
  type Severity,
  type Status,
  subjectText,
} from "../model/finding.ts";
import type { AgentReadings } from "./agent.ts";
import { flag, type Point, type Series, series, single } from "./series.ts";

const statuses: readonly Status[] = ["pass", "fail", "not-applicable", "unknown", "broken"];
const severities: readonly Severity[] = ["critical", "warning", "info"];

/** What the checks said. */
export function findingSeries(
  report: Report,
  limits: { readonly maxFindings: number; readonly firstSeen: AgentReadings["firstSeen"] },
): readonly Series[] {
  const { outcomes } = report;
  const open = openFindings(report);
  const shown = open.slice(0, limits.maxFindings);
  return [
    series("docknet_check_status", outcomes.flatMap(statusPoints)),
    series(
      "docknet_check_duration_seconds",
      outcomes.flatMap(({ check, durationMs }) =>
        durationMs === undefined
          ? []
          : [{ labels: { check: check.id }, value: durationMs / 1_000 }],
      ),
    ),
    series(
      "docknet_findings",
      outcomes.flatMap(({ check }) =>
        severities.map((severity) => ({
          labels: { check: check.id, severity },
          value: open.filter((f) => f.check === check.id && f.severity === severity).length,
        })),
      ),
    ),
    series(
      "docknet_findings_suppressed",
      outcomes.map((outcome) => ({
        labels: { check: outcome.check.id },
        value: findingsOf(outcome).filter(({ suppressed }) => suppressed).length,
      })),
    ),
    series(
      "docknet_finding_info",
      shown.map((finding) => ({
        labels: {
          check: finding.check,
          severity: finding.severity,
          subject: subjectText(finding.subject),
          role: finding.explainedBy === undefined ? "cause" : "symptom",
        },
        value: 1,
      })),
    ),
    series(
      "docknet_finding_first_seen_timestamp_seconds",
      shown.flatMap((finding) => {
        const value = limits.firstSeen[finding.fingerprint];
        const labels = { check: finding.check, subject: subjectText(finding.subject) };
        return value === undefined ? [] : [{ labels, value }];
      }),
    ),
    single("docknet_findings_truncated", open.length - shown.length),
  ];
}

/**
 * Findings that count, those first that should survive a limit: causes in the order of the report, then symptoms, worst first.
 * A symptom of a suppressed cause is suppressed with it.
 */
export function openFindings(report: Report): readonly Finding[] {
  const findings = report.outcomes.flatMap(findingsOf);
  const silenced = new Set(findings.filter((f) => f.suppressed).map((f) => f.fingerprint));
  const open = findings.filter(
    ({ suppressed, explainedBy }) =>
      !suppressed && (explainedBy === undefined || !silenced.has(explainedBy)),
  );
  const causeRank = (finding: Finding): number => {
    const place = report.summary.causes.indexOf(finding.fingerprint);
    return place === -1 ? report.summary.causes.length : place;
  };
  return open.toSorted(
    (a, b) =>
      causeRank(a) - causeRank(b) ||
      severities.indexOf(a.severity) - severities.indexOf(b.severity),
  );
}

function findingsOf({ result }: CheckOutcome): readonly Finding[] {
  return result.status === "fail" ? result.findings : [];
}

function statusPoints({ check, result }: CheckOutcome): readonly Point<"check" | "status">[] {
  return statuses.map((status) => ({
    labels: { check: check.id, status: status.replaceAll("-", "_") },
    value: flag(result.status === status),
  }));
}
