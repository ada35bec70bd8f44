import type { Container } from "../model/docker.ts";
import type { FactName, Facts } from "../model/facts.ts";
import type { Attempt, Intent, IntentOutcome, JudgedIntent } from "../model/intent.ts";
import { contains } from "../model/ip.ts";
import type { Arrival, Element, WalkResult } from "../model/packet.ts";
import { defineDerivation } from "./define-derivation.ts";
import { intentsOf } from "./intents.ts";
import { contradictedRouting } from "./route-check.ts";
import { type CompiledNetns, compileNetns } from "./walk/compile.ts";
import { walk } from "./walk/walk.ts";

/** Every fact that judging the promises needs. */
export const judgedFactNames = [
  "dockerDaemon",
  "dockerNetworks",
  "containers",
  "daemonOptions",
  "swarmNodes",
  "links",
  "routes",
  "routingRules",
  "routeSightings",
  "bridgePorts",
  "rulesets",
  "nativeNft",
  "ipsets",
  "sysctls",
  "linkSettings",
  "sockets",
] as const satisfies readonly FactName[];

export type JudgedFactName = (typeof judgedFactNames)[number];
export type JudgedFacts = Pick<Facts, JudgedFactName>;

/** Every promise of Docker on this host, and what becomes of it. */
export const judgedIntents = defineDerivation({
  requires: judgedFactNames,
  compute: (facts: JudgedFacts): readonly JudgedIntent[] => judge(intentsOf(facts), facts),
  // The counters of a rule are told as evidence against it; nobody reads those of a promise that is kept.
  outlasts: (judged) => judged.every(({ outcome }) => outcome.state === "kept"),
});

/** Walks these intents through these facts. */
export function judge(intents: readonly Intent[], facts: JudgedFacts): readonly JudgedIntent[] {
  const netns = compileNetns(facts);
  const cutOff = bridgesWithoutAllPorts(facts);
  const contradicted = contradictedRouting(facts);
  return intents.map((intent) => {
    const outcome = outcomeOf(intent, netns, cutOff);
    const element = contradicted.get(intent.family);
    if (element === undefined) return { intent, outcome };
    return { intent, outcome: { state: "unsure", walk: outcome.walk, element } };
  });
}

/** One attempt that arrives keeps the promise; what cannot be told stays unsure; else the first failure is the answer. */
function outcomeOf(
  intent: Intent,
  netns: CompiledNetns,
  cutOff: ReadonlyMap<string, Element>,
): IntentOutcome {
  const outcomes: IntentOutcome[] = [];
  for (const attempt of intent.attempts) {
    const outcome = judgeAttempt(attempt, netns, cutOff);
    if (outcome.state === "kept") return outcome;
    outcomes.push(outcome);
  }
  const nothing: IntentOutcome = {
    state: "unsure",
    walk: { fate: "unsure", element: noAttempt, steps: [] },
    element: noAttempt,
  };
  const order = ["degraded", "unsure", "failed"] as const;
  for (const state of order) {
    const found = outcomes.find((outcome) => outcome.state === state);
    if (found !== undefined) return found;
  }
  return nothing;
}

const noAttempt: Element = { kind: "not-modelled", text: "no packet stands for this promise" };

function judgeAttempt(
  attempt: Attempt,
  netns: CompiledNetns,
  cutOff: ReadonlyMap<string, Element>,
): IntentOutcome {
  const result = walk(netns, attempt);
  if (result.fate === "unsure") return { state: "unsure", walk: result, element: result.element };
  if (result.fate !== "delivered") return refusedOutcome(attempt, result);
  const outcome = deliveredOutcome(attempt, result, result.arrival);
  const entry = attempt.entry.kind === "link" ? attempt.entry.ifname : "";
  const bridge = result.arrival.kind === "forwarded" ? result.arrival.outputLink : "";
  const missing = cutOff.get(bridge) ?? cutOff.get(entry);
  if (outcome.state !== "kept" || missing === undefined) return outcome;
  return { state: "unsure", walk: result, element: missing };
}

function refusedOutcome(
  attempt: Attempt,
  result: Exclude<WalkResult, { readonly fate: "delivered" | "unsure" }>,
): IntentOutcome {
  const { expect, packet } = attempt;
  const lazy = expect.kind === "reaches-host" && !expect.listenerRequired;
  if (lazy && result.element.kind === "no-listener") return { state: "kept", walk: result };
  const fate = result.fate === "rejected" ? "rejected" : "dropped";
  const failed = (element: Element): IntentOutcome => ({
    state: "failed",
    walk: result,
    element,
    fate,
  });
  if (expect.kind !== "reaches-container") return failed(result.element);
  // A packet that was on the wrong way before it was stopped: what sent it there decides, not what met it.
  const routing = result.steps.findLast(({ at }) => at === "routing");
  if (routing?.verdict === "local")
    return failed({ kind: "not-translated", what: "destination", address: packet.destination });
  const { element } = routing ?? {};
  const astray = element?.kind === "route" && !expect.bridges.includes(element.outputLink ?? "");
  return failed(astray ? element : result.element);
}

function deliveredOutcome(attempt: Attempt, result: WalkResult, arrival: Arrival): IntentOutcome {
  const { expect, packet } = attempt;
  const misdelivered = (element: Element): IntentOutcome => ({
    state: "failed",
    walk: result,
    element,
    fate: "misdelivered",
  });
  switch (expect.kind) {
    case "reaches-host":
      if (arrival.kind === "local") return { state: "kept", walk: result };
      return misdelivered(lastRoute(result));
    case "leaves": {
      const back = attempt.entry.kind === "link" && attempt.entry.ifname;
      if (arrival.kind === "local" || arrival.outputLink === back)
        return misdelivered(lastRoute(result));
      if (!expect.sourceTranslated || arrival.packet.source !== packet.source)
        return { state: "kept", walk: result };
      return misdelivered({ kind: "not-translated", what: "source", address: packet.source });
    }
    case "reaches-container": {
      if (arrival.kind === "local")
        return servedByHost({ packet, proxyServes: expect.proxyServes }, result, arrival);
      const right =
        expect.bridges.includes(arrival.outputLink) &&
        expect.targets.some((target) => contains(target, arrival.packet.destination)) &&
        (expect.port === undefined || expect.port === arrival.packet.destinationPort);
      return right ? { state: "kept", walk: result } : misdelivered(lastRoute(result));
    }
  }
}

/** A local socket took what was meant for a container: docker-proxy relays it, anything else swallows it. */
function servedByHost(
  { packet, proxyServes }: Pick<Attempt, "packet"> & { readonly proxyServes: boolean },
  result: WalkResult,
  arrival: Extract<Arrival, { readonly kind: "local" }>,
): IntentOutcome {
  const element: Element = {
    kind: "not-translated",
    what: "destination",
    address: packet.destination,
  };
  if (arrival.process === undefined) {
    const text = `who listens on port ${packet.destinationPort ?? 0} could not be seen`;
    return { state: "unsure", walk: result, element: { kind: "not-modelled", text } };
  }
  if (arrival.process !== "docker-proxy" || !proxyServes)
    return { state: "failed", walk: result, element, fate: "misdelivered" };
  const lost =
    "docker-proxy relays the connections: the container sees the bridge's gateway as its client";
  return { state: "degraded", walk: result, element, lost };
}

function lastRoute(result: WalkResult): Element {
  const route = result.steps.findLast(({ element }) => element.kind === "route");
  return route?.element ?? { kind: "not-modelled", text: "the packet arrived elsewhere" };
}

/**
 * Bridges with fewer forwarding ports than endpoints: some container is cut off, and the host's own facts do not say which. Until
 * the containers' namespaces are read, what goes over such a bridge is unsure.
 */
export function bridgesWithoutAllPorts(
  facts: Pick<JudgedFacts, "containers" | "dockerNetworks" | "bridgePorts">,
): ReadonlyMap<string, Element> {
  const found = new Map<string, Element>();
  const halted = new Set(facts.containers.filter(hasNoNetns).map(({ name }) => name));
  for (const { bridge, attachments } of facts.dockerNetworks) {
    if (bridge === undefined) continue;
    const endpoints = attachments.filter(({ name }) => !halted.has(name)).length;
    const ports = facts.bridgePorts.filter(
      (port) => port.bridge === bridge && port.adminUp && port.portState === "forwarding",
    ).length;
    if (ports >= endpoints) continue;
    const text = `bridge ${bridge} has ${ports} forwarding ports for ${endpoints} endpoints: a container is cut off, and which one is not visible from the host's namespace`;
    found.set(bridge, { kind: "not-modelled", text });
  }
  return found;
}

/** The network still lists it while it restarts. */
function hasNoNetns({ state }: Container): boolean {
  return state !== "running" && state !== "paused";
}
