import type { Doubt, Finding, Report } from "../../../src/model/finding.ts";
import { docknetOn } from "./docknet.ts";
import type { LabHost } from "./lab-host.ts";

/** What `docknet doctor` said about a host. */
export interface Examination {
  readonly code: number;
  readonly report: Report;
}

/** What a test compares: everything that a person would have to look at. */
export interface Conclusion {
  readonly code: number;
  /** `SEVERITY FINGERPRINT` of all findings, symptoms too. */
  readonly findings: readonly string[];
  /** Checks that could not judge, each with its reason. */
  readonly unknown: readonly string[];
}

/** Nothing found, everything judged. */
export const healthy: Conclusion = { code: 0, findings: [], unknown: [] };

/** Runs `docknet doctor` on a host and reads its report. */
export async function doctorOn(host: LabHost, args: readonly string[] = []): Promise<Examination> {
  const { code, stdout, stderr } = await docknetOn(host, ["doctor", "--format", "json", ...args]);
  if (!stdout.startsWith("{"))
    throw new Error(`${host.name}: doctor ended with ${code}: ${stderr}`);
  return { code, report: JSON.parse(stdout) };
}

/** The examination in the few words that tests compare. */
export function conclusionOf({ code, report }: Examination): Conclusion {
  const findings = allFindings(report).map(
    ({ severity, fingerprint }) => `${severity} ${fingerprint}`,
  );
  return { code, findings, unknown: unknownOf(report) };
}

/** Fingerprints of all findings, symptoms too. */
export function findingsOf(report: Report): readonly string[] {
  return allFindings(report).map(({ fingerprint }) => fingerprint);
}

/** Findings that no other one explains. */
export function causesOf(report: Report): readonly Finding[] {
  return allFindings(report).filter(({ explainedBy }) => explainedBy === undefined);
}

/** `ID: REASON` of every check that could not judge, or not all of it. */
export function unknownOf(report: Report): readonly string[] {
  return report.outcomes.flatMap(({ check, result }) => {
    switch (result.status) {
      case "unknown":
        return result.because.map((doubt) => `${check.id}: ${doubtText(doubt)}`);
      case "fail":
        return result.doubts.map((doubt) => `${check.id}: ${doubtText(doubt)}`);
      case "broken":
        return [`${check.id}: ${result.error}`];
      default:
        return [];
    }
  });
}

function allFindings(report: Report): readonly Finding[] {
  return report.outcomes.flatMap(({ result }) => (result.status === "fail" ? result.findings : []));
}

function doubtText({ about, reason }: Doubt): string {
  return `${about}: ${reason}`;
}
