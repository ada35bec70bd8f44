import { openFindings } from "../metrics/findings.ts";
import { type Finding, type Report, subjectText } from "../model/finding.ts";
import type { Log } from "./log.ts";

/** Says in the log what differs from the report before: causes that appeared, causes that are gone. */
export function describeChange(before: Report | undefined, now: Report, log: Log): void {
  const old = causesOf(before);
  const current = causesOf(now);
  for (const [fingerprint, { check, subject, severity, message }] of current) {
    if (old.has(fingerprint)) continue;
    log.warn("finding appeared", { check, severity, subject: subjectText(subject), text: message });
  }
  for (const [fingerprint, { check, subject }] of old) {
    if (current.has(fingerprint)) continue;
    log.info("finding gone", { check, subject: subjectText(subject) });
  }
  const { status, counts } = now.summary;
  const fields = { status, unknown: counts.unknown, durationMs: now.durationMs };
  if (before?.summary.status === status) log.debug("run ended", fields);
  else log.info("run ended", fields);
}

function causesOf(report: Report | undefined): ReadonlyMap<string, Finding> {
  const open = report === undefined ? [] : openFindings(report);
  const causes = open.filter(({ explainedBy }) => explainedBy === undefined);
  return new Map(causes.map((finding) => [finding.fingerprint, finding]));
}
