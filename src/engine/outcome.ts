import type { AnyCheck } from "../checks/define-check.ts";
import type {
  CheckMeta,
  CheckOutcome,
  CheckResult,
  Finding,
  Problem,
  Severity,
} from "../model/finding.ts";
import { subjectText } from "../model/finding.ts";
import type { Attribution } from "./claims.ts";
import type { Evaluated } from "./evaluate.ts";
import type { Suppression } from "./plan.ts";

/** From the least to the worst. */
const severities: readonly Severity[] = ["info", "warning", "critical"];

/** Verdict → CheckResult: everything that a check must not decide itself. */
export function outcomeOf(
  judged: { readonly check: AnyCheck; readonly evaluated: Evaluated },
  so: {
    readonly attributions: ReadonlyMap<string, Attribution>;
    readonly suppressions: readonly Suppression[];
  },
): CheckOutcome {
  const { check } = judged;
  return {
    check: metaOf(check),
    docsUrl: `docs/checks/${check.id}.md`,
    requires: check.requires,
    result: resultOf(judged, so),
  };
}

/** Check and subject by names: stable over runs, whatever inodes and ids become. */
export function fingerprintOf(check: string, problem: Problem): string {
  return `${check}|${subjectText(problem.subject)}`;
}

function resultOf(
  { check, evaluated }: { readonly check: AnyCheck; readonly evaluated: Evaluated },
  so: {
    readonly attributions: ReadonlyMap<string, Attribution>;
    readonly suppressions: readonly Suppression[];
  },
): CheckResult {
  if (evaluated.status !== "fail") return evaluated;
  const finding = (problem: Problem): Finding => {
    const fingerprint = fingerprintOf(check.id, problem);
    const attribution = so.attributions.get(fingerprint);
    return {
      ...problem,
      check: check.id,
      fingerprint,
      severity: severityOf(problem.severity ?? check.severity, attribution?.severityOfCause),
      remedy: problem.remedy ?? check.remedy,
      suppressed: so.suppressions.some((suppression) => covers(suppression, check.id, problem)),
      ...(attribution?.explainedBy === undefined ? {} : { explainedBy: attribution.explainedBy }),
      ...(attribution?.proof === undefined ? {} : { proof: attribution.proof }),
    };
  };
  const [first, ...rest] = evaluated.problems;
  const findings = [finding(first), ...rest.map(finding)] as const;
  const unproven = findings.flatMap(
    ({ fingerprint }) => so.attributions.get(fingerprint)?.doubt ?? [],
  );
  return { status: "fail", findings, doubts: [...(evaluated.doubts ?? []), ...unproven] };
}

/** A symptom is no worse than its cause: the check that knows the cause knows what it means. */
function severityOf(own: Severity, ofCause: Severity | undefined): Severity {
  if (ofCause === undefined || severities.indexOf(ofCause) > severities.indexOf(own)) return own;
  return ofCause;
}

function covers(suppression: Suppression, check: string, problem: Problem): boolean {
  if (suppression.check !== check) return false;
  return suppression.subject === undefined || suppression.subject === subjectText(problem.subject);
}

function metaOf(check: AnyCheck): CheckMeta {
  const { id, area, title, passTitle, severity, why, remedy, confirm, ignoreWhen, references } =
    check;
  return { id, area, title, passTitle, severity, why, remedy, confirm, ignoreWhen, references };
}
