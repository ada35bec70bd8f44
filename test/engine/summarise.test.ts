import { describe, expect, test } from "vitest";
import { summarise } from "../../src/engine/summarise.ts";
import type { CheckOutcome, CheckResult, Finding, Severity } from "../../src/model/finding.ts";

const remedy = { summary: "", commands: [], persistent: [] };

function anOutcome(result: CheckResult): CheckOutcome {
  const check = {
    id: "mine",
    area: "kernel",
    title: "",
    passTitle: "",
    severity: "critical",
    why: "",
    confirm: [],
    remedy,
    ignoreWhen: "",
    references: ["https://docs.kernel.org"],
  } as const;
  return { check, docsUrl: "", requires: [], result };
}

function aFinding(fingerprint: string, severity: Severity, change: Partial<Finding> = {}): Finding {
  return {
    subject: { kind: "host" },
    message: "",
    evidence: [],
    check: "mine",
    fingerprint,
    severity,
    remedy,
    suppressed: false,
    ...change,
  };
}

function failing(first: Finding, ...rest: readonly Finding[]): CheckOutcome {
  return anOutcome({ status: "fail", findings: [first, ...rest], doubts: [] });
}

const unknownOutcome = anOutcome({ status: "unknown", because: [] });

describe("a summary", () => {
  test.each([
    ["ok", 0, [anOutcome({ status: "pass" })]],
    ["ok", 0, [failing(aFinding("a", "info"))]],
    ["warning", 1, [failing(aFinding("a", "warning")), unknownOutcome]],
    ["critical", 2, [failing(aFinding("a", "warning"), aFinding("b", "critical"))]],
    ["unknown", 3, [unknownOutcome]],
    ["unknown", 3, [anOutcome({ status: "broken", error: "" })]],
    ["ok", 0, []],
  ] as const)("is %s, with exit code %i", (status, exitCode, outcomes) => {
    expect(summarise(outcomes)).toMatchObject({ status, exitCode });
  });

  test("counts the checks by their status", () => {
    const outcomes = [
      anOutcome({ status: "pass" }),
      anOutcome({ status: "pass" }),
      anOutcome({ status: "not-applicable", reason: "" }),
      unknownOutcome,
      anOutcome({ status: "broken", error: "" }),
      failing(aFinding("a", "info")),
    ];
    expect(summarise(outcomes).counts).toEqual({
      pass: 2,
      fail: 1,
      "not-applicable": 1,
      unknown: 1,
      broken: 1,
    });
  });

  test("names the causes, worst first, and of those the ones that explain most", () => {
    const outcomes = [
      failing(aFinding("low", "info"), aFinding("one", "critical")),
      failing(aFinding("many", "critical"), aFinding("x", "warning", { explainedBy: "many" })),
      failing(aFinding("y", "warning", { explainedBy: "many" }), aFinding("mid", "warning")),
      failing(aFinding("z", "warning", { explainedBy: "one" })),
    ];
    expect(summarise(outcomes).causes).toEqual(["many", "one", "mid", "low"]);
  });

  test("leaves out what is suppressed, and its symptoms", () => {
    const outcomes = [
      failing(
        aFinding("a", "critical", { suppressed: true }),
        aFinding("b", "critical", { explainedBy: "a" }),
        aFinding("c", "warning"),
      ),
    ];
    expect(summarise(outcomes)).toMatchObject({
      status: "warning",
      findings: { info: 0, warning: 1, critical: 0 },
      suppressed: 1,
      causes: ["c"],
    });
  });
});
