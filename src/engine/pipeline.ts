import type { HostPort } from "../host/port.ts";
import type { HostSnapshot } from "../model/facts.ts";
import type { CheckOutcome, CollectorOutcome, Report } from "../model/finding.ts";
import { attributeCauses } from "./claims.ts";
import { coverageOf } from "./coverage.ts";
import { evaluateCheck, worldOf } from "./evaluate.ts";
import { outcomeOf } from "./outcome.ts";
import type { Plan } from "./plan.ts";
import { readingsOf } from "./readings.ts";
import { summarise } from "./summarise.ts";
import { takeSnapshot } from "./take-snapshot.ts";

/** The one function that doctor, agent and tests call: ask, judge, and say it as one report. */
export async function runPipeline(host: HostPort, plan: Plan): Promise<Report> {
  const since = plan.clock.elapsedMs();
  const { snapshot, collectors } = await takeSnapshot(host, plan);
  plan.onProgress?.({ kind: "judging" });
  const report = judgeSnapshot({ snapshot, collectors }, plan);
  return { ...report, durationMs: Math.round(plan.clock.elapsedMs() - since) };
}

/** The part of the pipeline that needs no host. */
export function judgeSnapshot(
  taken: { readonly snapshot: HostSnapshot; readonly collectors: readonly CollectorOutcome[] },
  plan: Pick<Plan, "checks" | "suppressions" | "toolVersion"> &
    Partial<Pick<Plan, "clock" | "derived">>,
): Report {
  const world = worldOf(taken.snapshot, plan.derived);
  const elapsedMs = (): number => plan.clock?.elapsedMs() ?? 0;
  const verdicts = plan.checks.map((check) => {
    const since = elapsedMs();
    const evaluated = evaluateCheck(check, world);
    return { check, evaluated, tookMs: elapsedMs() - since };
  });
  const attributions = attributeCauses(verdicts, world);
  const outcomes: readonly CheckOutcome[] = verdicts.map(({ check, evaluated, tookMs }) => ({
    ...outcomeOf({ check, evaluated }, { attributions, suppressions: plan.suppressions }),
    ...(tookMs > 0 ? { durationMs: Math.round(tookMs * 1_000) / 1_000 } : {}),
  }));
  const { hostIdentity: identity, sandboxes } = taken.snapshot.facts;
  return {
    schemaVersion: 1,
    tool: { name: "docknet", version: plan.toolVersion },
    host: identity.state === "known" ? identity.value : { hostname: "unknown", kernel: "unknown" },
    takenAt: taken.snapshot.takenAt,
    durationMs: 0,
    torn: taken.snapshot.torn,
    moving: taken.snapshot.moving,
    summary: summarise(outcomes),
    outcomes,
    collectors: taken.collectors,
    coverage: coverageOf(
      taken.collectors,
      sandboxes.state === "known" ? sandboxes.value : undefined,
    ),
    readings: readingsOf(taken.snapshot, world),
  };
}
