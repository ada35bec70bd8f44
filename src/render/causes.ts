import type { CheckOutcome, Finding, Report } from "../model/finding.ts";

/** A finding that stands for itself, and those that fold under it. */
export interface Cause {
  readonly finding: Finding;
  readonly outcome: CheckOutcome;
  readonly symptoms: readonly Finding[];
}

export interface SortedFindings {
  /** Worst first, as the report's summary orders them. */
  readonly causes: readonly Cause[];
  readonly suppressed: readonly Finding[];
  /** Symptoms of findings that were ignored by request. */
  readonly silenced: readonly Finding[];
}

/**
 * Puts each finding in exactly one place. One whose cause is not in the report, or that is explained in a
 * circle, stands for itself: nothing is lost.
 */
export function sortFindings(report: Report): SortedFindings {
  const findings = report.outcomes.flatMap(({ result }) =>
    result.status === "fail" ? result.findings : [],
  );
  const byFingerprint = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const rootOf = (finding: Finding): Finding => {
    const seen = new Set<Finding>();
    let root = finding;
    while (root.explainedBy !== undefined) {
      const next = byFingerprint.get(root.explainedBy);
      seen.add(root);
      if (next === undefined || seen.has(next)) return finding;
      root = next;
    }
    return root;
  };
  const open = findings.filter(({ suppressed }) => !suppressed);
  const folded = open.filter((finding) => rootOf(finding) !== finding);
  const roots = open.filter((finding) => rootOf(finding) === finding);
  return {
    causes: inOrder(roots, report.summary.causes).flatMap((finding) => {
      const outcome = report.outcomes.find(({ check }) => check.id === finding.check);
      if (outcome === undefined) return [];
      return [{ finding, outcome, symptoms: folded.filter((other) => rootOf(other) === finding) }];
    }),
    suppressed: findings.filter(({ suppressed }) => suppressed),
    silenced: folded.filter((finding) => rootOf(finding).suppressed),
  };
}

function inOrder(findings: readonly Finding[], order: readonly string[]): readonly Finding[] {
  const place = new Map(order.map((fingerprint, index) => [fingerprint, index]));
  const placeOf = ({ fingerprint }: Finding): number => place.get(fingerprint) ?? order.length;
  return [...findings].sort((a, b) => placeOf(a) - placeOf(b));
}
