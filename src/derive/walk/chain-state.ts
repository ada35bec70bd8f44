import type { NatRange } from "../../model/netfilter.ts";
import type { Element, Step } from "../../model/packet.ts";
import { type Alterable, either } from "./alter.ts";
import type { Calls } from "./calls.ts";
import type { CompiledChain, CompiledRule, CompiledTable } from "./compile.ts";

export type RuleElement = Extract<Element, { readonly kind: "rule" }>;

/** A translation that a nat rule asks for. */
export interface Translation {
  readonly kind: "dnat" | "snat" | "masquerade" | "redirect";
  readonly range: NatRange;
  readonly element: Element;
}

/** A certain end of a chain's traversal, or that several ends are possible. */
export interface Traversal {
  /** The packet may pass this chain's base chain. */
  readonly accepted: boolean;
  /** It may be dropped or rejected here; the element that does it. */
  readonly dropped?: { readonly fate: "dropped" | "rejected"; readonly element: Element };
  /** It may come back to the calling chain. */
  readonly returned: boolean;
  /** What made it uncertain; absent = there is one possible end. */
  readonly doubt?: Element;
  readonly translation?: Translation;
  /** A translation is possible and not certain: where the packet goes is not known. */
  readonly translationDoubt?: Element;
  readonly mark: number | undefined;
  /** What rules left of the packet and its connection, its mark included. */
  readonly altered?: Alterable;
  /** A rule took it away from conntrack. */
  readonly untracked?: boolean;
  readonly steps: readonly Step[];
}

/** A traversal under way. */
export interface State {
  accepted: boolean;
  dropped: Traversal["dropped"];
  returned: boolean;
  doubt: Element | undefined;
  translation: Translation | undefined;
  translationDoubt: Element | undefined;
  /** What the packet is like where the traversal goes on. */
  altered: Alterable;
  /** What it is like where it may have ended before. */
  left: Alterable | undefined;
  untracked: boolean;
  readonly steps: Step[];
}

/** Where a traversal is. */
export interface At {
  readonly table: CompiledTable;
  readonly chain: CompiledChain;
  readonly rule: CompiledRule;
  /** The rule certainly matches; otherwise both branches stay possible. */
  readonly certain: boolean;
  /** Chains that called this one, from the built-in chain on. */
  readonly callers: readonly CompiledChain[];
  /** The packet is certainly here. */
  readonly sure: boolean;
  readonly calls: Calls<CompiledChain, Traversal>;
}

/** The traversal may have ended here. */
export function leave(state: State): void {
  state.left = state.left === undefined ? state.altered : either(state.left, state.altered);
}

/** Notes that the packet met the rule. */
export function step(state: State, at: At, verdict: string): void {
  const { table, chain } = at;
  const certain = at.certain && at.sure && state.left === undefined;
  state.steps.push({
    at: `${table.family} ${table.name} ${chain.name}`,
    element: ruleElement(at),
    verdict: certain ? verdict : `${verdict} (unsure)`,
  });
}

export function ended(state: State): Traversal {
  const { accepted, dropped, returned, doubt, translation, translationDoubt, untracked, steps } =
    state;
  const altered = state.left === undefined ? state.altered : either(state.left, state.altered);
  return {
    accepted,
    returned,
    mark: altered.mark,
    altered,
    steps,
    ...(untracked ? { untracked } : {}),
    ...(dropped === undefined ? {} : { dropped }),
    ...(doubt === undefined ? {} : { doubt }),
    ...(translation === undefined ? {} : { translation }),
    ...(translationDoubt === undefined ? {} : { translationDoubt }),
  };
}

export function ruleElement({ table, chain, rule }: At): RuleElement {
  return {
    kind: "rule",
    family: table.family,
    backend: table.backend,
    table: table.name,
    chain: chain.name,
    ruleNumber: rule.ruleNumber,
    text: rule.rule.text,
    ...(rule.rule.counters === undefined ? {} : { counters: rule.rule.counters }),
  };
}

export function unsureAbout(element: RuleElement): Element {
  return {
    kind: "not-modelled",
    text: `${element.family} ${element.backend} table ${element.table}, rule ${element.ruleNumber} of ${element.chain}: ${element.text}`,
  };
}
