import type { Counters } from "../../model/netfilter.ts";

const ZERO: Counters = { packets: 0, bytes: 0 };

const COLON = 58;

/** The counters in `[packets:bytes]` between two positions; undefined for anything else. */
export function countersOf(text: string, from: number, to: number): Counters | undefined {
  if (to - from === 5 && text.startsWith("[0:0]", from)) return ZERO;
  if (!text.startsWith("[", from) || to - from > 50 || !text.startsWith("]", to - 1)) {
    return undefined;
  }
  let colon = from + 1;
  while (colon < to && text.charCodeAt(colon) !== COLON) colon += 1;
  const packets = digits(text, from + 1, colon);
  const bytes = digits(text, colon + 1, to - 1);
  return packets === undefined || bytes === undefined ? undefined : { packets, bytes };
}

/** A 64-bit counter has up to 20 digits; beyond 2^53 the last ones are rounded. */
function digits(text: string, from: number, to: number): number | undefined {
  if (from >= to) return undefined;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
