import { type AddressWords, addressWords, type Prefix, wordsMatch } from "../../model/ip.ts";
import type { Match } from "../../model/netfilter.ts";
import { type Test, unsure } from "./match-answer.ts";

export function prefixTest(prefix: Prefix, side: "sourceWords" | "destinationWords"): Test {
  const base = addressWords(prefix.address);
  if (base === undefined) return unsure;
  const { length } = prefix;
  return (flight) => flight[side].length === base.length && wordsMatch(flight[side], base, length);
}

export function maskTest(
  match: { readonly address: string; readonly mask: string },
  side: "sourceWords" | "destinationWords",
): Test {
  const base = addressWords(match.address);
  const mask = addressWords(match.mask);
  if (base === undefined || mask === undefined) return unsure;
  return (flight) =>
    flight[side].every((word, at) => ((word ^ (base[at] ?? 0)) & (mask[at] ?? 0)) === 0);
}

export function rangeTest(match: Extract<Match, { readonly kind: "ip-range" }>): Test {
  const from = addressWords(match.from);
  const to = addressWords(match.to);
  if (from === undefined || to === undefined) return unsure;
  const side = match.side === "source" ? "sourceWords" : "destinationWords";
  return (flight) => compareWords(flight[side], from) >= 0 && compareWords(flight[side], to) <= 0;
}

function compareWords(a: AddressWords, b: AddressWords): number {
  for (const [at, word] of a.entries()) {
    const difference = word - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
