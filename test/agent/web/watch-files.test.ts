import { renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { watchFiles } from "../../../src/agent/web/watch-files.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

/** A watch that looks only when the test says so. */
async function aWatch(names: readonly string[]) {
  const folder = tempDirectory();
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  for (const name of names) put(name, "first");
  let files = names.map((name) => join(folder, name));
  let changes = 0;
  const watch = await watchFiles({
    files: () => files,
    onChange: async () => {
      changes += 1;
    },
    everyMs: 3_600_000,
  });
  onTestFinished(() => watch.stop());
  return {
    folder,
    put,
    name: (now: readonly string[]) => {
      files = now.map((name) => join(folder, name));
    },
    looks: async (times: number) => {
      for (let look = 0; look < times; look += 1) await watch.look();
      return changes;
    },
  };
}

test("calls once for a change, after a look at which nothing moved any more", async () => {
  const { put, looks } = await aWatch(["a", "b"]);
  expect(await looks(3)).toBe(0);
  put("b", "second, longer");
  expect([await looks(1), await looks(1), await looks(3)]).toEqual([0, 1, 1]);
});

test("waits while files go on changing", async () => {
  const { put, looks } = await aWatch(["a"]);
  for (const text of ["1", "12", "123", "1234"]) {
    put("a", text);
    expect(await looks(1)).toBe(0);
  }
  expect(await looks(1)).toBe(1);
});

test("sees a file go and come back, and a link that leads elsewhere", async () => {
  const { folder, put, looks } = await aWatch(["a"]);
  rmSync(join(folder, "a"));
  expect(await looks(2)).toBe(1);
  put("target-1", "one");
  symlinkSync("target-1", join(folder, "a"));
  expect(await looks(2)).toBe(2);
  put("target-2", "two");
  symlinkSync("target-2", join(folder, "next"));
  renameSync(join(folder, "next"), join(folder, "a"));
  expect(await looks(2)).toBe(3);
  unlinkSync(join(folder, "target-2"));
  expect(await looks(2)).toBe(4);
});

test("follows the files that are named later, without a call for that alone", async () => {
  const folder = tempDirectory();
  const at = (name: string) => join(folder, name);
  for (const name of ["a", "b"]) writeFileSync(at(name), "first");
  let files = [at("a")];
  let changes = 0;
  const watch = await watchFiles({
    files: () => files,
    onChange: async () => {
      changes += 1;
      files = [at("a"), at("b")];
    },
    everyMs: 3_600_000,
  });
  const looks = async (times: number) => {
    for (let look = 0; look < times; look += 1) await watch.look();
    return changes;
  };
  writeFileSync(at("a"), "second, longer");
  expect(await looks(4)).toBe(1);
  writeFileSync(at("b"), "second, longer");
  expect(await looks(4)).toBe(2);
  watch.stop();
});
