import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const workflowSchema = z.object({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      needs: z.string().optional(),
      "timeout-minutes": z.number().optional(),
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
});
const manifestSchema = z.object({ scripts: z.record(z.string(), z.string()) });

const paths = globSync(".github/workflows/*.yml").sort();
const { scripts } = manifestSchema.parse(JSON.parse(readFileSync("package.json", "utf8")));

describe.each(paths)("%s", (path) => {
  const workflow = workflowSchema.parse(parse(readFileSync(path, "utf8")));
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  test("may read by default and nothing more", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
  });

  test("runs scripts that there are", () => {
    const named = steps.flatMap(({ run = "" }) =>
      [...run.matchAll(/npm run (?:--silent )?([a-z:-]+)/g)].map((match) => match[1] ?? ""),
    );
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    if (steps.some(({ run }) => run === "bash .ci/run")) {
      expect(readFileSync(".ci/run", "utf8")).toContain("exec npm test");
    }
  });

  test("names a version of each action, and jobs that there are", () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !/@v\d+$/.test(action))).toEqual([]);
    const needed = Object.values(workflow.jobs).flatMap(({ needs }) => needs ?? []);
    expect(needed.filter((name) => workflow.jobs[name] === undefined)).toEqual([]);
  });
});

test("a release is tested, examined by the long scenarios and packed, in this order", () => {
  const release = workflowSchema.parse(
    parse(readFileSync(".github/workflows/release.yml", "utf8")),
  );
  const runs = release.jobs["packages"]?.steps.flatMap(({ run }) => run ?? []) ?? [];
  expect(runs.slice(0, 4)).toEqual([
    "bash .ci/run",
    "npm run qa",
    "npm run lab -- production",
    "npm run package -- --image",
  ]);
});
