import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { version } from "../../src/cli/version.ts";
import { aWorld } from "../support/a-world.ts";

const root = new URL("../../", import.meta.url);

describe("docknet", () => {
  test("has the version of its package", () => {
    const manifest = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
    expect(version).toBe(manifest.version);
  });

  test("prints its version and its help with 0", async () => {
    const asked = aWorld();
    expect(await main(["node", "docknet", "--version"], asked.world)).toBe(0);
    expect([asked.stdout(), asked.stderr()]).toEqual([`${version}\n`, ""]);
    const helped = aWorld();
    expect(await main(["node", "docknet", "doctor", "--help"], helped.world)).toBe(0);
    await expect(helped.stdout()).toMatchFileSnapshot("../golden/cli/doctor-help.txt");
  });

  test("prints its help on stderr with 64 when no command is given", async () => {
    const fake = aWorld();
    expect(await main(["node", "docknet"], fake.world)).toBe(64);
    expect(fake.stdout()).toBe("");
    expect(fake.stderr().split("\n")[0]).toBe("Usage: docknet [options] [command]");
  });

  test("suggests the command that was meant", async () => {
    const fake = aWorld();
    expect(await main(["node", "docknet", "docter"], fake.world)).toBe(64);
    expect([fake.stdout(), fake.stderr()]).toEqual([
      "",
      "error: unknown command 'docter'\n(Did you mean doctor?)\n",
    ]);
  });

  test("keeps quiet when the reader of its output goes away", () => {
    const cli = fileURLToPath(new URL("src/cli.ts", root));
    const script = `"${process.execPath}" "${cli}" checks --format json | true; echo "\${PIPESTATUS[0]}"`;
    const run = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect([run.stdout, run.stderr]).toEqual(["0\n", ""]);
  });

  test.skipIf(!existsSync("/dev/full"))("says that its output could not be written", () => {
    const cli = fileURLToPath(new URL("src/cli.ts", root));
    const full = openSync("/dev/full", "w");
    const run = spawnSync(process.execPath, [cli, "checks"], {
      encoding: "utf8",
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    expect([run.status, run.stderr]).toEqual([
      70,
      "docknet: cannot write the output: ENOSPC: no space left on device, write\n",
    ]);
  });

  test("ends with 70 on a bug that nothing waits for", () => {
    const script = `
      import { endOnFault } from "${new URL("src/cli/main.ts", root).href}";
      process.on("uncaughtException", endOnFault);
      setInterval(() => undefined, 1000);
      void Promise.reject(new Error("lost\\u001b[2J"));`;
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    expect([run.status, run.stdout, run.stderr.split(" at ")[0]]).toEqual([
      70,
      "",
      "docknet: docknet's own fault: Error: lost\\x1b[2J",
    ]);
  });
});
