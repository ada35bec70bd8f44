import { lstat, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Failure } from "../model/failure.ts";
import { refused } from "../model/failure.ts";
import type { BundleFiles, BundleLimits, ReadFiles } from "./bundle-files.ts";
import {
  bundleFailure,
  strangeEntry,
  tooLarge,
  tooManyEntries,
  writeFailure,
} from "./bundle-files.ts";
import { manifestName, parseManifest, recordFile } from "./bundle-manifest.ts";

/** Reads an unpacked bundle: plain files only, links are not followed. */
export async function readUnpacked(path: string, limits: BundleLimits): Promise<ReadFiles> {
  try {
    const names = await entryNames(path);
    if (names.length > limits.maxEntries) {
      return { ok: false, failure: tooManyEntries(path, limits) };
    }
    const files = new Map<string, string>();
    let total = 0;
    for (const name of names) {
      const entry = await lstat(join(path, name));
      if (!entry.isFile()) return { ok: false, failure: strangeEntry(path, name) };
      total += entry.size;
      if (total > limits.maxBytes) return { ok: false, failure: tooLarge(path, limits) };
      files.set(name, await readFile(join(path, name), "utf8"));
    }
    return { ok: true, files };
  } catch (error) {
    return { ok: false, failure: bundleFailure(path, error) };
  }
}

/** Writes an unpacked bundle. A directory that holds anything else than a bundle stays as it is. */
export async function writeUnpacked(
  path: string,
  files: BundleFiles,
): Promise<Failure | undefined> {
  try {
    if (!(await mayReplace(path))) {
      return refused(`"${path}" holds something that is not a bundle; name another directory`);
    }
    await rm(join(path, "records"), { recursive: true, force: true });
    for (const [name, text] of files) {
      await mkdir(dirname(join(path, name)), { recursive: true, mode: 0o700 });
      await writeFile(join(path, name), text, { mode: 0o600 });
    }
    return undefined;
  } catch (error) {
    return writeFailure(path, error);
  }
}

/** The manifest and the records; what else lies there, such as a person's notes, is not looked at. */
async function entryNames(path: string): Promise<readonly string[]> {
  const records = join(path, "records");
  const { isRecords, isLink } = await kindOf(records);
  if (isLink) return [manifestName, "records"];
  const names = isRecords ? await readdir(records) : [];
  return [
    manifestName,
    ...names
      .sort()
      .map((name) => `records/${name}`)
      .filter((name) => recordFile.test(name)),
  ];
}

async function kindOf(
  path: string,
): Promise<{ readonly isRecords: boolean; readonly isLink: boolean }> {
  const entry = await lstat(path).catch(() => undefined);
  return {
    isRecords: entry?.isDirectory() ?? false,
    isLink: entry !== undefined && !entry.isDirectory(),
  };
}

async function mayReplace(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => undefined);
  if (names === undefined || names.length === 0) return true;
  const records = await lstat(join(path, "records")).catch(() => undefined);
  if (records?.isSymbolicLink() === true) return false;
  const text = await readFile(join(path, manifestName), "utf8").catch(() => "");
  return parseManifest(text, path).ok;
}
