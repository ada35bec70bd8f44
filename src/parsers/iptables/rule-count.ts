import { type Parsed, parsed } from "../parsed.ts";

/** How many rules `iptables-save` prints, with or without counters: for who must know before the dump is read whether it is long. */
export function parseRuleCount(text: string): Parsed<number> {
  let rules = 0;
  for (const _ of text.matchAll(/^(?:\[\d+:\d+\] )?-A /gm)) rules += 1;
  return parsed(rules);
}
