import type { Match } from "../../model/netfilter.ts";
import type { Option } from "./options.ts";

/** All conditions of one module, or undefined when one option is not typed: half of them would be a wider rule. */
export type Typed = readonly Match[] | undefined;

/** One condition per option; undefined as soon as one is not typed. */
export function eachOption(
  options: readonly Option[],
  matchOf: (option: Option, value: string) => Match | undefined,
): Typed {
  const matches: Match[] = [];
  for (const option of options) {
    const [value, ...others] = option.values;
    const match = others.length === 0 ? matchOf(option, value ?? "") : undefined;
    if (match === undefined) return undefined;
    matches.push(match);
  }
  return matches;
}
