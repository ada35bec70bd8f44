import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { publishedManifest, stageNpmPackage } from "../../scripts/package/npm-package.ts";
import { tempDirectory } from "../support/temp-directory.ts";

describe("npm package", () => {
  test("is what npm would pack: the compiled source and four files", () => {
    const folder = tempDirectory();
    const dist = join(folder, "compiled");
    mkdirSync(join(dist, "cli"), { recursive: true });
    for (const name of ["cli.js", "index.js", "index.d.ts", "cli/main.js"]) {
      writeFileSync(join(dist, name), "");
    }
    const staged = join(folder, "staged");
    stageNpmPackage({ dist, folder: staged });
    writeFileSync(join(staged, "notes.txt"), "not for everybody");
    const args = ["pack", "--dry-run", "--json", "--ignore-scripts", "--offline"];
    const { stdout } = spawnSync("npm", args, { cwd: staged, encoding: "utf8" });
    const [packed] = JSON.parse(stdout);
    expect(packed.files.map(({ path }: { readonly path: string }) => path).sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "dist/cli.js",
      "dist/cli/main.js",
      "dist/index.d.ts",
      "dist/index.js",
      "package.json",
    ]);
  });

  test("does not bring this repository's tools to those who install it", () => {
    const own = JSON.parse(readFileSync("package.json", "utf8"));
    expect(Object.keys(publishedManifest(own))).toEqual([
      "name",
      "version",
      "description",
      "license",
      "type",
      "bin",
      "exports",
      "files",
      "engines",
      "dependencies",
    ]);
    expect(publishedManifest(own)["dependencies"]).toEqual(own.dependencies);
  });
});
