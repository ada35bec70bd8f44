import { collectors } from "../../collectors/index.ts";
import { parseEndpoint } from "../../derive/trace/endpoint.ts";
import { hostOfFacts } from "../../derive/trace/host-of-facts.ts";
import { type Traced, type TraceRequest, trace } from "../../derive/trace/trace.ts";
import { looksForAPerson } from "../../engine/plan.ts";
import { takeSnapshot } from "../../engine/take-snapshot.ts";
import type { HostSnapshot } from "../../model/facts.ts";
import type { Packet } from "../../model/packet.ts";
import type { TraceFate, TraceReport } from "../../model/trace/trace-report.ts";
import type { Format } from "../../render/index.ts";
import { jsonDocument } from "../../render/json.ts";
import { traceTerminal } from "../../render/trace-terminal.ts";
import { complain } from "../complain.ts";
import { sourceOf } from "../doctor.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { pageFor } from "../page.ts";
import { progressLine } from "../progress-line.ts";
import type { Selected } from "../selection.ts";
import { version } from "../version.ts";
import type { World } from "../world.ts";

/** Flags of `docknet trace` as commander gives them. */
export interface TraceFlags {
  readonly from: string;
  readonly to: string;
  readonly proto: Packet["protocol"];
  readonly family?: "4" | "6";
  readonly size?: string;
  readonly format: Format;
  readonly timeout: string;
  /** False after --no-color. */
  readonly color: boolean;
  readonly bundle?: string;
  readonly dockerHost?: string;
}

/** Follows one packet and its answer, and prints the way. */
export async function traceEndpoints(flags: TraceFlags, world: World): Promise<ExitCode> {
  const request = requestOf(flags);
  if (!request.ok) return complain(world, request.message, exitCodes.usage);
  const source = sourceOf(flags, world.env);
  if (!source.ok) return complain(world, source.message, source.exitCode);
  const opened = await world.openHost(source.value);
  if (!opened.ok) return complain(world, opened.failure.message, exitCodes.unreadableBundle);
  const progress = progressLine(world.stderr);
  const { snapshot } = await takeSnapshot(opened.host, {
    collectors,
    clock: opened.clock,
    mostLooks: looksForAPerson,
    onProgress: progress.show,
  }).finally(progress.clear);
  const report = traceReport(snapshot, request.value);
  if (!report.ok) return complain(world, report.message, exitCodes.usage);
  const page = pageFor(world.stdout, { env: world.env, color: flags.color, detail: "all" });
  await world.stdout.write(
    flags.format === "json" ? jsonDocument(report.value) : traceTerminal(report.value, page),
  );
  return exitCodeOf(report.value.fate);
}

/** The whole answer for one snapshot; a refusal where the names do not fit the host. */
export function traceReport(snapshot: HostSnapshot, request: TraceRequest): Selected<TraceReport> {
  const { facts, takenAt } = snapshot;
  const read = hostOfFacts(facts);
  const traced = read.ok ? trace(read.host, request) : blind(read.missing);
  if (!traced.ok) return traced;
  const { hostIdentity } = facts;
  const nobody = { hostname: "unknown", kernel: "unknown" };
  return {
    ok: true,
    value: {
      schemaVersion: 1,
      tool: { name: "docknet", version },
      host: hostIdentity.state === "known" ? hostIdentity.value : nobody,
      takenAt,
      ...traced.value,
      notes: read.ok ? read.notes : read.missing,
    },
  };
}

function blind(missing: readonly string[]): { readonly ok: true; readonly value: Traced } {
  const [first = ""] = missing;
  const more = missing.length > 1 ? `, and ${missing.length - 1} more could not be read` : "";
  const sentence = `Where the packet goes is unsure: ${first}${more}.`;
  return { ok: true, value: { fate: "unsure", sentence, legs: [] } };
}

function requestOf(flags: TraceFlags): Selected<TraceRequest> {
  const from = parseEndpoint(flags.from);
  if (!from.ok) return { ok: false, message: `--from: ${from.message}` };
  if (from.value.port !== undefined)
    return { ok: false, message: `--from ${flags.from}: a port belongs to --to only` };
  const to = parseEndpoint(flags.to);
  if (!to.ok) return { ok: false, message: `--to: ${to.message}` };
  const size = sizeOf(flags.size);
  if (!size.ok) return size;
  const { family } = flags;
  return {
    ok: true,
    value: {
      from: from.value,
      to: to.value,
      protocol: flags.proto,
      ...(family === undefined ? {} : { family: family === "4" ? "ipv4" : "ipv6" }),
      ...size.value,
    },
  };
}

function sizeOf(text: string | undefined): Selected<Pick<TraceRequest, "sizeBytes">> {
  if (text === undefined) return { ok: true, value: {} };
  const sizeBytes = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (sizeBytes < 28 || sizeBytes > 65_535) {
    const message = `--size is "${text}": give the length of the IP packet in bytes, 28 to 65535`;
    return { ok: false, message };
  }
  return { ok: true, value: { sizeBytes } };
}

function exitCodeOf(fate: TraceFate): ExitCode {
  switch (fate) {
    case "delivered":
      return exitCodes.ok;
    case "unsure":
      return exitCodes.unknown;
    default:
      return exitCodes.critical;
  }
}
