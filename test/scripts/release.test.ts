import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { nextVersion } from "../../scripts/release/next-version.ts";
import { changelogSection, releasedChangelog } from "../../scripts/release/released-changelog.ts";
import { versionedFiles, withVersion } from "../../scripts/release/with-version.ts";
import { version } from "../../src/cli/version.ts";

const changelog = `# Changelog

## Unreleased

### Added

- A thing.

## 1.0.0 - 2026-01-02

- The first.
`;

describe("next version", () => {
  test.each([
    ["1.2.3", "patch", "1.2.4"],
    ["1.2.3", "minor", "1.3.0"],
    ["1.2.3", "major", "2.0.0"],
    ["0.9.9", "0.10.0", "0.10.0"],
    ["0.1.0", "0.1.0", "0.1.0"],
  ])("after %s by %s is %s", (current, bump, next) => {
    expect(nextVersion(current, bump)).toEqual({ ok: true, version: next });
  });

  test.each([
    ["1.2.3", "1.2.2"],
    ["1.2.3", "1.1.9"],
    ["1.2.3", "0.9.9"],
    ["1.2.3", "huge"],
    ["1.2.3", "1.2"],
    ["dev", "patch"],
  ])("after %s is not made by %s", (current, bump) => {
    expect(nextVersion(current, bump).ok).toBe(false);
  });
});

describe("released changelog", () => {
  test("puts what is unreleased under the version, and leaves the rest", () => {
    const released = releasedChangelog(changelog, { version: "1.1.0", date: "2026-02-03" });
    expect(released).toEqual({
      ok: true,
      text: changelog.replace("## Unreleased\n", "## Unreleased\n\n## 1.1.0 - 2026-02-03\n"),
    });
    const text = released.ok ? released.text : "";
    expect(changelogSection(text, "1.1.0")).toBe("### Added\n\n- A thing.");
    expect(changelogSection(text, "Unreleased")).toBe("");
    expect(changelogSection(text, "1.0.0")).toBe("- The first.");
    expect(changelogSection(text, "1.0")).toBeUndefined();
  });

  test.each([
    { what: "nothing unreleased", text: changelog.replace("- A thing.\n", "") },
    { what: "no heading for it", text: changelog.replace("## Unreleased", "## Soon") },
  ])("refuses $what", ({ text }) => {
    expect(releasedChangelog(text, { version: "1.1.0", date: "2026-02-03" }).ok).toBe(false);
  });

  test("refuses a version that is released", () => {
    expect(releasedChangelog(changelog, { version: "1.0.0", date: "2026-02-03" })).toEqual({
      ok: false,
      reason: "CHANGELOG.md: 1.0.0 is there already",
    });
  });
});

describe("every file that names the version", () => {
  test.each(versionedFiles)("takes a new one: $path", ({ path, places }) => {
    const text = readFileSync(path, "utf8");
    const changed = withVersion(text, { places, version: "99.8.7" }) ?? "";
    expect(changed).not.toBe(text);
    expect(withVersion(changed, { places, version })).toBe(text);
    if (path.endsWith(".json")) {
      const { version: top, packages } = JSON.parse(changed);
      expect(top).toBe("99.8.7");
      if (path === "package-lock.json") expect(packages[""].version).toBe("99.8.7");
    }
  });

  test("is not passed over where the version moved away", () => {
    expect(withVersion("nothing", { places: /(a)(b)(c)/g, version: "1.0.0" })).toBeUndefined();
  });
});

describe("the release script, dry", () => {
  test("says what it would do and does nothing", () => {
    const before = gitStatus();
    const args = ["scripts/release.ts", "major", "--dry-run"];
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
    const major = Number(version.split(".")[0]) + 1;
    expect(status).toBe(0);
    expect(stdout).toContain(`docknet ${major}.0.0 (after ${version}) would change CHANGELOG.md, `);
    expect(stdout).toContain("### Added\n");
    expect(gitStatus()).toBe(before);
  });

  test("takes no word that is no version", () => {
    const args = ["scripts/release.ts", "soon"];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status).toBe(64);
    expect(stderr).toContain('"soon" is neither major, minor, patch nor a version');
  });
});

function gitStatus(): string {
  return spawnSync("git", ["status", "--porcelain"], { encoding: "utf8" }).stdout;
}
