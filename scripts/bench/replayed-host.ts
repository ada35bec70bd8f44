import { checks } from "../../src/checks/index.ts";
import { collectors } from "../../src/collectors/index.ts";
import { type JudgedFacts, judgedFactNames } from "../../src/derive/judged-intents.ts";
import type { Plan } from "../../src/engine/plan.ts";
import { type TakenSnapshot, takeSnapshot } from "../../src/engine/take-snapshot.ts";
import type { HostPort } from "../../src/host/port.ts";
import { replayHost } from "../../src/host/replay.ts";
import { type Scale, scaledRecording } from "../../test/support/scaled-recording.ts";

/** All collectors and checks, as `doctor` and the agent run them. */
export const wholePlan: Plan = {
  collectors,
  checks,
  suppressions: [],
  clock: { now: () => "2026-01-01T00:00:00.000Z", elapsedMs: () => 0 },
  toolVersion: "bench",
};

/** Gives the recorded host anew for each run. */
export async function replayedHost(scale: Scale): Promise<() => HostPort> {
  const recording = await scaledRecording(scale);
  return () => replayHost(recording);
}

/** A snapshot of a large host, and the facts that judging it needs. */
export async function largeSnapshot(
  scale: Scale,
): Promise<{ readonly taken: TakenSnapshot; readonly facts: JudgedFacts }> {
  const host = await replayedHost(scale);
  const taken = await takeSnapshot(host(), wholePlan);
  const facts = judgedFactNames.map((name) => {
    const fact = taken.snapshot.facts[name];
    if (fact.state !== "known") throw new Error(`${name} is ${fact.state} on the scaled host`);
    return [name, fact.value] as const;
  });
  // Every name of a judged fact is there, with its own value.
  return { taken, facts: Object.fromEntries(facts) as never };
}
