import { collectors } from "../../collectors/index.ts";
import { exposureOfFacts } from "../../derive/exposure/exposure-of-facts.ts";
import { looksForAPerson } from "../../engine/plan.ts";
import { takeSnapshot } from "../../engine/take-snapshot.ts";
import type { ExposureReport } from "../../model/exposure/exposure-report.ts";
import type { HostSnapshot } from "../../model/facts.ts";
import type { Family } from "../../model/ip.ts";
import { exposureTerminal } from "../../render/exposure-terminal.ts";
import type { Format } from "../../render/index.ts";
import { jsonDocument } from "../../render/json.ts";
import { complain } from "../complain.ts";
import { sourceOf } from "../doctor.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { pageFor } from "../page.ts";
import { progressLine } from "../progress-line.ts";
import { version } from "../version.ts";
import type { World } from "../world.ts";

/** Flags of `docknet exposure` as commander gives them. */
export interface ExposureFlags {
  readonly family?: "4" | "6";
  readonly format: Format;
  readonly timeout: string;
  /** False after --no-color. */
  readonly color: boolean;
  readonly bundle?: string;
  readonly dockerHost?: string;
}

/** Reads the host once and prints who reaches what. */
export async function showExposure(flags: ExposureFlags, world: World): Promise<ExitCode> {
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
  const { report, certain } = exposureReport(snapshot, familyNamed(flags.family));
  const page = pageFor(world.stdout, { env: world.env, color: flags.color, detail: "all" });
  await world.stdout.write(
    flags.format === "json" ? jsonDocument(report) : exposureTerminal(report, page),
  );
  return certain ? exitCodes.ok : exitCodes.unknown;
}

function familyNamed(family: ExposureFlags["family"]): Family | undefined {
  if (family === undefined) return undefined;
  return family === "4" ? "ipv4" : "ipv6";
}

/** The answer for one snapshot, and whether nothing in it is unsure. */
export function exposureReport(
  snapshot: HostSnapshot,
  family: Family | undefined,
): { readonly report: ExposureReport; readonly certain: boolean } {
  const { facts, takenAt } = snapshot;
  const { exposure, certain } = exposureOfFacts(facts, family);
  const { hostIdentity } = facts;
  const nobody = { hostname: "unknown", kernel: "unknown" };
  const moving = snapshot.moving.map((name) => `${name}: in motion while docknet looked`);
  return {
    report: {
      schemaVersion: 1,
      tool: { name: "docknet", version },
      host: hostIdentity.state === "known" ? hostIdentity.value : nobody,
      takenAt,
      ...exposure,
      notes: [...exposure.notes, ...moving],
    },
    certain: certain && moving.length === 0,
  };
}
