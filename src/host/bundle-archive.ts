import { createReadStream } from "node:fs";
import { chmod, rename, rm, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGunzip, gzip } from "node:zlib";
import { createTarDecoder, packTar } from "modern-tar";
import type { Failure } from "../model/failure.ts";
import { unparsable } from "../model/failure.ts";
import type { BundleFiles, BundleLimits, ReadFiles } from "./bundle-files.ts";
import {
  bundleFailure,
  strangeEntry,
  tooLarge,
  tooManyEntries,
  writeFailure,
} from "./bundle-files.ts";
import { manifestName, recordFile } from "./bundle-manifest.ts";
import { errorCode } from "./live-answer.ts";

/** Reads a .tar.gz into memory; nothing of it is ever written to disk. */
export async function readArchive(path: string, limits: BundleLimits): Promise<ReadFiles> {
  try {
    return await pipeline(createReadStream(path), createGunzip(), (unpacked) =>
      readEntries(path, unpacked, limits),
    );
  } catch (error) {
    return { ok: false, failure: archiveFailure(path, error, limits) };
  }
}

/** Writes a .tar.gz that only its owner may read; the old file stays until the new one is whole. */
export async function writeArchive(path: string, files: BundleFiles): Promise<Failure | undefined> {
  const partial = `${path}.partial`;
  try {
    // One date for all: the same bundle is the same file.
    const mtime = new Date(0);
    const entries = [...files].map(([name, text]) => {
      const body = Buffer.from(text, "utf8");
      const header = { name, size: body.length, mode: 0o600, mtime, type: "file" } as const;
      return { header, body };
    });
    const packed = await promisify(gzip)(await packTar(entries), { level: 9 });
    await writeFile(partial, packed, { mode: 0o600 });
    await chmod(partial, 0o600);
    await rename(partial, path);
    return undefined;
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    return writeFailure(path, error);
  }
}

const overLimit = "ERR_BUNDLE_TOO_LARGE";

async function readEntries(
  path: string,
  unpacked: AsyncIterable<Buffer>,
  limits: BundleLimits,
): Promise<ReadFiles> {
  const files = new Map<string, string>();
  const bytes = ReadableStream.from(withinLimit(unpacked, limits.maxBytes));
  let entries = 0;
  for await (const { header, body } of bytes.pipeThrough(createTarDecoder({ strict: true }))) {
    entries += 1;
    if (entries > limits.maxEntries) return { ok: false, failure: tooManyEntries(path, limits) };
    if (header.type === "directory" && /^(\.\/)?(records\/?)?$/.test(header.name)) {
      await body.cancel();
      continue;
    }
    const name = header.name.replace(/^\.\//, "");
    if (header.type !== "file" || !(name === manifestName || recordFile.test(name))) {
      return { ok: false, failure: strangeEntry(path, header.name) };
    }
    if (files.has(name)) {
      return { ok: false, failure: unparsable(`bundle "${path}" holds "${name}" twice`) };
    }
    files.set(name, Buffer.from(await new Response(body).arrayBuffer()).toString("utf8"));
  }
  return { ok: true, files };
}

async function* withinLimit(source: AsyncIterable<Buffer>, maxBytes: number) {
  let total = 0;
  for await (const chunk of source) {
    total += chunk.length;
    if (total > maxBytes) throw Object.assign(new Error("too large"), { code: overLimit });
    yield new Uint8Array(chunk);
  }
}

function archiveFailure(path: string, error: unknown, limits: BundleLimits): Failure {
  if (errorCode(error) === overLimit) return tooLarge(path, limits);
  // modern-tar's errors have no code, those of the system and of zlib have one.
  return errorCode(error) === undefined
    ? unparsable(`bundle "${path}" is cut off or damaged inside; copy it again`)
    : bundleFailure(path, error);
}
