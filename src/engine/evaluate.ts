import type { AnyCheck } from "../checks/define-check.ts";
import type { Derivation } from "../derive/define-derivation.ts";
import { engineElsewhere, type PlaceFacts } from "../derive/engine-place.ts";
import type { Fact, FactName, Facts, HostSnapshot } from "../model/facts.ts";
import type { Doubt, Verdict } from "../model/finding.ts";
import type { HostQuery } from "../model/query.ts";
import { isSameButCounters } from "./same-but-counters.ts";

/** Facts that are known, and what was derived from them. One per snapshot, and one per assumption that is tried. */
export interface World {
  readonly facts: HostSnapshot["facts"];
  readonly takenAt: string;
  /** Derived values by derivation; filled as they are asked for. */
  readonly memo: Map<unknown, unknown>;
  /** What was derived in the runs before; absent where each stands alone. */
  readonly earlier?: DerivedMemory;
}

/** The last value of each derivation, with the facts that it followed from. One for the life of an agent. */
export type DerivedMemory = Map<
  unknown,
  { readonly facts: Partial<Facts>; readonly value: unknown }
>;

export type Evaluated = Verdict | { readonly status: "broken"; readonly error: string };

export function worldOf(snapshot: HostSnapshot, earlier?: DerivedMemory): World {
  return {
    ...(earlier === undefined ? {} : { earlier }),
    facts: snapshot.facts,
    takenAt: snapshot.takenAt,
    memo: new Map(),
  };
}

/** One check on one world: requires → narrow → evaluate. A throw becomes `broken`, never a pass. */
export function evaluateCheck(check: AnyCheck, world: World): Evaluated {
  const narrowed = knownFacts(check.requires, world);
  if (!narrowed.ok) return narrowed.verdict;
  const context = {
    takenAt: world.takenAt,
    derived: <T>(derivation: Derivation<FactName, T>): T => derivedValue(derivation, world),
    sources: (fact: FactName): readonly HostQuery[] => sourcesOf(world.facts[fact]),
  };
  try {
    // Types were erased in AnyCheck; the facts are exactly those it requires, all known.
    return check.evaluate(Object.freeze(narrowed.values) as never, context as never);
  } catch (error) {
    return { status: "broken", error: error instanceof Error ? error.message : String(error) };
  }
}

/** Value of a derivation, computed once per world. Its facts are known: the check that asks requires them. */
export function derivedValue<T>(derivation: Derivation<FactName, T>, world: World): T {
  if (!world.memo.has(derivation)) {
    const narrowed = knownFacts(derivation.requires, world);
    if (!narrowed.ok) throw new Error("a derivation was asked for without its facts");
    world.memo.set(derivation, derivedAnew(derivation, narrowed.values, world.earlier));
  }
  return world.memo.get(derivation) as T;
}

/** The value of an earlier run where nothing differs that decides, else a new one. */
function derivedAnew<T>(
  derivation: Derivation<FactName, T>,
  facts: Partial<Facts>,
  earlier: DerivedMemory | undefined,
): T {
  const before = earlier?.get(derivation);
  // The derivation's type is that of its value.
  const value =
    before !== undefined && isSameButCounters(before.facts, facts)
      ? (before.value as T)
      : derivation.compute(facts as never);
  if (derivation.outlasts?.(value) === true) earlier?.set(derivation, { facts, value });
  else earlier?.delete(derivation);
  return value;
}

type Narrowed =
  | { readonly ok: true; readonly values: Partial<Facts> }
  | { readonly ok: false; readonly verdict: Verdict };

/** Absent → not applicable; unknown → unknown, with the failure and what was missing; so where the engine is elsewhere. */
export function knownFacts(requires: readonly FactName[], world: World): Narrowed {
  const values: Partial<Record<FactName, unknown>> = {};
  const doubts: Doubt[] = [];
  let missing: string | undefined;
  for (const name of requires) {
    const fact: Fact<unknown> = world.facts[name];
    if (fact.state === "known") values[name] = fact.value;
    if (fact.state === "absent") missing ??= fact.reason;
    if (fact.state === "unknown") doubts.push({ about: name, reason: fact.failure.message });
  }
  if (missing !== undefined)
    return { ok: false, verdict: { status: "not-applicable", reason: missing } };
  const [first, ...rest] = doubts;
  if (first !== undefined)
    return { ok: false, verdict: { status: "unknown", because: [first, ...rest] } };
  const elsewhere = mixesHostAndDocker(requires) ? enginePlace(world) : undefined;
  if (elsewhere !== undefined)
    return { ok: false, verdict: { status: "unknown", because: [elsewhere] } };
  // Every required fact was known: the record holds exactly these.
  return { ok: true, values: values as Partial<Facts> };
}

/** What Docker says of its networks, and what the host has: they must not be compared where the engine is elsewhere. */
function mixesHostAndDocker(requires: readonly FactName[]): boolean {
  return (
    requires.some((name) => dockerFacts.has(name)) &&
    requires.some((name) => networkFacts.has(name))
  );
}

const dockerFacts: ReadonlySet<FactName> = new Set<FactName>([
  ...(["dockerDaemon", "dockerNetworks", "containers", "daemonOptions"] as const),
  ...(["swarmNodes", "swarmServices", "swarmTasks"] as const),
]);

/** Facts of the network namespace that docknet looks at. */
const networkFacts: ReadonlySet<FactName> = new Set<FactName>([
  ...(["links", "routes", "routingRules", "bridgePorts", "brctlBridges", "neighbours"] as const),
  ...(["fdb", "vlans", "rulesets", "nativeNft", "sysctls", "linkSettings", "sockets"] as const),
  ...(["conntrack", "networkCounters", "dockerProxies", "routeSightings"] as const),
]);

/** Why the engine is elsewhere; undefined where nothing shows that. */
export function enginePlace(world: World): Doubt | undefined {
  return engineElsewhere(seenFacts(world));
}

function seenFacts({ facts }: World): PlaceFacts {
  const { dockerDaemon, hostIdentity, dockerNetworks, links } = facts;
  return {
    ...(dockerDaemon.state === "known" ? { dockerDaemon: dockerDaemon.value } : {}),
    ...(hostIdentity.state === "known" ? { hostIdentity: hostIdentity.value } : {}),
    ...(dockerNetworks.state === "known" ? { dockerNetworks: dockerNetworks.value } : {}),
    ...(links.state === "known" ? { links: links.value } : {}),
  };
}

function sourcesOf(fact: Fact<unknown>): readonly HostQuery[] {
  return fact.state === "known" ? fact.sources : [];
}
