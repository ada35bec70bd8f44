import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { docsPages } from "../../scripts/docs-pages.ts";
import { reportSchema } from "../../scripts/report-schema.ts";
import type { Report } from "../../src/model/finding.ts";
import { jsonReport } from "../../src/render/json.ts";
import { sampleReports } from "../support/sample-reports.ts";

const root = new URL("../../", import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

describe("generated docs", () => {
  const pages = docsPages(root);

  test.each([...pages.keys()])("%s is fresh (npm run docs)", (path) => {
    expect(read(path)).toBe(pages.get(path));
  });

  test("has a page for each check and none beside", () => {
    const found = globSync("docs/checks/*.md", { cwd: fileURLToPath(root) });
    const expected = [...pages.keys()].filter((path) => path.startsWith("docs/checks/"));
    expect(found.sort()).toEqual(expected.sort());
  });
});

/** Readonly at every depth, as the types of the model are. */
type Plain<T> = { readonly [K in keyof T]: Plain<T[K]> };
/** Every field required: one that only the other type names makes the two unequal. */
type Full<T> = T extends object ? { readonly [K in keyof T]-?: Full<T[K]> } : T;
type IsSame<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type FromSchema = z.infer<typeof reportSchema>;

describe("report schema", () => {
  const validate = new Ajv2020({ strict: false }).compile(
    JSON.parse(read("docs/report.schema.json")),
  );

  test("says exactly what the type of a report says", () => {
    const assignable: IsSame<Plain<FromSchema>, Plain<Report>> = true;
    const fieldByField: IsSame<Full<FromSchema>, Full<Report>> = true;
    expect([assignable, fieldByField]).toEqual([true, true]);
  });

  for (const [situation, report] of Object.entries(sampleReports)) {
    test(`holds for the JSON of ${situation}`, () => {
      const json: unknown = JSON.parse(jsonReport(report));
      validate(json);
      expect(validate.errors ?? []).toEqual([]);
      // Nothing is printed that the schema does not name.
      expect(reportSchema.parse(json)).toEqual(json);
    });
  }

  test("refuses what is no report", () => {
    const report = sampleReports["healthy"];
    const verdicts = [
      {},
      { ...report, schemaVersion: 2 },
      { ...report, summary: { ...report?.summary, status: "fine" } },
    ].map((value) => validate(value));
    expect(verdicts).toEqual([false, false, false]);
  });
});
