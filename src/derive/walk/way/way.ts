import type { Hook } from "../../../model/netfilter.ts";
import type { Arrival, Element, Step, WalkResult } from "../../../model/packet.ts";
import type { CompiledNetns } from "../compile.ts";
import { passHook } from "../hook.ts";
import type { InFlight } from "../in-flight.ts";
import type { PossibleRoutes, RouteAnswer } from "../routing.ts";

/** State of one walk: the packet now, what was met, and the first thing that could not be computed. */
export interface Way {
  flight: InFlight;
  readonly steps: Step[];
  doubt: Element | undefined;
}

export type Stop = Extract<WalkResult, { readonly element: Element }>;

/** Takes the packet through a hook; undefined = it goes on. */
export function hook(netns: CompiledNetns, name: Hook, way: Way): Stop | undefined {
  const result = passHook(netns, name, way.flight);
  way.steps.push(...result.steps);
  if (result.kind === "stopped") return finish(way, result.fate, result.element);
  way.flight = result.flight;
  way.doubt ??= result.doubt;
  return undefined;
}

export function note(way: Way, step: Step): void {
  way.steps.push(step);
}

/** What is delivered in spite of a doubt is unsure. */
export function arrived(way: Way, reached: Arrival): WalkResult {
  const { doubt, steps, flight } = way;
  const arrival = { ...reached, ...connmarkOf(flight) };
  if (doubt !== undefined) return { fate: "unsure", element: doubt, steps, arrival };
  return { fate: "delivered", arrival, steps: way.steps };
}

/** Later packets of a connection do not tell: what they found there is not always known. */
function connmarkOf({ connmark, packet, untracked }: InFlight): Pick<Arrival, "connmark"> {
  if (packet.ctState !== "NEW" || connmark === 0 || untracked) return {};
  return { connmark: connmark ?? "unknown" };
}

export function finish(way: Way, fate: Stop["fate"], element: Element): Stop {
  return { fate, element, steps: way.steps };
}

export function unsure(way: Way, text: string): Stop {
  return finish(way, "unsure", { kind: "not-modelled", text });
}

/**
 * Goes every way that routing may choose. Where all of them end, the packet ends; where all of them arrive as the same packet on
 * the same link, it arrives; else nobody can tell.
 */
export function alongEach(
  way: Way,
  { answers, doubt }: PossibleRoutes,
  follow: (answer: RouteAnswer, way: Way) => WalkResult,
): WalkResult {
  const [only] = answers;
  if (doubt === undefined) return follow(only, way);
  const results = answers.map((answer) => follow(answer, { ...way, steps: [...way.steps] }));
  const [first] = results;
  if (first === undefined) return finish(way, "unsure", doubt);
  const agree = results.every((result) => isSameEnd(first, result));
  if (!agree) return finish(way, "unsure", doubt);
  const met = JSON.stringify(first);
  if (results.every((result) => JSON.stringify(result) === met)) return first;
  // The end is certain, and what the packet meets on its way to it is that of one way among several.
  const several: Step = { at: "routing", element: doubt, verdict: "one of several ways (unsure)" };
  return { ...first, steps: first.steps.toSpliced(way.steps.length, 0, several) };
}

function isSameEnd(a: WalkResult, b: WalkResult): boolean {
  if (a.fate === "delivered" && b.fate === "delivered")
    return JSON.stringify(a.arrival) === JSON.stringify(b.arrival);
  return isStopped(a) && isStopped(b);
}

function isStopped({ fate }: WalkResult): boolean {
  return fate === "dropped" || fate === "rejected";
}
