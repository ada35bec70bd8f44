import type { Report, Severity } from "../model/finding.ts";

/** Codes of monitoring plugins for what was found; those of sysexits.h for what went wrong with docknet itself. */
export const exitCodes = {
  ok: 0,
  warning: 1,
  critical: 2,
  /** Nothing was found, but some checks could not look. */
  unknown: 3,
  usage: 64,
  /** `docknet parse`: the text is not in the format that was named (EX_DATAERR). */
  unparsable: 65,
  /** The bundle or the file cannot be read, or what was asked for cannot be written. */
  unreadableBundle: 66,
  /** A bug of docknet. */
  ownFault: 70,
  badConfiguration: 78,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The lowest severity that counts for the exit code. */
export const failOnValues = ["info", "warning", "critical", "never"] as const;
export type FailOn = (typeof failOnValues)[number];

const severities: readonly Severity[] = ["info", "warning", "critical"];

/** 2 for a critical finding that counts, 1 for a lesser one, 3 where nothing counts and some checks could not look. */
export function reportExitCode(report: Report, failOn: FailOn): ExitCode {
  if (failOn === "never") return exitCodes.ok;
  const { findings, counts } = report.summary;
  const counted = severities.slice(severities.indexOf(failOn));
  const worst = counted.findLast((severity) => findings[severity] > 0);
  if (worst !== undefined) return worst === "critical" ? exitCodes.critical : exitCodes.warning;
  return counts.unknown + counts.broken > 0 ? exitCodes.unknown : exitCodes.ok;
}
