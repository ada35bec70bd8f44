import type { CheckOutcome, Finding, Severity, Status, Summary } from "../model/finding.ts";

const rank: Readonly<Record<Severity, number>> = { critical: 2, warning: 1, info: 0 };

/** Counts, the worst state, and the causes in the order in which they are to be read. */
export function summarise(outcomes: readonly CheckOutcome[]): Summary {
  const findings = outcomes.flatMap(({ result }) =>
    result.status === "fail" ? result.findings : [],
  );
  const open = openFindings(findings);
  const counts = { pass: 0, fail: 0, "not-applicable": 0, unknown: 0, broken: 0 };
  for (const { result } of outcomes) counts[result.status] += 1;
  const bySeverity = { info: 0, warning: 0, critical: 0 };
  for (const { severity } of open) bySeverity[severity] += 1;
  const status = worst(bySeverity, counts);
  return {
    status,
    exitCode: { ok: 0, warning: 1, critical: 2, unknown: 3 }[status] as Summary["exitCode"],
    counts,
    findings: bySeverity,
    suppressed: findings.filter((finding) => finding.suppressed).length,
    causes: causesOf(open).map(({ fingerprint }) => fingerprint),
  };
}

/** Findings that count: neither suppressed nor a symptom of a suppressed cause. */
function openFindings(findings: readonly Finding[]): readonly Finding[] {
  const silenced = new Set(findings.filter((f) => f.suppressed).map((f) => f.fingerprint));
  return findings.filter(
    (f) => !f.suppressed && (f.explainedBy === undefined || !silenced.has(f.explainedBy)),
  );
}

function causesOf(open: readonly Finding[]): readonly Finding[] {
  const explained = (cause: Finding): number =>
    open.filter((other) => other.explainedBy === cause.fingerprint).length;
  return open
    .filter((finding) => finding.explainedBy === undefined)
    .sort((a, b) => rank[b.severity] - rank[a.severity] || explained(b) - explained(a));
}

function worst(
  findings: Readonly<Record<Severity, number>>,
  counts: Readonly<Record<Status, number>>,
): Summary["status"] {
  if (findings.critical > 0) return "critical";
  if (findings.warning > 0) return "warning";
  return counts.unknown + counts.broken > 0 ? "unknown" : "ok";
}
