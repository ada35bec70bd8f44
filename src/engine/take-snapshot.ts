import type { HostPort } from "../host/port.ts";
import type { Container, DockerNetwork } from "../model/docker.ts";
import { type FactName, type HostSnapshot, unknown } from "../model/facts.ts";
import type { CollectorOutcome } from "../model/finding.ts";
import type { Sandbox } from "../model/sandbox.ts";
import { type AnyFact, everyFact, look, type SnapshotPlan } from "./look.ts";
import { lagMs, type Motion, motionOf } from "./motion.ts";

export interface TakenSnapshot {
  readonly snapshot: HostSnapshot;
  readonly collectors: readonly CollectorOutcome[];
}

/**
 * Runs the collectors in the order of their needs. Never throws: what goes wrong is an unknown fact. Containers, bridges and rules can
 * change while docknet looks; what moved is looked at once more, and a host that is being set up as often as the plan allows. What
 * moves still drops out, the rest of the host stays judged.
 */
export async function takeSnapshot(host: HostPort, plan: SnapshotPlan): Promise<TakenSnapshot> {
  const takenAt = plan.clock.now();
  const since = plan.clock.elapsedMs();
  const first = await look(host, plan);
  let last = first;
  let motion = await motionOf(host, plan, { seen: first });
  const mostLooks = plan.mostLooks ?? 2;
  for (let looks = 1; looks < mostLooks && isWorthALook(motion, looks, plan); looks += 1) {
    // Where a look takes long, one more could outlast the time that the whole run has.
    if (looks > 1 && plan.clock.elapsedMs() - since > patienceMs) break;
    if (looks > 1 || motion.hasTentativeAddress) await plan.clock.pause?.(lagMs);
    last = await look(host, plan);
    motion = await motionOf(host, plan, { seen: last, earlier: first });
  }
  const facts = withoutMotion(last.facts, motion);
  return {
    snapshot: {
      schemaVersion: 1,
      takenAt,
      torn: !motion.calm,
      moving: motion.containers,
      facts: everyFact(facts),
    },
    collectors: [...facts].map(([fact, value]) =>
      outcomeOf(fact, value, last.durations.get(fact) ?? 0),
    ),
  };
}

/** How long the third look and those after it may be put off, in milliseconds. */
const patienceMs = 6_000;

/**
 * Containers that restart again and again never come to rest; a firewall and bridges that somebody sets up do, and so does an address,
 * unless time stands still.
 */
function isWorthALook(
  { lookWasCalm, rules, links, hasTentativeAddress }: Motion,
  looks: number,
  { clock }: SnapshotPlan,
): boolean {
  if (rules !== undefined || links !== undefined || (looks === 1 && !lookWasCalm)) return true;
  return hasTentativeAddress && clock.pause !== undefined;
}

function withoutMotion(
  facts: ReadonlyMap<FactName, AnyFact>,
  { containers, rules, links }: Motion,
): ReadonlyMap<FactName, AnyFact> {
  const steady = withoutMoving(facts, containers);
  const torn = (reason: string): AnyFact => unknown({ kind: "unparsable", message: reason });
  return new Map(
    [...steady].map(([name, fact]) => {
      if (name === "rulesets" && rules !== undefined) return [name, torn(rules)];
      if (name === "links" && links !== undefined) return [name, torn(links)];
      return [name, fact];
    }),
  );
}

/** Containers in motion drop out, with them what was promised to them, and their places in networks. */
function withoutMoving(
  facts: ReadonlyMap<FactName, AnyFact>,
  moving: readonly string[],
): ReadonlyMap<FactName, AnyFact> {
  if (moving.length === 0) return facts;
  const stays = ({ name }: { readonly name: string }): boolean => !moving.includes(name);
  const edited = new Map(facts);
  const edit = <T>(name: FactName, change: (values: readonly T[]) => readonly T[]): void => {
    const fact = facts.get(name);
    if (fact?.state === "known" && Array.isArray(fact.value))
      edited.set(name, { ...fact, value: change(fact.value) });
  };
  edit<Container>("containers", (containers) => containers.filter(stays));
  // A namespace that a container in motion shares with others moves with it.
  edit<Sandbox>("sandboxes", (sandboxes) =>
    sandboxes.filter((sandbox) => sandbox.containers.every((name) => stays({ name }))),
  );
  edit<DockerNetwork>("dockerNetworks", (networks) =>
    networks.map((network) => ({ ...network, attachments: network.attachments.filter(stays) })),
  );
  return edited;
}

/** How many of the lines that were passed over a report holds of each fact. */
const mostIgnored = 20;

function outcomeOf(fact: FactName, value: AnyFact, durationMs: number): CollectorOutcome {
  const base = { fact, state: value.state, durationMs: Math.round(durationMs * 10) / 10 };
  switch (value.state) {
    case "known":
      return {
        ...base,
        ignoredLines: value.ignored.length,
        ...(value.ignored.length === 0 ? {} : { ignored: value.ignored.slice(0, mostIgnored) }),
        ...(value.gaps === undefined ? {} : { gaps: value.gaps }),
      };
    case "absent":
      return { ...base, ignoredLines: 0, reason: value.reason };
    case "unknown":
      return { ...base, ignoredLines: 0, reason: value.failure.message, failure: value.failure };
  }
}
