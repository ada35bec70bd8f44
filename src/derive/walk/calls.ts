import type { InFlight } from "./in-flight.ts";

/**
 * The chains that one base chain's traversal has called so far. A packet that comes to a chain again as it came before finds the same
 * there, so nothing is worked out twice; and what calls more chains than any host has is not followed to its end.
 */
export interface Calls<Chain, Found> {
  readonly finished: Map<Chain, Finished<Found>>;
  /** Chains that may still be entered. */
  left: number;
}

interface Finished<Found> {
  readonly flight: InFlight;
  /** The packet was certainly there. */
  readonly sure: boolean;
  readonly found: Found;
}

/** A ruleset whose packets enter more chains than this is none that a kernel could serve. */
const mostEntered = 20_000;

/** iptables jumps as deep as it has chains; docknet follows it this far. */
export const deepest = 400;

/** Steps of evidence that are kept of one base chain. */
export const mostSteps = 1_000;

export function noCalls<Chain, Found>(): Calls<Chain, Found> {
  return { finished: new Map(), left: mostEntered };
}

interface Call<Chain> {
  readonly chain: Chain;
  readonly flight: InFlight;
  readonly sure: boolean;
}

/** What the chain does with the packet: as before, where it came the same way, or by `enter`. */
export function foundIn<Chain, Found>(
  calls: Calls<Chain, Found>,
  { chain, flight, sure }: Call<Chain>,
  enter: () => Found,
): Found {
  const before = calls.finished.get(chain);
  if (before?.flight === flight && before.sure === sure) return before.found;
  calls.left -= 1;
  const found = enter();
  calls.finished.set(chain, { flight, sure, found });
  return found;
}

/** Why a chain is not entered; undefined = it is. */
export function notEntered(
  calls: Pick<Calls<unknown, unknown>, "left">,
  {
    name,
    depth,
    isCaller,
  }: { readonly name: string; readonly depth: number; readonly isCaller: boolean },
): string | undefined {
  if (isCaller) return `chain ${name} calls itself`;
  if (depth > deepest) return `chain ${name} is called more than ${deepest} deep`;
  return calls.left > 0 ? undefined : `the chains call each other more than ${mostEntered} times`;
}
