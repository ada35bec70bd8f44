import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const unit = readFileSync("systemd/docknet.service", "utf8");
const lean = readFileSync("systemd/lean/lean.conf", "utf8");
const folder = mkdtempSync(join(tmpdir(), "docknet-units-"));
afterAll(() => rmSync(folder, { recursive: true }));

const analyzer = spawnSync("systemd-analyze", ["--version"]);
const isInstalled = analyzer.error === undefined;

/** A drop-in as systemd merges it: its assignments come after those of the unit. */
function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Exposure by systemd's own scale: 0 is the best, 10 the worst; the threshold is ten times the score. */
function exposure(path: string): number {
  const args = ["security", "--offline=true", "--no-pager", path];
  const { stdout } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
  return Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
}

describe.skipIf(!isInstalled)("docknet.service by systemd-analyze", () => {
  test("is exposed by no more than 3.0, and lean by no more than 2.3", () => {
    expect(exposure(written("docknet.service", unit))).toBeLessThanOrEqual(3);
    expect(exposure(written("lean.service", `${unit}\n${lean}`))).toBeLessThanOrEqual(2.3);
  });

  test("is understood line by line", () => {
    const runnable = unit
      .replace("/usr/bin/docknet", "/bin/true")
      .replace(/^Documentation=.*$/m, "");
    const args = ["verify", "--man=no", written("runnable.service", `${runnable}\n${lean}`)];
    const { stderr, status } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
    const own = stderr.split("\n").filter((line) => line.includes("runnable.service"));
    expect({ own, status }).toEqual({ own: [], status: 0 });
  });
});

describe("docknet.service", () => {
  const capabilities = (text: string, key: string) =>
    text
      .split("\n")
      .filter((line) => line.startsWith(`${key}=`))
      .at(-1)
      ?.slice(key.length + 1)
      .split(" ");

  test("gives what it may have at most to the agent itself", () => {
    for (const text of [unit, lean]) {
      expect(capabilities(text, "AmbientCapabilities")).toEqual(
        capabilities(text, "CapabilityBoundingSet"),
      );
    }
  });

  test("is watched by the manager for longer than a run may take", () => {
    expect(unit).toContain("Type=notify\n");
    expect(unit).toContain("WatchdogSec=10min\n");
  });
});
