import type { NftExpression, NftVerdict } from "../../../model/nft-rule.ts";
import type { Element } from "../../../model/packet.ts";
import { type Alterable, either, unknownAlterable } from "../alter.ts";
import type { Traversal } from "../chain.ts";

/** What may have become of a packet in a chain so far. */
export interface State {
  accepted: boolean;
  dropped: Traversal["dropped"];
  returned: boolean;
  doubt: Element | undefined;
  translation: Traversal["translation"];
  translationDoubt: Element | undefined;
  /** What rules made of the packet that is still in the chain. */
  altered: Alterable;
  untracked: boolean;
  /** What they made of it where it may have been accepted. */
  left: Alterable | undefined;
}

export function atFirst(altered: Alterable, untracked: boolean): State {
  return {
    accepted: false,
    dropped: undefined,
    returned: false,
    doubt: undefined,
    translation: undefined,
    translationDoubt: undefined,
    altered,
    untracked,
    left: undefined,
  };
}

export function traversalOf(state: State, steps: Traversal["steps"]): Traversal {
  const { accepted, dropped, returned, doubt, translation, translationDoubt, untracked } = state;
  const altered = state.left ?? state.altered;
  return {
    accepted,
    returned,
    mark: altered.mark,
    altered,
    steps,
    ...(dropped === undefined ? {} : { dropped }),
    ...(doubt === undefined ? {} : { doubt }),
    ...(translation === undefined ? {} : { translation }),
    ...(translationDoubt === undefined ? {} : { translationDoubt }),
    ...(untracked ? { untracked } : {}),
  };
}

/** The packet may leave the chain here, as it is now. */
export function accept(state: State): void {
  state.accepted = true;
  state.left = state.left === undefined ? state.altered : either(state.left, state.altered);
}

/** What certainly stops a packet that came so far counts, not what may have stopped it before. */
export function stop(
  state: State,
  stopped: NonNullable<Traversal["dropped"]>,
  certain: boolean,
): void {
  if (certain) state.dropped = stopped;
  else state.dropped ??= stopped;
}

/** It may pass, be dropped, go on, and with `moves` be sent elsewhere. */
export function mayBeAnything(state: State, element: Element, moves: boolean): void {
  state.doubt ??= element;
  if (moves) state.translationDoubt ??= element;
  state.altered = unknownAlterable;
  accept(state);
  state.dropped ??= { fate: "dropped", element };
}

export function verdictOf(expression: NftExpression): NftVerdict | undefined {
  if (typeof expression !== "object") return undefined;
  switch (expression.kind) {
    case "accept":
    case "drop":
    case "continue":
    case "return":
    case "jump":
    case "goto":
      return expression;
    default:
      return undefined;
  }
}
