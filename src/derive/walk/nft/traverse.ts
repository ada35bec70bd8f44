import type { Hook } from "../../../model/netfilter.ts";
import type { NftBase } from "../../../model/nft.ts";
import type { NftVerdict } from "../../../model/nft-rule.ts";
import type { Element, Step } from "../../../model/packet.ts";
import { alterableOf, asAltered, either, isAltered } from "../alter.ts";
import { type Calls, foundIn, mostSteps, noCalls } from "../calls.ts";
import type { Traversal } from "../chain.ts";
import type { InFlight } from "../in-flight.ts";
import { candidates } from "../rule-index.ts";
import type { Operation } from "./operations.ts";
import {
  accept,
  atFirst,
  mayBeAnything,
  type State,
  stop,
  traversalOf,
  verdictOf,
} from "./state.ts";
import type { CompiledNftChain, CompiledNftRule, CompiledNftTable } from "./table.ts";

/** A base chain of native nftables on its hook. */
export interface CompiledNftBase {
  readonly table: CompiledNftTable;
  readonly chain: CompiledNftChain;
  readonly base: NftBase;
  readonly hook: Hook;
}

interface Scope {
  readonly on: CompiledNftBase;
  readonly flight: InFlight;
  readonly steps: Step[];
  readonly calls: Calls<CompiledNftChain, Called>;
}

/** What a called chain did, and the steps in it. */
interface Called {
  readonly state: State;
  readonly steps: readonly Step[];
}

interface Place {
  readonly chain: CompiledNftChain;
  readonly callers: readonly CompiledNftChain[];
}

/** nft_do_chain jumps no deeper (NFT_JUMP_STACK_SIZE), and refuses rulesets that would. */
const DEEPEST = 16;

/** Takes a packet through a base chain (nft_do_chain): rule by rule, statement by statement, and its policy at the end. */
export function traverseNft(on: CompiledNftBase, flight: InFlight): Traversal {
  const steps: Step[] = [];
  const scope: Scope = { on, flight, steps, calls: noCalls() };
  const state = run(scope, { chain: on.chain, callers: [] }, flight);
  if (state.returned && on.base.policy === "drop") {
    const element = policyElement(on);
    steps.push({ at: placeText(on, on.chain), element, verdict: "policy drop" });
    stop(state, { fate: "dropped", element }, true);
  } else if (state.returned) {
    accept(state);
  }
  return traversalOf(state, steps);
}

function run(scope: Scope, { chain, callers }: Place, flight: InFlight): State {
  const state = atFirst(alterableOf(flight), flight.untracked === true);
  if (callers.includes(chain) || callers.length >= DEEPEST || scope.calls.left <= 0) {
    const text = `chain ${chain.name} is called by itself, too deep or too often`;
    mayBeAnything(state, { kind: "not-modelled", text }, true);
    state.returned = true;
    return state;
  }
  for (const rule of candidates(chain.index, scope.flight)) {
    if (applyRule(scope, { chain, callers, rule }, state) === "stop") return state;
  }
  state.returned = true;
  return state;
}

interface At extends Place {
  readonly rule: CompiledNftRule;
}

type Next = "stop" | "next rule" | "go on";

function applyRule(scope: Scope, at: At, state: State): Next {
  let certain = true;
  for (const operation of at.rule.operations) {
    if (operation.kind === "test") {
      const answer = operation.test(seenBy(scope, state));
      if (answer === false) return "next rule";
      if (answer === "unsure") certain = false;
      continue;
    }
    const next = apply(scope, { ...at, certain, operation }, state);
    if (next !== "go on") return next;
  }
  return "next rule";
}

function seenBy({ flight, on }: Scope, state: State) {
  const same = !isAltered(alterableOf(flight), state.altered);
  const altered = same ? flight : asAltered(flight, state.altered);
  const untracked = state.untracked && flight.untracked !== true;
  const seen = untracked ? { ...altered, untracked: true as const } : altered;
  return { flight: seen, hook: on.hook, priority: on.base.priority };
}

interface Now extends At {
  /** The rule certainly came this far; otherwise both branches stay possible. */
  readonly certain: boolean;
  readonly operation: Exclude<Operation, { readonly kind: "test" }>;
}

function apply(scope: Scope, now: Now, state: State): Next {
  const { operation, certain } = now;
  switch (operation.kind) {
    case "verdict":
      return applyVerdict(scope, now, { state, verdict: operation.verdict });
    case "vmap": {
      const found = operation.find(seenBy(scope, state));
      if (found.state === "missing") return "next rule";
      const verdict = found.state === "found" ? verdictOf(found.data) : undefined;
      if (verdict === undefined) return undecided(scope, now, { state, movesPacket: false });
      return applyVerdict(scope, now, { state, verdict });
    }
    case "reject":
      doubtful(now, state);
      stop(state, { fate: "rejected", element: now.rule.element() }, certain);
      step(scope, now, "reject");
      return certain ? "stop" : "next rule";
    case "nat":
      return translate(scope, now, state);
    case "alter": {
      const { what, field } = operation;
      if (what === "connmark" && state.untracked) return "go on";
      const reading = field?.read(seenBy(scope, state));
      if (field !== undefined && reading === undefined) return "next rule";
      const altered = {
        ...state.altered,
        [what]: typeof reading === "number" ? reading : undefined,
      };
      state.altered = certain ? altered : either(altered, state.altered);
      step(scope, now, `set ${what}`);
      return "go on";
    }
    case "notrack":
      if (certain && state.doubt === undefined) state.untracked = true;
      else mayBeAnything(state, unsureAbout(now), true);
      step(scope, now, "notrack");
      return "go on";
    case "anything":
      return undecided(scope, now, { state, movesPacket: operation.movesPacket });
  }
}

/** docknet cannot tell what the statement does: it may pass, be dropped or go on. */
function undecided(
  scope: Scope,
  now: Now,
  { state, movesPacket }: { readonly state: State; readonly movesPacket: boolean },
): Next {
  step(scope, { ...now, certain: false }, now.operation.kind);
  const early = scope.on.hook === "prerouting" || scope.on.hook === "output";
  const moves = scope.on.base.chainType === "nat" || (movesPacket && early);
  mayBeAnything(state, unsureAbout(now), moves);
  return "next rule";
}

function applyVerdict(
  scope: Scope,
  now: Now,
  { state, verdict }: { readonly state: State; readonly verdict: NftVerdict },
): Next {
  const { certain } = now;
  if (verdict.kind === "continue") return "next rule";
  doubtful(now, state);
  if (verdict.kind === "jump" || verdict.kind === "goto")
    return applyJump(scope, now, { state, verdict });
  step(scope, now, verdict.kind);
  if (verdict.kind === "accept") {
    accept(state);
  }
  if (verdict.kind === "drop")
    stop(state, { fate: "dropped", element: now.rule.element() }, certain);
  if (verdict.kind === "return") state.returned = true;
  return certain ? "stop" : "next rule";
}

/** Both branches stay open from here on. */
function doubtful(now: Now, state: State): void {
  if (!now.certain) state.doubt ??= unsureAbout(now);
}

function applyJump(
  scope: Scope,
  now: Now,
  {
    state,
    verdict,
  }: {
    readonly state: State;
    readonly verdict: Extract<NftVerdict, { readonly kind: "jump" | "goto" }>;
  },
): Next {
  const called = scope.on.table.chains.get(verdict.chain);
  step(scope, now, `${verdict.kind} ${verdict.chain}`);
  if (called === undefined) {
    const text = `chain ${verdict.chain} is not in the ruleset`;
    mayBeAnything(state, { kind: "not-modelled", text }, true);
    return "next rule";
  }
  // A rule before this one may have ended the traversal: then what follows translates nothing.
  const certain = now.certain && state.doubt === undefined;
  const place = { chain: called, callers: [...now.callers, now.chain] };
  const { flight } = seenBy(scope, state);
  const { calls } = scope;
  const { state: inside, steps } = foundIn(calls, { chain: called, flight, sure: true }, () => {
    const own: Step[] = [];
    return { state: run({ ...scope, flight, steps: own }, place, flight), steps: own };
  });
  for (const inner of steps.slice(0, mostSteps - scope.steps.length)) scope.steps.push(inner);
  state.accepted ||= inside.accepted;
  if (inside.dropped !== undefined)
    stop(state, inside.dropped, now.certain && !inside.accepted && !inside.returned);
  state.doubt ??= inside.doubt;
  if (inside.left !== undefined)
    state.left = state.left === undefined ? inside.left : either(state.left, inside.left);
  if (certain) {
    state.translation ??= inside.translation;
    state.untracked ||= inside.untracked;
  }
  state.translationDoubt ??= certain
    ? inside.translationDoubt
    : (inside.translationDoubt ?? inside.translation?.element);
  state.altered = now.certain ? inside.altered : either(inside.altered, state.altered);
  if (verdict.kind === "goto") state.returned ||= inside.returned;
  const ends = verdict.kind === "goto" || !inside.returned;
  return now.certain && ends ? "stop" : "next rule";
}

/** A statement that translates ends the chain (NF_ACCEPT); one for another family is as if it were not there. */
function translate(scope: Scope, now: Now, state: State): Next {
  if (now.operation.kind !== "nat") return "next rule";
  const { kind, of } = now.operation.step;
  const answer = of(seenBy(scope, state));
  if (answer.state === "missing") return "next rule";
  if (answer.state === "other-family") return "go on";
  step(scope, now, kind);
  const sure = now.certain && state.translationDoubt === undefined && state.doubt === undefined;
  doubtful(now, state);
  accept(state);
  if (sure && answer.state === "found") {
    const { range } = answer;
    state.translation ??= { kind, range, element: now.rule.element() };
  } else state.translationDoubt ??= unsureAbout(now);
  return now.certain ? "stop" : "next rule";
}

function step({ on, steps }: Scope, now: Now, verdict: string): void {
  steps.push({
    at: placeText(on, now.chain),
    element: now.rule.element(),
    verdict: now.certain ? verdict : `${verdict} (unsure)`,
  });
}

function placeText({ table }: CompiledNftBase, chain: CompiledNftChain): string {
  return `nft ${table.family} ${table.name} ${chain.name}`;
}

function policyElement({ table, chain }: CompiledNftBase): Element {
  const detail = "policy drop";
  return {
    kind: "nft-chain",
    nftFamily: table.family,
    table: table.name,
    chain: chain.name,
    detail,
  };
}

function unsureAbout({ rule }: Now): Element {
  const { nftFamily, table, chain, position, text } = rule.element();
  return {
    kind: "not-modelled",
    text: `nft ${nftFamily} ${table} ${chain} rule ${position}: ${text}`,
  };
}
