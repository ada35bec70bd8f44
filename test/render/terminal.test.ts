import { describe, expect, test } from "vitest";
import { timedOut } from "../../src/model/failure.ts";
import { terminalReport } from "../../src/render/terminal.ts";
import type { Page } from "../../src/render/text.ts";
import { aCollector, aReport } from "../support/a-report.ts";
import { sampleReports } from "../support/sample-reports.ts";

const page = { columns: 80, colour: "off", detail: "folded" } as const;

describe("terminal report", () => {
  for (const [situation, report] of Object.entries(sampleReports)) {
    const { exitCode } = report.summary;

    test(`tells ${situation} with what is well folded`, async () => {
      await expect(terminalReport(report, { ...page, exitCode })).toMatchFileSnapshot(
        `../golden/render/${situation}.txt`,
      );
    });

    test(`tells ${situation} whole on request`, async () => {
      const whole = terminalReport(report, { ...page, detail: "all", exitCode });
      await expect(whole).toMatchFileSnapshot(`../golden/render/${situation}.verbose.txt`);
    });

    test(`prints nothing of ${situation} raw`, () => {
      const text = terminalReport(report, { ...page, detail: "all", exitCode });
      expect(text.match(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu)).toEqual(null);
    });
  }

  test("says reasons that differ only in what they quote once", () => {
    const collectors = ["ip -j rule", "ip -j netconf", "ss -lntuHp"].map((command) =>
      aCollector({
        state: "unknown",
        failure: timedOut(`the run was over before "${command}"; allow more with --timeout`, 1),
      }),
    );
    const report = aReport({ collectors });
    const reason = (detail: Page["detail"]): string =>
      terminalReport(report, { columns: 200, colour: "off", detail, exitCode: 0 })
        .split("\n")
        .filter((line) => line.startsWith("  ? "))
        .join("");
    expect([reason("folded"), reason("all")]).toEqual([
      '  ? links: the run was over before "ip -j rule" and 2 more like it; allow more with --timeout',
      '  ? links: the run was over before "ip -j rule" and "ip -j netconf", "ss -lntuHp"; allow more with --timeout',
    ]);
  });
});
