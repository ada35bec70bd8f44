import type { Target } from "../../model/netfilter.ts";
import type { Element } from "../../model/packet.ts";
import {
  type Alterable,
  alterableOf,
  alteredBy,
  asAltered,
  either,
  isAltered,
  netmapped,
  unknownAlterable,
} from "./alter.ts";
import { foundIn, mostSteps, noCalls, notEntered } from "./calls.ts";
import {
  type At,
  ended,
  leave,
  ruleElement,
  type State,
  step,
  type Translation,
  type Traversal,
  unsureAbout,
} from "./chain-state.ts";
import type { CompiledChain, CompiledTable } from "./compile.ts";
import type { InFlight } from "./in-flight.ts";
import { allHold } from "./match.ts";
import { trackingOf } from "./match-conntrack.ts";
import { candidates } from "./rule-index.ts";

export type { Translation, Traversal } from "./chain-state.ts";

/** Takes a packet through a chain as ip_tables does: rule by rule, with jump, goto and return. */
export function traverse(table: CompiledTable, chain: CompiledChain, flight: InFlight): Traversal {
  return traverseAt({ table, chain, callers: [], sure: true, calls: noCalls() }, flight);
}

function traverseAt(
  {
    table,
    chain,
    callers,
    sure,
    calls,
  }: Pick<At, "table" | "chain" | "callers" | "sure" | "calls">,
  flight: InFlight,
): Traversal {
  const state: State = {
    accepted: false,
    dropped: undefined,
    returned: false,
    doubt: undefined,
    translation: undefined,
    translationDoubt: undefined,
    altered: alterableOf(flight),
    left: undefined,
    untracked: flight.untracked === true,
    steps: [],
  };
  // The kernel refuses rulesets with loops; a dump may still hold one.
  const isCaller = callers.includes(chain);
  const text = notEntered(calls, { name: chain.name, depth: callers.length, isCaller });
  if (text !== undefined) {
    const doubt: Element = { kind: "not-modelled", text };
    state.dropped = { fate: "dropped", element: doubt };
    return { ...ended(state), doubt, translationDoubt: doubt, accepted: true, returned: true };
  }
  let current = flight;
  for (const rule of candidates(chain.index, flight)) {
    current = asLeft(flight, current, state);
    const holds = allHold(rule.tests, current);
    if (holds === false) continue;
    const certain = holds === true;
    const next = applyRule({ table, chain, rule, certain, callers, sure, calls }, current, state);
    if (next === "stop") return ended(state);
  }
  state.returned = true;
  return ended(state);
}

/** The packet as the rules before left it; the same object where they changed nothing. */
function asLeft(start: InFlight, current: InFlight, { altered, untracked }: State): InFlight {
  const same = !isAltered(alterableOf(current), altered);
  if (same && untracked === (current.untracked === true)) return current;
  return { ...asAltered(start, altered), ...(untracked ? { untracked: true as const } : {}) };
}

function applyRule(at: At, flight: InFlight, state: State): "stop" | "go on" {
  const { rule, certain } = at;
  const { target } = rule;
  const element = ruleElement(at);
  const stopIfCertain = certain ? "stop" : "go on";
  if (!certain && target.kind !== "none" && target.kind !== "continue")
    state.doubt ??= unsureAbout(element);
  switch (target.kind) {
    case "none":
      return "go on";
    case "continue": {
      const changed = target.extension && alteredBy(target.extension, state.altered, true);
      return changed === undefined ? "go on" : alter(at, state, changed);
    }
    case "verdict":
      return applyVerdict(at, state, target.verdict);
    case "reject":
      stopBy(at, state, "rejected");
      step(state, at, "REJECT");
      return stopIfCertain;
    case "jump":
    case "goto":
      return applyJump({ ...at, target }, flight, state);
    case "dnat":
    case "snat":
      return translate(at, state, { kind: target.kind, range: target.range, element });
    case "masquerade":
    case "redirect":
      return translate(at, state, {
        kind: target.kind,
        range: target.ports === undefined ? {} : { ports: target.ports },
        element,
      });
    case "set-mark": {
      const { mark } = state.altered;
      const to = mark === undefined ? undefined : ((mark & ~target.mask) ^ target.value) >>> 0;
      return alter(at, state, {
        ...state.altered,
        mark: target.mask === 0xffffffff ? target.value : to,
      });
    }
    case "notrack":
      return notrack(at, flight, state);
    case "unrecognised":
      return extended({ ...at, target }, flight, state);
  }
}

/** Targets after which the next rule is tried. */
function alter(at: At, state: State, altered: Alterable): "go on" {
  state.altered = at.certain ? altered : either(altered, state.altered);
  if (at.rule.target.kind !== "continue") {
    const { target } = at.rule;
    step(state, at, target.kind === "unrecognised" ? target.name : "MARK");
  }
  return "go on";
}

/** Only what conntrack has not seen yet can be taken from it (xt_CT). */
function notrack(at: At, flight: InFlight, state: State): "go on" {
  if (trackingOf(flight, at.table.name) === "tracked") return "go on";
  if (!at.certain || state.left !== undefined || flight.natDecided) return anything(at, state);
  step(state, at, "NOTRACK");
  state.untracked = true;
  return "go on";
}

function extended(
  at: At & { readonly target: Extract<Target, { readonly kind: "unrecognised" }> },
  flight: InFlight,
  state: State,
): "stop" | "go on" {
  const { extension } = at.target;
  if (extension === undefined) return anything(at, state);
  const tracking = trackingOf(flight, at.table.name);
  const altered =
    tracking === "unsure" ? undefined : alteredBy(extension, state.altered, tracking === "tracked");
  if (altered !== undefined) return alter(at, state, altered);
  if (extension.name !== "NETMAP") return anything(at, state);
  const first = at.callers[0] ?? at.chain;
  const kind = first.name === "PREROUTING" || first.name === "OUTPUT" ? "dnat" : "snat";
  const words = kind === "dnat" ? flight.destinationWords : flight.sourceWords;
  const to = netmapped(extension, words);
  if (to === undefined) return anything(at, state);
  return translate(at, state, { kind, range: { from: to }, element: ruleElement(at) });
}

/** A target that docknet does not model may end the traversal, or change the packet. */
function anything(at: At, state: State): "go on" {
  const element = ruleElement(at);
  state.doubt ??= unsureAbout(element);
  // Outside the filter table it may change where the packet goes, or what conntrack makes of it.
  if (at.table.name !== "filter" && at.table.name !== "security")
    state.translationDoubt ??= unsureAbout(element);
  state.altered = unknownAlterable;
  state.left = unknownAlterable;
  state.accepted = true;
  state.dropped ??= { fate: "dropped", element };
  return "go on";
}

function applyVerdict(
  at: At,
  state: State,
  verdict: "ACCEPT" | "DROP" | "RETURN" | "QUEUE",
): "stop" | "go on" {
  step(state, at, verdict);
  const element = ruleElement(at);
  if (verdict === "ACCEPT") state.accepted = true;
  if (verdict === "DROP") stopBy(at, state, "dropped");
  if (verdict === "RETURN") state.returned = true;
  if (verdict === "QUEUE") {
    state.accepted = true;
    state.dropped ??= { fate: "dropped", element };
    state.doubt ??= unsureAbout(element);
  }
  if (!at.certain && verdict !== "DROP") leave(state);
  return at.certain ? "stop" : "go on";
}

/** What certainly stops a packet that got so far counts, not what may have stopped it before. */
function stopBy(at: At, state: State, fate: "dropped" | "rejected"): void {
  const stop = { fate, element: ruleElement(at) };
  if (at.certain) state.dropped = stop;
  else state.dropped ??= stop;
}

/** What the called chain may do is possible here; only if it certainly ends there does this chain end too. */
function applyJump(
  at: At & { readonly target: Extract<Target, { readonly kind: "jump" | "goto" }> },
  flight: InFlight,
  state: State,
): "stop" | "go on" {
  const { target } = at;
  const called = at.table.chains.get(target.chain);
  if (called === undefined) {
    state.doubt ??= { kind: "not-modelled", text: `chain ${target.chain} is not in the dump` };
    state.accepted = true;
    state.dropped ??= { fate: "dropped", element: ruleElement(at) };
    return "go on";
  }
  step(state, at, `${target.kind} ${target.chain}`);
  const callers = [...at.callers, at.chain];
  // A rule before this one may have ended the traversal: then what follows translates nothing.
  const certain = at.certain && state.doubt === undefined;
  const sure = at.certain && at.sure && state.left === undefined;
  const { table, calls } = at;
  const inside = foundIn(calls, { chain: called, flight, sure }, () =>
    traverseAt({ table, chain: called, callers, sure, calls }, flight),
  );
  for (const inner of inside.steps.slice(0, mostSteps - state.steps.length))
    state.steps.push(inner);
  state.accepted ||= inside.accepted;
  const stopsHere = at.certain && !inside.accepted && !inside.returned;
  state.dropped = stopsHere ? inside.dropped : (state.dropped ?? inside.dropped);
  state.doubt ??= inside.doubt;
  if (certain) state.translation ??= inside.translation;
  state.translationDoubt ??= certain
    ? inside.translationDoubt
    : (inside.translationDoubt ?? inside.translation?.element);
  if (inside.untracked && !state.untracked) {
    if (!at.certain || state.left !== undefined) anything(at, state);
    else state.untracked = true;
  }
  const altered = inside.altered ?? state.altered;
  state.altered = at.certain ? altered : either(altered, state.altered);
  if (inside.accepted && (inside.returned || !at.certain)) leave(state);
  if (target.kind === "goto") {
    state.returned ||= inside.returned;
    return at.certain ? "stop" : "go on";
  }
  return at.certain && !inside.returned ? "stop" : "go on";
}

/** A nat target ends the traversal of its table (NF_ACCEPT with a translation). */
function translate(at: At, state: State, translation: Translation): "stop" | "go on" {
  step(state, at, translation.kind.toUpperCase());
  state.accepted = true;
  if (!at.certain) leave(state);
  if (at.certain && state.translationDoubt === undefined && state.doubt === undefined) {
    state.translation ??= translation;
    return "stop";
  }
  state.translationDoubt ??= unsureAbout(ruleElement(at));
  return at.certain ? "stop" : "go on";
}
