import { globSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleForExecutable } from "../../../scripts/package/bundle.ts";
import { architectures, makeExecutable, nodeFor } from "../../../scripts/package/executable.ts";
import { describeLab } from "../support/describe-lab.ts";
import { mustRun, runCommand } from "../support/run-command.ts";
import { cyclonedxSchema } from "./support/cyclonedx-schema.ts";
import { documentedCommand } from "./support/documented-commands.ts";
import { type MadePackages, madePackages } from "./support/made-packages.ts";

describeLab("the packages that npm run package makes", () => {
  let packages: MadePackages;
  const scratch = mkdtempSync(join(tmpdir(), "docknet-packages-"));

  beforeAll(async () => {
    packages = await madePackages();
  });

  afterAll(() => rmSync(scratch, { recursive: true }));

  test("agree with their checksums", async () => {
    const check = documentedCommand("docs/install.md", "sha256sum");
    const { code, stdout } = await runCommand([
      "sh",
      "-c",
      `cd "$1" && ${check}`,
      "check",
      packages.folder,
    ]);
    const lines = stdout.trim().split("\n");
    expect({ code, wrong: lines.filter((line) => !line.endsWith(": OK")) }).toEqual({
      code: 0,
      wrong: [],
    });
    expect(lines.length).toBeGreaterThanOrEqual(5);
  });

  test("leave lintian without a word about errors and warnings", async () => {
    const argv = ["lintian", "--allow-root", "--tag-display-limit", "0", packages.deb] as const;
    const { code, stdout } = await runCommand(argv, { timeoutMs: 120_000 });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  });

  test("have an executable that runs without anything of this checkout", async () => {
    const argv = ["env", "-i", "-C", "/", packages.executable, "--version"] as const;
    const { code, stdout } = await runCommand(argv);
    expect({ code, isVersion: /^\d+\.\d+\.\d+/.test(stdout) }).toEqual({
      code: 0,
      isVersion: true,
    });
  });

  test("have a bill of materials that the schema of CycloneDX takes, and that names what is inside", async () => {
    const isValid = await cyclonedxSchema();
    const bill = JSON.parse(readFileSync(packages.billOfMaterials, "utf8"));
    expect(isValid(bill)).toBe(true);
    expect(isValid({ ...bill, components: [{ type: "thing" }] })).toBe(false);
    const manifest = JSON.parse(readFileSync("package.json", "utf8"));
    const names: readonly string[] = bill.components.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["node", ...Object.keys(manifest.dependencies)]));
    expect(names).not.toContain("vitest");
  });

  test("have an npm package of this source and no more, which installs and runs", async () => {
    const listed = await mustRun(["tar", "-tzf", packages.npm]);
    // What only declares something of another package compiles to nothing.
    const sources = globSync("src/**/*.ts").filter((path) => !path.endsWith(".d.ts"));
    const dist = sources.flatMap((path) => {
      const stem = path.replace(/^src/, "package/dist").replace(/\.ts$/, "");
      return [`${stem}.d.ts`, `${stem}.js`];
    });
    const others = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
    const expected = [...dist, ...others.map((name) => `package/${name}`)];
    expect(listed.trim().split("\n").sort()).toEqual(expected.sort());
    const install = documentedCommand("docs/install.md", "npm install");
    const quiet = {
      npm_config_prefix: scratch,
      npm_config_audit: "false",
      npm_config_fund: "false",
    };
    const inPackages = `cd "$1" && ${install}`;
    await mustRun(["sh", "-c", inPackages, "install", packages.folder], {
      env: quiet,
      timeoutMs: 110_000,
    });
    const cli = join(scratch, "bin", "docknet");
    expect(await mustRun([process.execPath, cli, "--version"])).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("can be made for the other architecture", async () => {
    const other = architectures.find(({ nodePackage }) => !process.execPath.includes(nodePackage));
    if (other === undefined) throw new Error("there is no other architecture");
    const node = await nodeFor(other);
    if (node === undefined) throw new Error(`the registry does not give ${other.nodePackage}`);
    const script = join(scratch, "docknet.cjs");
    await bundleForExecutable(script);
    const outputFile = join(scratch, "docknet-other");
    await makeExecutable({ architecture: other, node, script, scratch, outputFile });
    // e_machine of ELF: 62 is x86-64, 183 is AArch64.
    const machine = Buffer.alloc(2);
    readSync(openSync(outputFile, "r"), machine, 0, 2, 18);
    expect(machine.readUInt16LE()).toBe(other.name === "arm64" ? 183 : 62);
  });
});
