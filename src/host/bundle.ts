import { stat } from "node:fs/promises";
import type { Failure } from "../model/failure.ts";
import { unparsable } from "../model/failure.ts";
import type { HostQuery } from "../model/query.ts";
import { queryKey } from "../model/query.ts";
import { readArchive, writeArchive } from "./bundle-archive.ts";
import { readUnpacked, writeUnpacked } from "./bundle-directory.ts";
import type { BundleFiles, BundleLimits } from "./bundle-files.ts";
import { bundleFailure, bundleLimits } from "./bundle-files.ts";
import type { BundleOrigin, ManifestRecord } from "./bundle-manifest.ts";
import { manifestName, manifestText, parseManifest } from "./bundle-manifest.ts";
import type { RecordedObservation, Recording } from "./recording.ts";

export type { BundleOrigin } from "./bundle-manifest.ts";

/** The raw observations of one run and where they come from. */
export interface Bundle {
  readonly origin: BundleOrigin;
  readonly recording: Recording;
}

export type ReadBundle =
  | { readonly ok: true; readonly bundle: Bundle }
  | { readonly ok: false; readonly failure: Failure };

/** What the live port takes out of answers, for a manifest's list of redactions. */
export const liveRedactions = [
  "environment variables, command lines, mounts and health logs of containers",
  "values of labels",
  "registry and proxy settings and runtimes of the engine",
  "options of dockerd that do not decide about networking",
] as const;

/** Reads a bundle from a .tar.gz file or an unpacked directory. */
export async function readBundle(
  path: string,
  limits: BundleLimits = bundleLimits,
): Promise<ReadBundle> {
  const kind = await kindOf(path);
  if (!kind.ok) return kind;
  const read = kind.directory ? await readUnpacked(path, limits) : await readArchive(path, limits);
  return read.ok ? bundleOf(path, read.files) : read;
}

/** Writes a .tar.gz file, or a directory where the path is one or ends in "/"; undefined when it went well. */
export async function writeBundle(path: string, bundle: Bundle): Promise<Failure | undefined> {
  const kind = await kindOf(path);
  return path.endsWith("/") || (kind.ok && kind.directory)
    ? writeUnpacked(path, filesOf(bundle))
    : writeArchive(path, filesOf(bundle));
}

async function kindOf(
  path: string,
): Promise<
  | { readonly ok: true; readonly directory: boolean }
  | { readonly ok: false; readonly failure: Failure }
> {
  try {
    return { ok: true, directory: (await stat(path)).isDirectory() };
  } catch (error) {
    return { ok: false, failure: bundleFailure(path, error) };
  }
}

/** Equal answers to one question share a file: the second look of a run costs a line of the manifest. */
function filesOf({ origin, recording }: Bundle): BundleFiles {
  const files = new Map<string, string>();
  const fileOf = new Map<string, string>();
  const records = recording.map(({ query, observation }): ManifestRecord => {
    const { observedAt, durationMs } = observation;
    const dated = { query, observedAt, durationMs };
    if (!observation.ok) return { ...dated, failure: observation.failure };
    const answer = `${queryKey(query)}\n${observation.text}`;
    const known = fileOf.get(answer);
    const file = known ?? recordName(files.size + 1, query);
    files.set(file, observation.text);
    fileOf.set(answer, file);
    const { stderr } = observation;
    return stderr === undefined ? { ...dated, file } : { ...dated, file, stderr };
  });
  const manifest = manifestText({ schemaVersion: 1, origin, records });
  return new Map([[manifestName, manifest], ...files]);
}

function recordName(position: number, query: HostQuery): string {
  return `records/${String(position).padStart(4, "0")}-${slug(query)}.out`;
}

function slug(query: HostQuery): string {
  const words =
    query.kind === "command"
      ? query.argv.join(" ")
      : `${query.kind} ${query.kind === "system" ? query.topic : query.path}`;
  const place = "netns" in query && query.netns !== undefined ? `${query.netns} ` : "";
  return `${place}${words}`
    .replaceAll(/[^A-Za-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 60);
}

function bundleOf(path: string, files: BundleFiles): ReadBundle {
  const text = files.get(manifestName);
  if (text === undefined) {
    return broken(`"${path}" is not a bundle of docknet: it has no ${manifestName}`);
  }
  const read = parseManifest(text, path);
  if (!read.ok) return read;
  const { origin, records } = read.manifest;
  const missing = records.find(({ file }) => file !== undefined && !files.has(file));
  if (missing !== undefined) {
    return broken(`bundle "${path}" is not whole: "${missing.file}" is missing; copy it again`);
  }
  return { ok: true, bundle: { origin, recording: records.map((each) => recordOf(each, files)) } };
}

function recordOf(record: ManifestRecord, files: BundleFiles): RecordedObservation {
  const { query, observedAt, durationMs } = record;
  if (record.file === undefined) {
    return { query, observation: { ok: false, failure: record.failure, observedAt, durationMs } };
  }
  const answer = { ok: true, text: files.get(record.file) ?? "", observedAt, durationMs } as const;
  return {
    query,
    observation: record.stderr === undefined ? answer : { ...answer, stderr: record.stderr },
  };
}

function broken(message: string): ReadBundle {
  return { ok: false, failure: unparsable(message) };
}
