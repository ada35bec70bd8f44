import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addressText as addressOfWords,
  addressWords,
  contains,
  familyOf,
  overlaps,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixText as textOfPrefix,
} from "../../src/model/ip.ts";
import { addressText, ipv4Text, ipv6Text, prefixText } from "../support/arbitraries.ts";

const prefix = prefixText.map((text) => mustPrefix(text));
/** Prefixes that are close to each other, so that they contain one another often. */
const nearPrefix = fc
  .tuple(
    fc.constantFrom("10.0.0.0", "10.0.1.0", "10.1.0.0", "11.0.0.0"),
    fc.integer({ min: 0, max: 32 }),
  )
  .map(([address, length]) => mustPrefix(`${address}/${length}`));
const anyPrefix = fc.oneof(prefix, nearPrefix);

describe("addresses", () => {
  test("come back from their canonical text as they were", () => {
    fc.assert(
      fc.property(addressText, (text) => {
        const words = addressWords(text);
        expect(words).toBeDefined();
        if (words === undefined) return;
        const canonical = addressOfWords(words);
        expect(addressWords(canonical)).toEqual(words);
        expect(parseAddress(text)).toBe(canonical);
        expect(parseAddress(canonical)).toBe(canonical);
      }),
    );
  });

  test("keep their family", () => {
    fc.assert(fc.property(ipv4Text, (text) => familyOf(parseAddress(text) ?? "") === "ipv4"));
    fc.assert(fc.property(ipv6Text, (text) => familyOf(parseAddress(text) ?? "") === "ipv6"));
  });

  test("are never made of other texts without an error", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), (text) => {
        const address = parseAddress(text);
        expect(address === undefined || parseAddress(address) === address).toBe(true);
      }),
    );
  });
});

describe("prefixes", () => {
  test("come back from their text as they were", () => {
    fc.assert(
      fc.property(anyPrefix, (value) => {
        expect(parsePrefix(textOfPrefix(value))).toEqual(value);
      }),
    );
  });

  test("contain their own address, and every address of a prefix that they contain", () => {
    fc.assert(
      fc.property(anyPrefix, anyPrefix, addressText, (a, b, address) => {
        expect(contains(a, a.address)).toBe(true);
        const inside = a.length <= b.length && contains(a, b.address);
        if (inside && contains(b, address)) expect(contains(a, address)).toBe(true);
      }),
    );
  });

  test("overlap both ways or not at all", () => {
    fc.assert(
      fc.property(anyPrefix, anyPrefix, (a, b) => {
        expect(overlaps(a, b)).toBe(overlaps(b, a));
        expect(overlaps(a, a)).toBe(true);
      }),
    );
  });

  test("contain one another transitively", () => {
    fc.assert(
      fc.property(nearPrefix, nearPrefix, nearPrefix, (a, b, c) => {
        if (within(a, b) && within(b, c)) expect(within(a, c)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

function within(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && contains(outer, inner.address);
}

function mustPrefix(text: string): Prefix {
  const value = parsePrefix(text);
  if (value === undefined) throw new Error(`"${text}" is no prefix`);
  return value;
}
