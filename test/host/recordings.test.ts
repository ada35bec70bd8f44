import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isAllowed } from "../../src/host/allowed.ts";
import { readBundle } from "../../src/host/bundle.ts";

const folder = join(import.meta.dirname, "../recordings");
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

describe("every recording", () => {
  test("is named <host>--<situation>", () => {
    expect(names.filter((name) => !/^[a-z0-9.-]+--[a-z0-9-]+$/.test(name))).toEqual([]);
  });

  test.each(names)("%s is whole and holds only questions that docknet asks", async (name) => {
    const read = await readBundle(join(folder, name));
    expect(read).toMatchObject({ ok: true });
    const recording = read.ok ? read.bundle.recording : [];
    expect(recording.map(({ query }) => query).filter((query) => !isAllowed(query))).toEqual([]);
    expect(recording.length).toBeGreaterThan(20);
  });

  test.each(names)("%s holds no environment, command line or path of this machine", (name) => {
    const files = readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    const secret = /"(Env|Cmd|Entrypoint|Args|Mounts|Binds)":|\/work\/|\/tmp\//;
    expect(files.filter((text) => secret.test(text))).toEqual([]);
  });
});
