import { describe, expect, test } from "vitest";
import { failOnValues, reportExitCode } from "../../src/cli/exit-code.ts";
import type { Severity } from "../../src/model/finding.ts";
import { aFailure, aFinding, anOutcome, aReport } from "../support/a-report.ts";

const blind = anOutcome({ status: "unknown", because: [{ about: "links", reason: "no" }] });
const broken = anOutcome({ status: "broken", error: "no" });

function codes(outcomes: NonNullable<Parameters<typeof aReport>[0]>["outcomes"]): unknown {
  const report = aReport(outcomes === undefined ? {} : { outcomes });
  return Object.fromEntries(failOnValues.map((failOn) => [failOn, reportExitCode(report, failOn)]));
}

function finds(severity: Severity): ReturnType<typeof aFailure> {
  return aFailure([aFinding({ severity })]);
}

describe("exit code", () => {
  test("follows the worst finding that counts", () => {
    expect(codes([finds("critical"), blind])).toEqual({
      info: 2,
      warning: 2,
      critical: 2,
      never: 0,
    });
    expect(codes([finds("warning")])).toEqual({ info: 1, warning: 1, critical: 0, never: 0 });
    expect(codes([finds("info")])).toEqual({ info: 1, warning: 0, critical: 0, never: 0 });
  });

  test("is unknown where nothing counts and a check could not look", () => {
    expect(codes([finds("warning"), blind])).toEqual({
      info: 1,
      warning: 1,
      critical: 3,
      never: 0,
    });
    expect(codes([broken])).toEqual({ info: 3, warning: 3, critical: 3, never: 0 });
  });

  test("does not count what is ignored", () => {
    const ignored = aFailure([aFinding({ suppressed: true })]);
    expect(codes([ignored])).toEqual({ info: 0, warning: 0, critical: 0, never: 0 });
  });

  test("with the default is what the report says", () => {
    for (const outcomes of [[finds("critical")], [finds("warning")], [finds("info"), blind], []]) {
      const report = aReport({ outcomes });
      expect(reportExitCode(report, "warning")).toBe(report.summary.exitCode);
    }
  });
});
