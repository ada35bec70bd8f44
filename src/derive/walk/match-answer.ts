import type { InFlight } from "./in-flight.ts";

/** Whether a condition holds for a packet; `unsure` where docknet cannot compute it. */
export type Answer = boolean | "unsure";
export type Test = (flight: InFlight) => Answer;

export const unsure: Test = () => "unsure";

export function inverting(inverted: boolean, test: Test): Test {
  if (!inverted) return test;
  return (flight) => not(test(flight));
}

export function not(answer: Answer): Answer {
  return answer === "unsure" ? "unsure" : !answer;
}
