import { describe, expect, test } from "vitest";
import { stepTally, sum, tallyLine, vitestTally } from "../../scripts/test-tally.ts";

describe("test-tally", () => {
  test("counts what vitest reports", () => {
    const text = JSON.stringify({
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 1,
      testResults: [{ status: "failed", assertionResults: [{ status: "failed" }] }],
    });
    expect(vitestTally(text, 1)).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  test("counts a file that does not load as one failure", () => {
    const text = JSON.stringify({
      numPassedTests: 5,
      numFailedTests: 0,
      testResults: [{ status: "failed", assertionResults: [] }],
    });
    expect(vitestTally(text, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });

  test("counts a bad end without a failed test as one failure", () => {
    const text = JSON.stringify({ numPassedTests: 5, numFailedTests: 0, testResults: [] });
    expect(vitestTally(text, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
    expect(vitestTally(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test("counts a step as one test", () => {
    expect([stepTally(0), stepTally(2)].map(tallyLine)).toEqual([
      "1 passed, 0 failed",
      "0 passed, 1 failed",
    ]);
  });

  test("names skipped tests only where there are some", () => {
    const tally = sum([stepTally(0), stepTally(0), { passed: 1, failed: 0, skipped: 4 }]);
    expect(tallyLine(tally)).toBe("3 passed, 0 failed, 4 skipped");
    expect(tallyLine({ ...tally, skipped: 0 })).toBe("3 passed, 0 failed");
  });
});
