import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bundle } from "../../src/host/bundle.ts";
import { readBundle, writeBundle } from "../../src/host/bundle.ts";
import { anObservation, aQuery } from "../support/arbitrary-observations.ts";
import { asOrdinaryUser } from "../support/as-ordinary-user.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const origin = {
  tool: { name: "docknet", version: "0.1.0" },
  createdAt: "2026-11-02T10:00:00.000Z",
  versions: { docker: "26.1.5" },
  redactions: ["values of labels"],
  notes: ["taken by hand"],
} as const;
const dated = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1.5 };
const bundle: Bundle = {
  origin,
  recording: [
    {
      query: { kind: "command", argv: ["ip", "-j", "rule"] },
      observation: { ok: true, text: "[]\n", stderr: "odd\n", ...dated },
    },
    {
      query: { kind: "command", argv: ["ip", "-j", "rule"] },
      observation: { ok: true, text: "[]\n", ...dated },
    },
    {
      query: { kind: "command", argv: ["ip", "-b", "-"], netns: "/run/netns/a", stdin: "addr\n" },
      observation: { ok: true, text: "[]\n", ...dated },
    },
    {
      query: { kind: "docker", path: "/info" },
      observation: { ok: false, failure: { kind: "not-found", message: "no socket" }, ...dated },
    },
  ],
};

describe("a bundle", () => {
  test.each(["snapshot.tar.gz", "snapshot/"])("comes back whole from %s", async (name) => {
    const path = join(tempDirectory(), name);
    expect(await writeBundle(path, bundle)).toBeUndefined();
    expect(await readBundle(path)).toEqual({ ok: true, bundle });
  });

  test("keeps any recording, in a file and in a directory", async () => {
    const directory = tempDirectory();
    const anyRecording = fc.array(fc.record({ query: aQuery, observation: anObservation }));
    const round = fc.asyncProperty(anyRecording, async (recording) => {
      for (const name of ["snapshot.tar.gz", "snapshot/"]) {
        const path = join(directory, name);
        expect(await writeBundle(path, { origin, recording })).toBeUndefined();
        expect(await readBundle(path)).toEqual({ ok: true, bundle: { origin, recording } });
      }
    });
    await fc.assert(round, { numRuns: 30 });
  });

  test("is the same file when it is written again", async () => {
    const directory = tempDirectory();
    const [first, second] = [join(directory, "a.tar.gz"), join(directory, "b.tar.gz")];
    await writeBundle(first, bundle);
    await writeBundle(second, bundle);
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
  });

  test("is for its owner's eyes only, also where a file of other rights was before", async () => {
    const directory = tempDirectory();
    const file = join(directory, "snapshot.tar.gz");
    writeFileSync(file, "old", { mode: 0o666 });
    await writeBundle(file, bundle);
    await writeBundle(join(directory, "snapshot/"), bundle);
    const modes = ["snapshot.tar.gz", "snapshot/manifest.json", "snapshot/records"].map(
      (name) => statSync(join(directory, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o600, 0o600, 0o700]);
    expect(existsSync(`${file}.partial`)).toBe(false);
  });

  test("lists its records one a line and shares the file of equal answers", async () => {
    const path = join(tempDirectory(), "snapshot/");
    await writeBundle(path, bundle);
    expect(readFileSync(join(path, "manifest.json"), "utf8")).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 1,
        "tool": {
          "name": "docknet",
          "version": "0.1.0"
        },
        "createdAt": "2026-11-02T10:00:00.000Z",
        "versions": {
          "docker": "26.1.5"
        },
        "redactions": [
          "values of labels"
        ],
        "notes": [
          "taken by hand"
        ],
        "records": [
          {"query":{"kind":"command","argv":["ip","-j","rule"]},"observedAt":"2026-11-02T10:00:00.000Z","durationMs":1.5,"file":"records/0001-ip-j-rule.out","stderr":"odd\\n"},
          {"query":{"kind":"command","argv":["ip","-j","rule"]},"observedAt":"2026-11-02T10:00:00.000Z","durationMs":1.5,"file":"records/0001-ip-j-rule.out"},
          {"query":{"kind":"command","argv":["ip","-b","-"],"netns":"/run/netns/a","stdin":"addr\\n"},"observedAt":"2026-11-02T10:00:00.000Z","durationMs":1.5,"file":"records/0002-run-netns-a-ip-b.out"},
          {"query":{"kind":"docker","path":"/info"},"observedAt":"2026-11-02T10:00:00.000Z","durationMs":1.5,"failure":{"kind":"not-found","message":"no socket"}}
        ]
      }
      "
    `);
  });

  test("replaces an older bundle in a directory, with nothing of it left", async () => {
    const path = join(tempDirectory(), "snapshot/");
    await writeBundle(path, bundle);
    const smaller: Bundle = { origin, recording: [] };
    expect(await writeBundle(path, smaller)).toBeUndefined();
    expect(existsSync(join(path, "records"))).toBe(false);
    expect(await readBundle(path)).toEqual({ ok: true, bundle: smaller });
  });

  test("does not take the place of a directory that is something else", async () => {
    const path = join(tempDirectory(), "home");
    mkdirSync(path);
    writeFileSync(join(path, "letter.txt"), "dear Ann");
    expect(await writeBundle(path, bundle)).toEqual({
      kind: "refused",
      message: `"${path}" holds something that is not a bundle; name another directory`,
    });
    expect(existsSync(join(path, "manifest.json"))).toBe(false);
  });

  test("says that it cannot be written", async () => {
    const path = join(tempDirectory(), "no/such/snapshot.tar.gz");
    expect(await writeBundle(path, bundle)).toEqual({
      kind: "not-found",
      message: `no directory to write "${path}" into; make it first`,
    });
  });

  test.each(["snapshot.tar.gz", "snapshot/"])("says that %s may not be written", async (name) => {
    const directory = tempDirectory();
    const path = join(directory, name);
    expect(
      await asOrdinaryUser(() => inReadOnly(directory, () => writeBundle(path, bundle))),
    ).toEqual({
      kind: "not-permitted",
      message: `"${path}" may not be written by this user; name another place`,
    });
  });

  test("says what else the system says", async () => {
    const path = join(tempDirectory(), "x".repeat(300));
    expect(await writeBundle(path, bundle)).toEqual({
      kind: "exit",
      message: expect.stringMatching(/cannot be written: ENAMETOOLONG/),
      stderr: "",
    });
  });
});

/** As root the directory is root's own anyway: an ordinary user finds it closed for writing. */
async function inReadOnly<T>(directory: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() === statSync(directory).uid) chmodSync(directory, 0o500);
  return work().finally(() => {
    if (process.geteuid?.() === statSync(directory).uid) chmodSync(directory, 0o700);
  });
}
