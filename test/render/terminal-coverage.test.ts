import { describe, expect, test } from "vitest";
import type { Coverage } from "../../src/model/reading/coverage.ts";
import { coverageLines, sandboxTexts } from "../../src/render/terminal-coverage.ts";
import { printed } from "../../src/render/text.ts";
import { aReport } from "../support/a-report.ts";

const page = { columns: 120, colour: "off", detail: "folded" } as const;
const reasons = ['entering "/run/docker/netns/a" needs CAP_SYS_ADMIN'];
const inPart = ["a", "b", "c", "d"].map((name) => ({ name, parts: ["links"], reasons }));
const coverage: Coverage = {
  facts: { read: 18, of: 20 },
  ignoredLines: 2,
  missingCapabilities: ["CAP_SYS_ADMIN"],
  missingPrograms: [],
  sandboxes: { whole: 7, inPart, unreadable: [{ name: "e", parts: ["links"], reasons: ["gone"] }] },
};

describe("coverage in a terminal", () => {
  test("says in one line how much was read", () => {
    expect(printed(coverageLines(aReport({ coverage }), page), "off")).toBe(
      "read 18 of 20 facts · 2 lines not understood · 4 of 12 namespaces in part · 1 of 12 namespaces not at all · missing CAP_SYS_ADMIN\n".replace(
        " · missing",
        "\nmissing",
      ),
    );
  });

  test("counts namespaces with the same reason, and names each on request", () => {
    const report = aReport({ coverage });
    expect([sandboxTexts(report, page), sandboxTexts(report, { ...page, detail: "all" })]).toEqual([
      ["nothing of the namespace of e: gone", `not all of 4 namespaces: ${reasons[0]}`],
      [
        "nothing of the namespace of e (links): gone",
        `not all of the namespaces of a, b, c, d (links): ${reasons[0]}`,
      ],
    ]);
  });
});
