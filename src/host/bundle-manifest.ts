import { z } from "zod";
import type { Failure } from "../model/failure.ts";
import { unparsable } from "../model/failure.ts";
import type { HostQuery, Instant } from "../model/query.ts";

/** What stands in manifest.json: the records without their texts, and where they come from. */
export interface BundleManifest {
  readonly schemaVersion: 1;
  readonly origin: BundleOrigin;
  readonly records: readonly ManifestRecord[];
}

/** Who made a bundle, when, on what, and what was taken out of it. */
export interface BundleOrigin {
  readonly tool: { readonly name: string; readonly version: string };
  readonly createdAt: Instant;
  /** Versions of the kernel, the distribution and the tools, as far as they are known. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What was taken out, in words. */
  readonly redactions: readonly string[];
  /** What a reader must know: what was derived instead of asked, what the host was put through. */
  readonly notes?: readonly string[];
}

/** One record: `file` holds the text of an answer, `failure` says why there is none. */
export type ManifestRecord = {
  readonly query: HostQuery;
  readonly observedAt: Instant;
  readonly durationMs: number;
} & (
  | { readonly file: string; readonly stderr?: string }
  | { readonly file?: never; readonly failure: Failure }
);

export type ReadManifest =
  | { readonly ok: true; readonly manifest: BundleManifest }
  | { readonly ok: false; readonly failure: Failure };

/** Name of the manifest inside a bundle. */
export const manifestName = "manifest.json";

/** Where the texts of records may lie: directly below records/, under a name that climbs nowhere. */
export const recordFile = /^records\/[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Reads the text of a manifest; `where` is the bundle, for the messages. */
export function parseManifest(text: string, where: string): ReadManifest {
  const json = parsedJson(text);
  const version = z.object({ schemaVersion: z.number() }).safeParse(json);
  if (!version.success) {
    return broken(
      `"${where}" is not a bundle of docknet: its ${manifestName} has no schemaVersion`,
    );
  }
  if (version.data.schemaVersion > newestSchema) {
    const found = version.data.schemaVersion;
    return broken(
      `bundle "${where}" was made by a newer docknet (schema ${found}, this one reads ${newestSchema}): update docknet`,
    );
  }
  const manifest = manifestSchema.safeParse(json);
  if (manifest.success) return { ok: true, manifest: toManifest(manifest.data) };
  const [issue] = manifest.error.issues;
  return broken(
    `${manifestName} of bundle "${where}" is damaged at "${issue?.path.join(".")}": ${issue?.message}; take the snapshot again`,
  );
}

/** The text of a manifest, the same for the same bundle. */
export function manifestText({ origin, records }: BundleManifest): string {
  const { tool, createdAt, versions, redactions, notes } = origin;
  const head = { schemaVersion: newestSchema, tool, createdAt, versions, redactions, notes };
  const opened = JSON.stringify(head, undefined, 2).replace(/\n\}$/, "");
  // One line a record: a person can read it, and a diff shows the record that changed.
  const lines = records.map((record) => `    ${JSON.stringify(record)}`);
  return `${opened},\n  "records": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

const newestSchema = 1;

const path = z.templateLiteral(["/", z.string()]);
const netns = z.string().exactOptional();
const querySchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("command"),
    argv: z.tuple([z.string()], z.string()),
    netns,
    stdin: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal("file"), path, netns }),
  z.object({ kind: z.literal("directory"), path }),
  z.object({ kind: z.literal("docker"), path }),
  z.object({ kind: z.literal("system"), topic: z.literal("memory") }),
]);

const message = z.string();
const failureSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("not-found"), message, program: z.string().exactOptional() }),
  z.object({ kind: z.literal("not-permitted"), message, capability: z.string().exactOptional() }),
  z.object({ kind: z.literal("timed-out"), message, timeoutMs: z.number() }),
  z.object({
    kind: z.literal("exit"),
    message,
    exitCode: z.number().exactOptional(),
    signal: z.string().exactOptional(),
    stderr: z.string(),
  }),
  z.object({ kind: z.literal("not-recorded"), message }),
  z.object({ kind: z.literal("unparsable"), message, line: z.number().exactOptional() }),
  z.object({ kind: z.literal("refused"), message }),
  z.object({ kind: z.literal("connection-refused"), message }),
  z.object({ kind: z.literal("bad-answer"), message, httpStatus: z.number().exactOptional() }),
]);

const dated = { query: querySchema, observedAt: z.iso.datetime(), durationMs: z.number() };
const recordSchema = z.union([
  z.object({
    ...dated,
    file: z.string().regex(recordFile, "not a file directly below records/"),
    stderr: z.string().exactOptional(),
  }),
  z.object({ ...dated, file: z.never().exactOptional(), failure: failureSchema }),
]);

const manifestSchema = z.object({
  schemaVersion: z.literal(newestSchema),
  tool: z.object({ name: z.string(), version: z.string() }),
  createdAt: z.iso.datetime(),
  versions: z.record(z.string(), z.string()).exactOptional(),
  redactions: z.array(z.string()),
  notes: z.array(z.string()).exactOptional(),
  records: z.array(recordSchema),
});

function toManifest(read: z.infer<typeof manifestSchema>): BundleManifest {
  const { schemaVersion, records, ...origin } = read;
  return { schemaVersion, origin, records };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function broken(message: string): ReadManifest {
  return { ok: false, failure: unparsable(message) };
}
