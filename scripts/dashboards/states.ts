import type { Colour, State } from "./plan.ts";

/** 0 and 1, with the colour of no. */
export function noYes(no: Colour): readonly State[] {
  return [
    { value: 0, text: "no", colour: no },
    { value: 1, text: "yes", colour: "green" },
  ];
}
