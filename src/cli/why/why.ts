import { collectors } from "../../collectors/index.ts";
import { hostOfFacts } from "../../derive/trace/host-of-facts.ts";
import { parseWhy } from "../../derive/why/sentence.ts";
import { type Answered, type WhyRequest, why } from "../../derive/why/why.ts";
import type { WhyHost } from "../../derive/why/why-host.ts";
import { looksForAPerson } from "../../engine/plan.ts";
import { takeSnapshot } from "../../engine/take-snapshot.ts";
import type { HostSnapshot } from "../../model/facts.ts";
import type { Packet } from "../../model/packet.ts";
import type { WhyOutcome, WhyReport } from "../../model/why/why-report.ts";
import type { Format } from "../../render/index.ts";
import { jsonDocument } from "../../render/json.ts";
import { whyTerminal } from "../../render/why/terminal.ts";
import { complain } from "../complain.ts";
import { sourceOf } from "../doctor.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { pageFor } from "../page.ts";
import { progressLine } from "../progress-line.ts";
import type { Selected } from "../selection.ts";
import { version } from "../version.ts";
import type { World } from "../world.ts";
import { type Taken, withHostCause } from "./host-cause.ts";

/** Flags of `docknet why` as commander gives them. */
export interface WhyFlags {
  readonly proto?: Packet["protocol"];
  readonly family?: "4" | "6";
  readonly format: Format;
  readonly timeout: string;
  /** False after --no-color. */
  readonly color: boolean;
  readonly bundle?: string;
  readonly dockerHost?: string;
}

/** Answers why one cannot reach another, and prints what to do. */
export async function whyNot(
  words: readonly string[],
  flags: WhyFlags,
  world: World,
): Promise<ExitCode> {
  const request = requestOf(words, flags);
  if (!request.ok) return complain(world, request.message, exitCodes.usage);
  const source = sourceOf(flags, world.env);
  if (!source.ok) return complain(world, source.message, source.exitCode);
  const opened = await world.openHost(source.value);
  if (!opened.ok) return complain(world, opened.failure.message, exitCodes.unreadableBundle);
  const progress = progressLine(world.stderr);
  const taken = await takeSnapshot(opened.host, {
    collectors,
    clock: opened.clock,
    mostLooks: looksForAPerson,
    onProgress: progress.show,
  }).finally(progress.clear);
  const report = whyReport(taken, request.value);
  if (!report.ok) return complain(world, report.message, exitCodes.usage);
  const page = pageFor(world.stdout, { env: world.env, color: flags.color, detail: "all" });
  await world.stdout.write(
    flags.format === "json" ? jsonDocument(report.value) : whyTerminal(report.value, page),
  );
  return exitCodeFor[report.value.outcome];
}

const exitCodeFor: Readonly<Record<WhyOutcome, ExitCode>> = {
  fine: exitCodes.ok,
  broken: exitCodes.critical,
  unsure: exitCodes.unknown,
};

/** The whole answer for one snapshot; a refusal where the names do not fit the host. */
export function whyReport(taken: Taken, request: WhyRequest): Selected<WhyReport> {
  const { facts, takenAt } = taken.snapshot;
  const answered = answerFor(taken.snapshot, request);
  if (!answered.ok) return answered;
  const whole = withHostCause(taken, answered.value, (assumed) => {
    const again = answerFor(assumed, request);
    return again.ok ? again.value : undefined;
  });
  const { hostIdentity } = facts;
  const nobody = { hostname: "unknown", kernel: "unknown" };
  return {
    ok: true,
    value: {
      schemaVersion: 1,
      tool: { name: "docknet", version },
      host: hostIdentity.state === "known" ? hostIdentity.value : nobody,
      takenAt,
      ...whole,
    },
  };
}

function answerFor(snapshot: HostSnapshot, request: WhyRequest): Selected<Answered> {
  const read = hostOfFacts(snapshot.facts);
  if (!read.ok) return { ok: true, value: blind(request, read.missing) };
  const answered = why(whyHost(snapshot, read.host), request);
  const { containers } = snapshot.facts;
  if (answered.ok || containers.state !== "absent") return answered;
  return { ok: false, message: `${answered.message}: ${containers.reason}` };
}

function whyHost({ facts, moving }: HostSnapshot, trace: WhyHost["trace"]): WhyHost {
  const { sandboxes, daemonOptions } = facts;
  return {
    trace,
    sandboxes: sandboxes.state === "known" ? sandboxes.value : [],
    ...(daemonOptions.state === "known" ? { daemonOptions: daemonOptions.value } : {}),
    moving,
  };
}

/** Nothing can be said about packets, and so about nobody's connection. */
function blind({ from, to, protocol }: WhyRequest, missing: readonly string[]): Answered {
  const [first = ""] = missing;
  const [asking, asked] = [endpointWord(from), endpointWord(to)];
  return {
    question: { from: asking, to: asked, protocol: protocol ?? "tcp" },
    outcome: "unsure",
    sentence: `Whether ${asking} reaches ${asked} is unsure: ${first}.`,
    causes: [],
    suspects: [],
    notes: [],
    seen: [],
    unknown: missing.map((text) => ({ topic: "path", text, isNeeded: true })),
    elsewhere: [],
  };
}

function endpointWord(endpoint: WhyRequest["to"]): string {
  const port = endpoint.port === undefined ? "" : `:${endpoint.port}`;
  if (endpoint.kind === "container") return `${endpoint.name}${port}`;
  return `${endpoint.kind === "address" ? endpoint.address : endpoint.kind}${port}`;
}

function requestOf(words: readonly string[], flags: WhyFlags): Selected<WhyRequest> {
  const understood = parseWhy(words);
  if (!understood.ok) return understood;
  const { value } = understood;
  const { proto, family } = flags;
  if (proto !== undefined && value.protocol !== undefined && proto !== value.protocol)
    return {
      ok: false,
      message: `--proto says ${proto} and the question ${value.protocol}: leave one of them away`,
    };
  return {
    ok: true,
    value: {
      ...value,
      ...(proto === undefined ? {} : { protocol: proto }),
      ...(family === undefined ? {} : { family: family === "4" ? "ipv4" : "ipv6" }),
    },
  };
}
