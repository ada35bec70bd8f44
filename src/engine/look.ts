import type { AnyCollector } from "../collectors/define-collector.ts";
import { type Fence, readFence } from "../collectors/fence.ts";
import type { HostPort, Observation } from "../host/port.ts";
import { type Fact, type FactName, type HostSnapshot, unknown } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import { queryKey } from "../model/query.ts";
import type { Clock, Plan } from "./plan.ts";

/** The part of a plan that looking needs. */
export type SnapshotPlan = Pick<Plan, "collectors" | "clock" | "mostLooks" | "onProgress">;

export type AnyFact = Fact<unknown>;

/** What one pass over the host saw. */
export interface Look {
  readonly facts: ReadonlyMap<FactName, AnyFact>;
  readonly durations: ReadonlyMap<FactName, number>;
  readonly before: Fence;
  readonly after: Fence;
}

/** One pass over all collectors, with the fence read first and last. */
export async function look(host: HostPort, plan: SnapshotPlan): Promise<Look> {
  const shared = sharing(host);
  const before = await readFence(shared);
  const facts = new Map<FactName, AnyFact>();
  const durations = new Map<FactName, number>();
  const running = new Map<FactName, Promise<AnyFact>>();
  const start = (collector: AnyCollector): Promise<AnyFact> => {
    const already = running.get(collector.fact);
    if (already !== undefined) return already;
    const promise = (async () => {
      const needed = plan.collectors.filter((other) => collector.needs.includes(other.fact));
      await Promise.all(needed.map(start));
      const since = plan.clock.elapsedMs();
      const fact = await runCollector(collector, shared, { facts, clock: plan.clock });
      facts.set(collector.fact, fact);
      durations.set(collector.fact, plan.clock.elapsedMs() - since);
      plan.onProgress?.({
        kind: "collecting",
        fact: collector.fact,
        done: facts.size,
        of: plan.collectors.length,
      });
      return fact;
    })();
    running.set(collector.fact, promise);
    return promise;
  };
  await Promise.all(plan.collectors.map(start));
  // What moves while Docker does not answer cannot be told; asking it again would only wait.
  const after = before.dockerHangs ? before : await readFence(host);
  const ordered = new Map<FactName, AnyFact>();
  for (const { fact } of plan.collectors) {
    const value = facts.get(fact);
    if (value !== undefined) ordered.set(fact, value);
  }
  return { facts: ordered, durations, before, after };
}

/** A collector that throws makes its fact unknown, and so does one whose needs are. */
export async function runCollector(
  collector: AnyCollector,
  host: HostPort,
  so: { readonly facts: ReadonlyMap<FactName, AnyFact>; readonly clock: Clock },
): Promise<AnyFact> {
  const values: Partial<Record<FactName, unknown>> = {};
  for (const need of collector.needs) {
    const fact = so.facts.get(need);
    if (fact === undefined) return unknown(notCollected(need));
    if (fact.state !== "known") return fact;
    values[need] = fact.value;
  }
  try {
    // Types were erased in AnyCollector; the values are those of `needs`, all known.
    return await collector.collect(host, { facts: values as never, now: so.clock.now() });
  } catch (error) {
    return unknown({
      kind: "unparsable",
      message: `docknet's own fault while reading ${collector.fact}: ${messageOf(error)}`,
    });
  }
}

/**
 * Asks each question once: the fence's first reading is also the collectors'. A Docker socket that once let a question time out is
 * not asked again in this look: each further one would wait as long.
 */
function sharing(host: HostPort): HostPort {
  const answers = new Map<string, Promise<Observation>>();
  let hanging: Observation | undefined;
  return {
    async observe(query) {
      const key = queryKey(query);
      const earlier = answers.get(key);
      if (earlier !== undefined) return earlier;
      if (query.kind === "docker" && hanging !== undefined) return hanging;
      const asked = host.observe(query);
      answers.set(key, asked);
      const answer = await asked;
      const hung = !answer.ok && answer.failure.kind === "timed-out";
      if (query.kind === "docker" && hung) hanging = answer;
      return answer;
    },
  };
}

/** Facts of collectors that were left out of the plan are unknown, so that a snapshot always has every fact. */
export function everyFact(facts: ReadonlyMap<FactName, AnyFact>): HostSnapshot["facts"] {
  const handler = (name: FactName): AnyFact => facts.get(name) ?? unknown(notCollected(name));
  const all = Object.fromEntries(factNames.map((name) => [name, handler(name)]));
  // Each collector's type ties its fact's name to its value; the record is rebuilt from exactly these.
  return all as never;
}

const factNames: readonly FactName[] = Object.keys({
  hostIdentity: 0,
  memory: 0,
  links: 0,
  routes: 0,
  routingRules: 0,
  routeSightings: 0,
  bridgePorts: 0,
  brctlBridges: 0,
  neighbours: 0,
  neighbourTables: 0,
  fdb: 0,
  vlans: 0,
  rulesets: 0,
  nativeNft: 0,
  ipsets: 0,
  sysctls: 0,
  linkSettings: 0,
  conntrack: 0,
  networkCounters: 0,
  sockets: 0,
  dockerProxies: 0,
  namespaces: 0,
  dockerDaemon: 0,
  daemonOptions: 0,
  dockerNetworks: 0,
  containers: 0,
  swarmNodes: 0,
  swarmServices: 0,
  swarmTasks: 0,
  sandboxes: 0,
} satisfies Record<FactName, 0>) as never;

function notCollected(fact: FactName): Failure {
  return { kind: "not-recorded", message: `${fact} was not collected in this run` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
