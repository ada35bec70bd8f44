import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readInput, readInputFile } from "../../src/cli/read-input.ts";
import { tempDirectory } from "../support/temp-directory.ts";

async function* chunksOf(...chunks: readonly unknown[]): AsyncIterable<unknown> {
  yield* chunks;
}

async function* failing(error: unknown): AsyncIterable<unknown> {
  yield Buffer.from("a");
  throw error;
}

describe("read-input", () => {
  test("joins bytes of one letter that came apart, and takes bad ones for what they are", async () => {
    const chunks = chunksOf(Buffer.from([0xc3]), Buffer.from([0xa4, 0xff]), "not bytes");
    expect(await readInput(chunks, { name: "x", mostBytes: 9 })).toEqual({
      ok: true,
      text: "ä\u{fffd}",
    });
  });

  test("stops at its limit", async () => {
    const chunks = chunksOf(Buffer.alloc(5), Buffer.alloc(5));
    expect(await readInput(chunks, { name: "x", mostBytes: 9 })).toEqual({
      ok: false,
      failure: { kind: "refused", message: "x holds more than 9 bytes: is it the right file?" },
    });
  });

  test.each([
    [Object.assign(new Error("no"), { code: "EACCES" }), "not-permitted", "may not read x"],
    [new Error("gone"), "refused", "cannot read x: gone"],
    ["odd", "refused", "cannot read x: odd"],
  ])("says why nothing could be read: %s", async (error, kind, message) => {
    const read = await readInput(failing(error), { name: "x", mostBytes: 9 });
    expect(read).toEqual({ ok: false, failure: { kind, message } });
  });

  test("reads a file, and says what is wrong with a path", async () => {
    const folder = tempDirectory();
    writeFileSync(join(folder, "a"), "text");
    const reads = [join(folder, "a"), join(folder, "b"), folder].map((path) => readInputFile(path));
    expect(await Promise.all(reads)).toEqual([
      { ok: true, text: "text" },
      {
        ok: false,
        failure: { kind: "not-found", message: `there is no file ${join(folder, "b")}` },
      },
      { ok: false, failure: { kind: "refused", message: `${folder} is a directory` } },
    ]);
  });

  test("serves the command on a pipe and on a file", { timeout: 30_000 }, () => {
    const cli = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));
    const path = join(tempDirectory(), "resolv.conf");
    writeFileSync(path, "nameserver 192.0.2.53\n");
    const run = (args: readonly string[], input: string) =>
      spawnSync(process.execPath, [cli, "parse", "resolv-conf", ...args], {
        encoding: "utf8",
        input,
      });
    const [piped, read] = [run([], "nameserver 192.0.2.53\n"), run([path], "")];
    expect([piped.status, read.status, piped.stdout]).toEqual([0, 0, read.stdout]);
    expect(JSON.parse(read.stdout)).toMatchObject({ value: { nameservers: ["192.0.2.53"] } });
  });
});
