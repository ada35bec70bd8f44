import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import { sortFindings } from "../../src/render/causes.ts";
import { aFailure, aFinding, aReport } from "../support/a-report.ts";

function onNetwork(name: string, change: Partial<Finding> = {}): Finding {
  return aFinding({ subject: { kind: "network", name }, ...change });
}

/** Names of what stands where. */
function sorted(findings: readonly [Finding, ...Finding[]]): unknown {
  const { causes, suppressed, silenced } = sortFindings(
    aReport({ outcomes: [aFailure(findings)] }),
  );
  const name = ({ subject }: Finding): string => ("name" in subject ? subject.name : subject.kind);
  return {
    causes: causes.map(({ finding, symptoms }) => [name(finding), ...symptoms.map(name)]),
    suppressed: suppressed.map(name),
    silenced: silenced.map(name),
  };
}

describe("sorted findings", () => {
  const a = onNetwork("a");
  const b = onNetwork("b", { explainedBy: a.fingerprint });
  const c = onNetwork("c", { explainedBy: b.fingerprint });

  test("folds the symptoms of a symptom under the one cause", () => {
    expect(sorted([c, b, a])).toEqual({
      causes: [["a", "c", "b"]],
      suppressed: [],
      silenced: [],
    });
  });

  test("puts causes in the order of the summary", () => {
    const warning = onNetwork("w", { severity: "warning" });
    const info = onNetwork("i", { severity: "info" });
    expect(sorted([info, warning, a])).toEqual({
      causes: [["a"], ["w"], ["i"]],
      suppressed: [],
      silenced: [],
    });
  });

  test("keeps what an ignored finding explains out of the causes", () => {
    expect(sorted([{ ...a, suppressed: true }, b, c])).toEqual({
      causes: [],
      suppressed: ["a"],
      silenced: ["b", "c"],
    });
  });

  test("lets a finding stand for itself when its cause is not in the report", () => {
    expect(sorted([b, c])).toEqual({ causes: [["b"], ["c"]], suppressed: [], silenced: [] });
  });

  test("loses nothing when findings explain each other in a circle", () => {
    const x = onNetwork("x");
    const y = onNetwork("y", { explainedBy: x.fingerprint });
    const circle = { ...x, explainedBy: y.fingerprint };
    expect(sorted([circle, y, a])).toEqual({
      causes: [["a"], ["x"], ["y"]],
      suppressed: [],
      silenced: [],
    });
  });
});
