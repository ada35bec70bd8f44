import { describe, expect, test } from "vitest";
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

function source(path: string, text: string): SourceFile {
  return { path, text };
}

describe("source rules", () => {
  test("find every way of importing", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type {\n  B,\n  C,\n} from "../b.ts";',
      'import "./effect.ts";',
      'export { d } from "d";',
      'const e = await import("node:fs");',
      'type F = import("f").F;',
      'const g = "import h from";',
    ].join("\n");
    expect([...importsOf(text)].sort()).toEqual(
      ["./a.ts", "../b.ts", "./effect.ts", "d", "f", "node:fs"].sort(),
    );
  });

  test.each([
    ["model/ip.ts", "../host/port.ts"],
    ["model/ip.ts", "zod"],
    ["parsers/ss.ts", "../host/port.ts"],
    ["parsers/ss.ts", "node:fs"],
    ["collectors/links.ts", "../host/live.ts"],
    ["derive/topology.ts", "../parsers/ss.ts"],
    ["checks/kernel/ip-forward-off.ts", "../../collectors/index.ts"],
    ["checks/kernel/ip-forward-off.ts", "zod"],
    ["checks/kernel/ip-forward-off.ts", "node:util"],
    ["engine/pipeline.ts", "../render/index.ts"],
    ["engine/pipeline.ts", "../host/live.ts"],
    ["render/terminal.ts", "../checks/index.ts"],
    ["metrics/registry.ts", "../engine/pipeline.ts"],
    ["agent/run-agent.ts", "../host/live.ts"],
    ["agent/run-agent.ts", "../cli/exit-code.ts"],
    ["host/live.ts", "../parsers/ss.ts"],
    ["cli/doctor.ts", "execa"],
    ["unheard/of.ts", "./that.ts"],
  ])("refuse %s importing %s", (path, specifier) => {
    const violations = importViolations(source(path, `import { x } from "${specifier}";\n`));
    expect(violations).toHaveLength(1);
  });

  test.each([
    ["model/ip.ts", "./link.ts"],
    ["collectors/links.ts", "../host/port.ts"],
    ["collectors/links.ts", "../parsers/ip-addr.ts"],
    ["checks/kernel/ip-forward-off.ts", "../../derive/topology.ts"],
    ["checks/kernel/ip-forward-off.ts", "../define-check.ts"],
    ["host/live-command.ts", "node:fs"],
    ["host/bundle.ts", "modern-tar/fs"],
    ["cli/doctor.ts", "../host/live.ts"],
    ["index.ts", "./engine/pipeline.ts"],
  ])("allow %s importing %s", (path, specifier) => {
    expect(importViolations(source(path, `import { x } from "${specifier}";\n`))).toEqual([]);
  });

  test("keep lone packages in their one file", () => {
    const text = 'import { execa } from "execa";\n';
    expect(loneImporterViolations(source("host/live-file.ts", text))).toHaveLength(1);
    expect(loneImporterViolations(source("host/live-command.ts", text))).toEqual([]);
  });

  test.each([
    "const a = process.env;",
    'console.log("a");',
    "const a = Date.now();",
    "const a = new Date();",
    "const a = performance.now();",
    "const a = Math.random();",
  ])("refuse %s outside the edges", (text) => {
    expect(ambientViolations(source("engine/evaluate.ts", text))).toHaveLength(1);
    expect(ambientViolations(source("host/live-command.ts", text))).toEqual([]);
    expect(ambientViolations(source("cli/doctor.ts", text))).toEqual([]);
  });

  test.each([
    "// process.env is not read here",
    "/** Not Date.now(). */",
    'const why = "see process.env";',
    "const a = new Date(takenAt);",
    "const a = socket.process.name;",
  ])("pass %s", (text) => {
    expect(ambientViolations(source("engine/evaluate.ts", text))).toEqual([]);
  });

  test("count lines and files", () => {
    expect(sizeViolations(source("a.ts", "x\n".repeat(300)))).toEqual([]);
    expect(sizeViolations(source("a.ts", "x\n".repeat(301)))).toEqual(["a.ts has 301 lines"]);
    const paths = Array.from({ length: 26 }, (_, index) => `src/a/f${index}.ts`);
    expect(folderViolations(paths)).toEqual(["src/a/ has 26 files"]);
    expect(folderViolations(paths.slice(1))).toEqual([]);
    expect(folderViolations(["src/host/utils/a.ts"])).toEqual([
      "src/host/utils/ has a name that says nothing",
    ]);
  });

  test("miss no check that is left out of the registry or misnamed", () => {
    const registry = source("checks/index.ts", 'import { a } from "./kernel/a.ts";\n');
    const definedBy = "defineCheck(";
    const a = source(
      "checks/kernel/a.ts",
      'export const a = defineCheck({ id: "a", area: "kernel" });\n',
    );
    const b = source(
      "checks/kernel/b.ts",
      'export const b = defineCheck({ id: "a", area: "link" });\n',
    );
    expect(registryViolations({ definedBy, file: a, registry })).toEqual([]);
    expect(registryViolations({ definedBy, file: b, registry })).toEqual([
      "checks/kernel/b.ts is not in checks/index.ts",
    ]);
    expect(checkNameViolations(a)).toEqual([]);
    expect(checkNameViolations(b)).toEqual([
      "checks/kernel/b.ts holds what belongs in checks/link/a.ts",
    ]);
  });

  test("refuse a replaced module in a test", () => {
    const word = ["vi", 'mock("./a.ts")'].join(".");
    expect(mockViolations(source("test/a.test.ts", word))).toEqual([
      "test/a.test.ts replaces a module",
    ]);
    expect(mockViolations(source("test/a.test.ts", "vi.useFakeTimers()"))).toEqual([]);
  });
});
