import { addressWords } from "../../model/ip.ts";

/** A range of addresses that stays in its place. `bits` is its prefix as text of 0 and 1. */
export interface WellKnownRange {
  readonly bits: string;
  /** kept = every address of it stays as it is; class = only that an address belongs to it stays. */
  readonly stays: "kept" | "class";
}

/** Bits of an address as text of 0 and 1; undefined when the text is no address. */
export function addressBits(address: string): string | undefined {
  return addressWords(address)
    ?.map((word) => word.toString(2).padStart(32, "0"))
    .join("");
}

/**
 * IANA's special-purpose registries, as far as they tell nothing about a host, and the two public resolvers' ranges that docknet
 * takes as far addresses for route lookups: what contains those must contain them in a redacted bundle too.
 */
const kept: readonly (readonly [address: string, length: number])[] = [
  ...([
    ["0.0.0.0", 8],
    ["1.1.1.0", 24],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["192.0.0.0", 24],
    ["192.0.2.0", 24],
    ["192.88.99.0", 24],
    ["198.18.0.0", 15],
    ["198.51.100.0", 24],
    ["203.0.113.0", 24],
    ["224.0.0.0", 4],
    ["240.0.0.0", 4],
  ] as const),
  ...([
    ["::", 127],
    ["100::", 64],
    ["2001:db8::", 32],
    ["3fff::", 20],
    ["2606:4700:4700::", 48],
    // A link-local address that a person gave; the others are made of MACs.
    ["fe80::", 96],
    ["ff00::", 8],
  ] as const),
];

const classes: readonly (readonly [address: string, length: number])[] = [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["2000::", 3],
  ["fc00::", 7],
  ["fd00::", 8],
  ["fe80::", 10],
  ["fe80::", 64],
  // Solicited-node groups end in the last bits of a unicast address.
  ["ff02::1:ff00:0", 104],
];

export const wellKnownRanges: readonly WellKnownRange[] = [
  ...kept.flatMap((range) => rangeOf(range, "kept")),
  ...classes.flatMap((range) => rangeOf(range, "class")),
];

/** The narrowest well-known range that holds everything under these bits. */
export function rangeAround(bits: string): WellKnownRange | undefined {
  return wellKnownRanges
    .filter((range) => bits.startsWith(range.bits) && isOneFamily(range.bits, bits))
    .reduce<WellKnownRange | undefined>(
      (best, range) => (range.bits.length > (best?.bits.length ?? 0) ? range : best),
      undefined,
    );
}

function rangeOf(
  [address, length]: readonly [address: string, length: number],
  stays: WellKnownRange["stays"],
): readonly WellKnownRange[] {
  const bits = addressBits(address)?.slice(0, length);
  // The family stands before the bits, so that no prefix of one family begins one of the other.
  return bits === undefined ? [] : [{ bits: `${familyMark(address)}${bits}`, stays }];
}

/** What stands before the bits of an address of this family. */
export function familyMark(address: string): "4" | "6" {
  return address.includes(":") ? "6" : "4";
}

function isOneFamily(a: string, b: string): boolean {
  return a[0] === b[0];
}
