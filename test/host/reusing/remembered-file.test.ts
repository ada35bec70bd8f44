import { appendFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type FileMemory, readRememberedFile } from "../../../src/host/reusing/remembered-file.ts";
import { tempDirectory } from "../../support/temp-directory.ts";

const text = (answer: Awaited<ReturnType<typeof readRememberedFile>>) =>
  answer.ok ? answer.text : answer.failure.kind;

/** Times that nobody sets settle after two seconds. */
async function settledFile(): Promise<{ readonly path: string; readonly memory: FileMemory }> {
  const path = join(tempDirectory(), "resolv.conf");
  writeFileSync(path, "nameserver 127.0.0.11\n");
  await sleep(2_100);
  return { path, memory: new Map() };
}

test("a file is read once while the file system says that it is the same, and again after every kind of change", async () => {
  const { path, memory } = await settledFile();
  const read = () => readRememberedFile(path, memory, new Date().toISOString());
  expect(text(await read())).toBe("nameserver 127.0.0.11\n");
  const [[, kept] = []] = [...memory];
  if (kept === undefined) throw new Error("nothing is remembered");
  memory.set(path, { ...kept, text: "from memory\n" });
  expect(text(await read())).toBe("from memory\n");

  appendFileSync(path, "options ndots:0\n");
  expect(text(await read())).toBe("nameserver 127.0.0.11\noptions ndots:0\n");

  memory.set(path, { ...kept, text: "from memory\n" });
  writeFileSync(path, "nameserver 127.0.0.12\n");
  // Who sets the time back does not hide that the file changed.
  utimesSync(path, new Date(0), new Date(0));
  expect(text(await read())).toBe("nameserver 127.0.0.12\n");

  const other = `${path}.new`;
  writeFileSync(other, "nameserver 127.0.0.13\n");
  renameSync(other, path);
  expect(text(await read())).toBe("nameserver 127.0.0.13\n");
});

test("a file that was changed a moment ago is not remembered: a change after it could have the same time", async () => {
  const path = join(tempDirectory(), "resolv.conf");
  const memory: FileMemory = new Map();
  writeFileSync(path, "one\n");
  expect(text(await readRememberedFile(path, memory, new Date().toISOString()))).toBe("one\n");
  expect(memory.size).toBe(0);
});

test("a file that is gone is told, and forgotten", async () => {
  const { path, memory } = await settledFile();
  await readRememberedFile(path, memory, new Date().toISOString());
  expect(memory.size).toBe(1);
  renameSync(path, `${path}.old`);
  expect(text(await readRememberedFile(path, memory, new Date().toISOString()))).toBe("not-found");
  expect(memory.size).toBe(0);
});
