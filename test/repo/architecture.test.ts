import { existsSync, globSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { importRules } from "./import-rules.ts";
import {
  ambientViolations,
  checkNameViolations,
  folderViolations,
  importsOf,
  importViolations,
  loneImporterViolations,
  mockViolations,
  registryViolations,
  type SourceFile,
  sizeViolations,
} from "./source-rules.ts";

const sources = readFiles("src/**/*.ts").map(belowSource);
const tests = readFiles("test/**/*.ts");
const checkRegistry = sources.find(({ path }) => path === "checks/index.ts");
const collectorRegistry = sources.find(({ path }) => path === "collectors/index.ts");

function readFiles(pattern: string): readonly SourceFile[] {
  return globSync(pattern)
    .sort()
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

function belowSource(file: SourceFile): SourceFile {
  return { ...file, path: posix.relative("src", file.path) };
}

function inFolder(pattern: RegExp): readonly SourceFile[] {
  return sources.filter(({ path }) => pattern.test(path));
}

/** The test of `src/a/b.ts` is `test/a/b.test.ts`. */
function mirroredTest(path: string): string {
  return `test/${path.replace(/\.ts$/, ".test.ts")}`;
}

function isImportedByATest(path: string): boolean {
  return tests.some((each) =>
    importsOf(each.text).some((specifier) => specifier.endsWith(`/src/${path}`)),
  );
}

describe("architecture", () => {
  test("finds the sources that it judges", () => {
    expect(sources.map(({ path }) => path)).toContain("model/finding.ts");
    expect(new Set(importRules.map(({ folder }) => folder)).size).toBe(importRules.length);
  });

  test("each folder imports only what its rule allows", () => {
    expect(sources.flatMap(importViolations)).toEqual([]);
  });

  test("packages that reach the outside world are imported in one place", () => {
    expect(sources.flatMap(loneImporterViolations)).toEqual([]);
  });

  test("only the edges know the process, the clock and chance", () => {
    expect(sources.flatMap(ambientViolations)).toEqual([]);
  });

  test("no file outgrows its limit", () => {
    const scripts = readFiles("scripts/*.{ts,mjs}");
    expect([...sources, ...scripts].flatMap(sizeViolations)).toEqual([]);
  });

  test("no folder outgrows its limit or has a name that says nothing", () => {
    expect(folderViolations(sources.map(({ path }) => `src/${path}`))).toEqual([]);
  });

  test("every check is in the registry, named after its id, and tested at its mirrored place", () => {
    const files = inFolder(/^checks\/[^/]+\//).filter(({ text }) => text.includes("defineCheck("));
    const problems = files.flatMap((file) => [
      ...registryViolations({ definedBy: "defineCheck(", file, registry: checkRegistry }),
      ...checkNameViolations(file),
      ...(existsSync(mirroredTest(file.path)) ? [] : [`${mirroredTest(file.path)} is missing`]),
    ]);
    expect(problems).toEqual([]);
  });

  test("every collector is in the registry and tested at its mirrored place", () => {
    const files = inFolder(/^collectors\/(?!define-collector)/).filter(({ text }) =>
      text.includes("defineCollector("),
    );
    const problems = files.flatMap((file) => [
      ...registryViolations({ definedBy: "defineCollector(", file, registry: collectorRegistry }),
      ...(existsSync(mirroredTest(file.path)) ? [] : [`${mirroredTest(file.path)} is missing`]),
    ]);
    expect(problems).toEqual([]);
  });

  test("every parser has a test of its own or is named by one", () => {
    const untested = inFolder(/^parsers\/[^/]+\.ts$/)
      .filter(({ text }) => /^export (?:const|function) parse[A-Z]/m.test(text))
      .filter(({ path }) => !existsSync(mirroredTest(path)) && !isImportedByATest(path))
      .map(({ path }) => path);
    expect(untested).toEqual([]);
  });

  test("no test replaces a module", () => {
    expect(tests.flatMap(mockViolations)).toEqual([]);
  });
});
