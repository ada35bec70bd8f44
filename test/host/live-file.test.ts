import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDirectoryText, readFileText } from "../../src/host/live-file.ts";
import { asOrdinaryUser } from "../support/as-ordinary-user.ts";
import { tempDirectory } from "../support/temp-directory.ts";

describe("readFileText", () => {
  test("reads a file of /proc, whose size is 0", async () => {
    expect(await readFileText("/proc/sys/kernel/ostype")).toEqual({ ok: true, text: "Linux\n" });
  });

  test("reads a file that is longer than one read", async () => {
    const path = join(tempDirectory(), "file");
    writeFileSync(path, "ä".repeat(100_000));
    expect(await readFileText(path)).toEqual({ ok: true, text: "ä".repeat(100_000) });
  });

  test("refuses a file over the limit", async () => {
    expect(await readFileText("/dev/zero", 1_000_000)).toEqual({
      ok: false,
      failure: {
        kind: "refused",
        message: 'file "/dev/zero" is longer than 1000000 bytes, the most that docknet reads',
      },
    });
  });

  test("says that a file is not there", async () => {
    expect(await readFileText("/proc/no/such")).toEqual({
      ok: false,
      failure: { kind: "not-found", message: 'no file or directory "/proc/no/such" on this host' },
    });
  });

  test("says that a file may not be read", async () => {
    const path = join(tempDirectory(), "file");
    writeFileSync(path, "secret", { mode: 0o000 });
    chmodSync(join(path, ".."), 0o755);
    expect(await asOrdinaryUser(() => readFileText(path))).toEqual({
      ok: false,
      failure: {
        kind: "not-permitted",
        message: `"${path}" may not be read by this user; run docknet as root`,
        capability: "CAP_DAC_READ_SEARCH",
      },
    });
  });

  test("says what else the system says", async () => {
    expect(await readFileText("/proc")).toEqual({
      ok: false,
      failure: {
        kind: "exit",
        message: expect.stringMatching(/^"\/proc" cannot be read: EISDIR/),
        stderr: "",
      },
    });
  });
});

describe("readDirectoryText", () => {
  test("lists the names of a directory in order, one a line", async () => {
    const path = tempDirectory();
    for (const name of ["b", "a", "1-x"]) mkdirSync(join(path, name));
    expect(await readDirectoryText(path)).toEqual({ ok: true, text: "1-x\na\nb\n" });
  });

  test("says that a directory is not there", async () => {
    expect(await readDirectoryText("/run/no/netns")).toEqual({
      ok: false,
      failure: { kind: "not-found", message: 'no file or directory "/run/no/netns" on this host' },
    });
  });
});
