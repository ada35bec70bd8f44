import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const isMissing = spawnSync("promtool", ["--version"]).error !== undefined;
const folder = mkdtempSync(join(tmpdir(), "docknet-scrape-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(isMissing).each(["static", "file-sd", "dockerswarm-sd"])(
  "%s.yml is good by promtool",
  (name) => {
    cpSync("deploy/prometheus", folder, { recursive: true });
    cpSync("dashboards/rules/docknet.yml", join(folder, "docknet.yml"));
    const argv = ["check", "config", join(folder, `${name}.yml`)];
    const { status, stderr } = spawnSync("promtool", argv, { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  },
);
