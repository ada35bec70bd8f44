import { collectors } from "../../collectors/index.ts";
import { fateChangesOfFacts } from "../../derive/fate-changes/fate-changes-of-facts.ts";
import { looksForAPerson } from "../../engine/plan.ts";
import { takeSnapshot } from "../../engine/take-snapshot.ts";
import type { DiffReport, DiffSide } from "../../model/diff/diff-report.ts";
import type { HostSnapshot } from "../../model/facts.ts";
import { diffTerminal } from "../../render/diff-terminal.ts";
import type { Format } from "../../render/index.ts";
import { jsonDocument } from "../../render/json.ts";
import { complain } from "../complain.ts";
import { sourceOf } from "../doctor.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { pageFor } from "../page.ts";
import { progressLine } from "../progress-line.ts";
import type { Selected } from "../selection.ts";
import { version } from "../version.ts";
import type { HostSource, World } from "../world.ts";

/** Flags of `docknet diff` as commander gives them. */
export interface DiffFlags {
  readonly format: Format;
  readonly timeout: string;
  /** False after --no-color. */
  readonly color: boolean;
  readonly dockerHost?: string;
}

/** Judges the promises of two snapshots and prints those that fare otherwise. */
export async function showDiff(
  paths: { readonly before: string; readonly after: string | undefined },
  flags: DiffFlags,
  world: World,
): Promise<ExitCode> {
  const { after: bundle } = paths;
  const now = sourceOf({ ...flags, ...(bundle === undefined ? {} : { bundle }) }, world.env);
  if (!now.ok) return complain(world, now.message, now.exitCode);
  const before = await snapshotOf({ kind: "bundle", path: paths.before }, world);
  if (!before.ok) return complain(world, before.message, exitCodes.unreadableBundle);
  const after = await snapshotOf(now.value, world);
  if (!after.ok) return complain(world, after.message, exitCodes.unreadableBundle);
  const { report, comparable } = diffReport(before.value, after.value);
  const page = pageFor(world.stdout, { env: world.env, color: flags.color, detail: "all" });
  await world.stdout.write(
    flags.format === "json" ? jsonDocument(report) : diffTerminal(report, page),
  );
  return comparable ? exitCodeOf(report) : exitCodes.unknown;
}

async function snapshotOf(source: HostSource, world: World): Promise<Selected<HostSnapshot>> {
  const opened = await world.openHost(source);
  if (!opened.ok) return { ok: false, message: opened.failure.message };
  const progress = progressLine(world.stderr);
  const { snapshot } = await takeSnapshot(opened.host, {
    collectors,
    clock: opened.clock,
    mostLooks: looksForAPerson,
    onProgress: progress.show,
  }).finally(progress.clear);
  return { ok: true, value: snapshot };
}

/** The comparison of two snapshots, and whether both tell what Docker promised. */
export function diffReport(
  before: HostSnapshot,
  after: HostSnapshot,
): { readonly report: DiffReport; readonly comparable: boolean } {
  const { promises, changes, notes, comparable } = fateChangesOfFacts(before.facts, after.facts);
  const [was, is] = [sideOf(before), sideOf(after)];
  const others =
    was.host.hostname === is.host.hostname
      ? []
      : ["the two are of different hosts: promises are compared by the names of containers"];
  return {
    report: {
      schemaVersion: 1,
      tool: { name: "docknet", version },
      before: was,
      after: is,
      promises,
      changes,
      notes: [...others, ...notes],
    },
    comparable,
  };
}

function sideOf({ facts, takenAt }: HostSnapshot): DiffSide {
  const { hostIdentity } = facts;
  const nobody = { hostname: "unknown", kernel: "unknown" };
  return { host: hostIdentity.state === "known" ? hostIdentity.value : nobody, takenAt };
}

function exitCodeOf({ changes }: DiffReport): ExitCode {
  const has = (...kinds: readonly string[]): boolean =>
    changes.some(({ change }) => kinds.includes(change));
  if (has("broken")) return exitCodes.critical;
  if (has("weakened")) return exitCodes.warning;
  return has("unsure-now", "certain-now") ? exitCodes.unknown : exitCodes.ok;
}
