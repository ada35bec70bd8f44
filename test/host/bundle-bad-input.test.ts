import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { TarEntry } from "modern-tar";
import { packTar } from "modern-tar";
import { describe, expect, test } from "vitest";
import type { Bundle } from "../../src/host/bundle.ts";
import { readBundle, writeBundle } from "../../src/host/bundle.ts";
import { asOrdinaryUser } from "../support/as-ordinary-user.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const dated = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1 };
const bundle: Bundle = {
  origin: {
    tool: { name: "docknet", version: "0.1.0" },
    createdAt: "2026-11-02T10:00:00.000Z",
    redactions: [],
  },
  recording: [
    {
      query: { kind: "command", argv: ["ip", "-j", "rule"] },
      observation: { ok: true, text: noise(5000), ...dated },
    },
  ],
};
const record = "records/0001-ip-j-rule.out";

describe("readBundle of a file", () => {
  test("says that there is none", async () => {
    expect(await readBundle("/no/such.tar.gz")).toEqual(
      failure("not-found", 'no bundle at "/no/such.tar.gz"; check the path'),
    );
  });

  test("says that it may not be read", async () => {
    const path = await written();
    chmodSync(join(path, ".."), 0o755);
    chmodSync(path, 0o000);
    expect(await asOrdinaryUser(() => readBundle(path))).toEqual(
      failure(
        "not-permitted",
        `"${path}" may not be opened by this user; check its owner and mode`,
      ),
    );
  });

  test.each([0.1, 0.5, 0.9, 0.999])("says that it is cut off after %d of it", async (part) => {
    const path = await written();
    truncateSync(path, Math.floor(readFileSync(path).length * part));
    expect(await readBundle(path)).toEqual(
      failure("unparsable", `bundle "${path}" is cut off; copy it again`),
    );
  });

  test("says that an empty file is cut off", async () => {
    const path = saved(Buffer.alloc(0));
    expect(await readBundle(path)).toEqual(
      failure("unparsable", `bundle "${path}" is cut off; copy it again`),
    );
  });

  test("says that a damaged byte is damage", async () => {
    const path = await written();
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 5) ^ 0xff, bytes.length - 5);
    writeFileSync(path, bytes);
    expect(await readBundle(path)).toEqual(notGzip(path));
  });

  test("says that text is no gzip", async () => {
    const path = saved(Buffer.from("*filter\nCOMMIT\n"));
    expect(await readBundle(path)).toEqual(notGzip(path));
  });

  test.each([
    ["text", Buffer.from("hello")],
    ["a tar that ends early", Buffer.alloc(0)],
    ["noise", Buffer.from(noise(5000))],
  ])("says that a gzip of %s is no bundle", async (_what, inside) => {
    const path = saved(gzipSync(inside));
    expect(await readBundle(path)).toEqual(
      failure("unparsable", `bundle "${path}" is cut off or damaged inside; copy it again`),
    );
  });

  test("says that a tar without a manifest is no bundle", async () => {
    const path = await packed([entry("records/a.out", "x")]);
    expect(await readBundle(path)).toEqual(
      failure("unparsable", `"${path}" is not a bundle of docknet: it has no manifest.json`),
    );
  });

  test.each([
    ["a path that climbs", entry("../evil", "x"), "../evil"],
    ["a path that climbs on its way", entry("records/../../evil", "x"), "records/../../evil"],
    ["an absolute path", entry("/etc/passwd", "x"), "/etc/passwd"],
    ["a hidden file", entry("records/.profile", "x"), "records/.profile"],
    ["a file of its own kind", entry("run.sh", "x"), "run.sh"],
    ["another directory", special("bin/", { type: "directory" }), "bin/"],
    ["a link", special(record, { type: "symlink", linkname: "/etc/passwd" }), record],
    ["a hard link", special(record, { type: "link", linkname: "/etc/passwd" }), record],
    ["a device", special(record, { type: "character-device" }), record],
    ["a pipe", special(record, { type: "fifo" }), record],
  ])("does not read a bundle that holds %s", async (_what, odd, name) => {
    const path = await packed([entry("manifest.json", manifest()), odd]);
    expect(await readBundle(path)).toEqual(strange(path, name));
  });

  test("does not choose between two entries of one name", async () => {
    const path = await packed([entry(record, "a"), entry(record, "b")]);
    expect(await readBundle(path)).toEqual(
      failure("unparsable", `bundle "${path}" holds "${record}" twice`),
    );
  });

  test("reads what tar(1) packs of an unpacked bundle", async () => {
    const path = await packed([
      special("./", { type: "directory" }),
      entry("./manifest.json", manifest()),
      special("./records/", { type: "directory" }),
      entry(`./${record}`, "[]"),
    ]);
    expect(await readBundle(path)).toMatchObject({ ok: true });
  });

  test("does not unpack more than the limit", async () => {
    const path = saved(gzipSync(Buffer.alloc(3 * 1024 * 1024)));
    const limits = { maxBytes: 1024 * 1024, maxEntries: 10 };
    const bomb = await packed([entry("manifest.json", "x".repeat(3 * 1024 * 1024))]);
    const message = (where: string) =>
      `bundle "${where}" holds more than 1 MB; a host's snapshot is smaller: take it again`;
    expect(await readBundle(bomb, limits)).toEqual(failure("refused", message(bomb)));
    expect(await readBundle(path, limits)).toMatchObject({ ok: false });
  });

  test("does not read more entries than the limit", async () => {
    const entries = Array.from({ length: 11 }, (_, number) => entry(`records/${number}`, "x"));
    const path = await packed(entries);
    expect(await readBundle(path, { maxBytes: 1024 * 1024, maxEntries: 10 })).toEqual(
      failure(
        "refused",
        `bundle "${path}" holds more than 10 entries; a host's snapshot has fewer: take it again`,
      ),
    );
  });
});

describe("readBundle of a manifest", () => {
  test("says that a newer docknet made it, whatever else is in it", async () => {
    const path = await packed([entry("manifest.json", '{"schemaVersion":2,"records":"new"}')]);
    expect(await readBundle(path)).toEqual(
      failure(
        "unparsable",
        `bundle "${path}" was made by a newer docknet (schema 2, this one reads 1): update docknet`,
      ),
    );
  });

  test.each(["", "{", "[]", "null", '{"name":"docknet"}', "\u0000\ufffd"])(
    "says that `%s` is none",
    async (text) => {
      const path = await packed([entry("manifest.json", text)]);
      expect(await readBundle(path)).toEqual(
        failure(
          "unparsable",
          `"${path}" is not a bundle of docknet: its manifest.json has no schemaVersion`,
        ),
      );
    },
  );

  test.each([
    ["createdAt", { createdAt: "yesterday" }],
    ["records.0", { records: [{ query: { kind: "shell" } }] }],
    ["records.0", { records: [{ ...aRecord(), file: "../../etc/passwd" }] }],
    ["records.0", { records: [{ ...aRecord(), file: "/etc/passwd" }] }],
    ["records.0", { records: [{ ...aRecord(), file: "records/a/b" }] }],
    ["records.0", { records: [{ ...dated, query: aRecord().query }] }],
  ])("names the damaged place %s", async (place, change) => {
    const path = await packed([entry("manifest.json", manifest(change))]);
    expect(await readBundle(path)).toEqual(
      failure(
        "unparsable",
        expect.stringContaining(`manifest.json of bundle "${path}" is damaged at "${place}`),
      ),
    );
  });

  test("names the record whose text is missing", async () => {
    const path = await packed([entry("manifest.json", manifest())]);
    expect(await readBundle(path)).toEqual(
      failure("unparsable", `bundle "${path}" is not whole: "${record}" is missing; copy it again`),
    );
  });
});

describe("readBundle of a directory", () => {
  test("says that an empty one is none", async () => {
    const path = tempDirectory();
    expect(await readBundle(path)).toEqual(
      failure("not-found", `no bundle at "${path}"; check the path`),
    );
  });

  test("does not follow a link in place of a record", async () => {
    const path = await unpacked();
    rmSync(join(path, record));
    symlinkSync("/etc/passwd", join(path, record));
    expect(await readBundle(path)).toEqual(strange(path, record));
  });

  test("does not follow a link in place of the records", async () => {
    const path = await unpacked();
    rmSync(join(path, "records"), { recursive: true });
    symlinkSync("/etc", join(path, "records"));
    expect(await readBundle(path)).toEqual(strange(path, "records"));
  });

  test("does not read a directory in place of a record", async () => {
    const path = await unpacked();
    mkdirSync(join(path, "records/0002-x.out"));
    expect(await readBundle(path)).toEqual(strange(path, "records/0002-x.out"));
  });

  test("does not read more than the limits", async () => {
    const path = await unpacked();
    const small = { maxBytes: 1000, maxEntries: 10 };
    expect(await readBundle(path, small)).toMatchObject({ failure: { kind: "refused" } });
    const few = { maxBytes: 1_000_000, maxEntries: 1 };
    expect(await readBundle(path, few)).toMatchObject({ failure: { kind: "refused" } });
  });
});

function failure(kind: string, message: unknown) {
  return { ok: false, failure: { kind, message } };
}

function notGzip(path: string) {
  return failure(
    "unparsable",
    `"${path}" is not a bundle: not a gzip file, or a damaged one; copy it again`,
  );
}

function strange(path: string, name: string) {
  return failure(
    "refused",
    `bundle "${path}" holds "${name}", which docknet never writes; it is not read: do not trust where it came from`,
  );
}

function aRecord() {
  return { query: { kind: "command", argv: ["ip", "-j", "rule"] }, file: record, ...dated };
}

function manifest(change: object = {}): string {
  const { origin } = bundle;
  return JSON.stringify({ schemaVersion: 1, ...origin, records: [aRecord()], ...change });
}

function entry(name: string, body: string): TarEntry {
  return { header: { name, size: Buffer.byteLength(body), type: "file" }, body };
}

function special(name: string, header: Partial<TarEntry["header"]>): TarEntry {
  return { header: { name, size: 0, ...header } };
}

async function packed(entries: readonly TarEntry[]): Promise<string> {
  return saved(gzipSync(await packTar(entries)));
}

function saved(bytes: Buffer): string {
  const path = join(tempDirectory(), "snapshot.tar.gz");
  writeFileSync(path, bytes);
  return path;
}

async function written(): Promise<string> {
  const path = join(tempDirectory(), "snapshot.tar.gz");
  await writeBundle(path, bundle);
  return path;
}

async function unpacked(): Promise<string> {
  const path = join(tempDirectory(), "snapshot/");
  await writeBundle(path, bundle);
  return path;
}

/** Text that gzip cannot make small, the same in every run. */
function noise(length: number): string {
  let seed = 1;
  return Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return String.fromCharCode(32 + (seed % 90));
  }).join("");
}
