import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressPseudonyms, prefixPseudonym } from "../../src/host/redact/address-pseudonyms.ts";
import { keyedBytes } from "../../src/host/redact/keyed-bytes.ts";
import {
  addressText as addressOfWords,
  addressWords,
  contains,
  overlaps,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixOf,
} from "../../src/model/ip.ts";
import { addressText, prefixText } from "../support/arbitraries.ts";

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** Prefixes that lie in each other often, in and out of the well-known ranges. */
const nearPrefix = fc
  .tuple(
    fc.constantFrom("10.0.0.0", "10.0.1.7", "172.17.0.1", "172.18.3.9", "192.168.1.4", "51.15.7.9"),
    fc.integer({ min: 0, max: 32 }),
  )
  .map(([address, length]) => mustPrefix(`${address}/${length}`));
const nearPrefix6 = fc
  .tuple(
    fc.constantFrom("fd00:d0c::1", "fd00:d0c:1::2", "2a01:4f8::1", "fe80::42:8fff:fe7c:3118"),
    fc.integer({ min: 0, max: 128 }),
  )
  .map(([address, length]) => mustPrefix(`${address}/${length}`));
const anyPrefix = fc.oneof(prefixText.map(mustPrefix), nearPrefix, nearPrefix6);
const blocks = fc.array(anyPrefix, { maxLength: 4 });
/** Outside the ranges whose addresses stay as they are. */
const tellingAddress = addressText.filter((text) => !staying.some((range) => inside(range, text)));

describe("pseudonyms of addresses", () => {
  test("contain and overlap as the addresses do", () => {
    fc.assert(
      fc.property(key, blocks, fc.tuple(anyPrefix, anyPrefix), (bytes, known, [a, b]) => {
        const mapped = mapping(bytes, known);
        const [first, second] = [mapPrefix(a, mapped), mapPrefix(b, mapped)];
        expect(overlaps(first, second)).toBe(overlaps(a, b));
        const [wide, narrow] = a.length <= b.length ? [first, second] : [second, first];
        expect(contains(wide, narrow.address)).toBe(overlaps(a, b));
      }),
    );
  });

  test("keep the first address of a prefix in every prefix that it was in", () => {
    const specific = anyPrefix.filter(
      ({ family, length }) => length >= (family === "ipv4" ? 20 : 32),
    );
    fc.assert(
      fc.property(key, fc.tuple(specific, specific), (bytes, [a, b]) => {
        const mapped = mapping(bytes, [], [a, b]);
        const [first, second] = [mapPrefix(a, mapped), mapPrefix(b, mapped)];
        expect(contains(first, second.address)).toBe(contains(a, b.address));
        expect(contains(second, first.address)).toBe(contains(b, a.address));
      }),
    );
  });

  test("agree in as many leading bits as the addresses do, so that two never become one", () => {
    fc.assert(
      fc.property(key, blocks, fc.tuple(addressText, addressText), (bytes, known, [a, b]) => {
        const mapped = mapping(bytes, known);
        expect(commonLength(mapped(a), mapped(b))).toBe(commonLength(a, b));
      }),
    );
  });

  test("are the same for the same key, and others for another", () => {
    fc.assert(
      fc.property(key, addressText, (bytes, address) => {
        expect(mapping(bytes, [])(address)).toBe(mapping(Uint8Array.from(bytes), [])(address));
      }),
    );
    const all = Array.from({ length: 40 }, (_, at) => mapping(new Uint8Array(32).fill(at), []));
    expect(new Set(all.map((mapped) => mapped("51.15.7.9"))).size).toBeGreaterThan(30);
  });

  test("differ from the address wherever it may tell whose it is", () => {
    fc.assert(
      fc.property(key, blocks, tellingAddress, (bytes, known, address) => {
        expect(mapping(bytes, known)(address)).not.toBe(parseAddress(address));
      }),
    );
  });

  test("stay in the private, shared, unique local and link-local ranges, and out of them", () => {
    const ranges = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];
    const ranges6 = ["fc00::/7", "fd00::/8", "fe80::/10", "fe80::/64", "2000::/3"];
    const all = [...ranges, ...ranges6].map(mustPrefix);
    const within = anyPrefix.map(({ address }) => address);
    fc.assert(
      fc.property(key, blocks, fc.oneof(addressText, within), (bytes, known, address) => {
        const mapped = mapping(bytes, known)(address);
        expect(all.map((range) => inside(range, mapped))).toEqual(
          all.map((range) => inside(range, address)),
        );
      }),
    );
  });

  test.each([
    ...["0.0.0.0", "127.0.0.11", "169.254.169.254", "224.0.0.251", "255.255.255.255"],
    ...["192.0.2.7", "198.51.100.7", "203.0.113.7", "1.1.1.1", "::", "::1", "ff02::fb"],
    ...["2001:db8::7", "2606:4700:4700::1111", "fe80::1", "::ffff:127.0.0.1"],
  ])("leave %s as it is", (address) => {
    fc.assert(
      fc.property(key, (bytes) => {
        expect(mapping(bytes, [])(address)).toBe(parseAddress(address));
      }),
    );
  });

  test("keep a host's number in a private subnet: network, first, last and broadcast", () => {
    const known = ["172.17.0.0/16", "10.77.0.0/24", "192.168.16.0/20"].map(mustPrefix);
    fc.assert(
      fc.property(key, fc.constantFrom(...known), fc.nat(0xffff), (bytes, subnet, number) => {
        const size = 2 ** (32 - subnet.length);
        const address = addressOfWords([wordOf(subnet.address) + (number % size)]);
        const mapped = mapping(bytes, known)(address);
        expect(wordOf(mapped) % size).toBe(number % size);
      }),
    );
  });

  test("keep the ends of a short range in order, and neighbours side by side", () => {
    const range = mustPrefix("51.15.4.0/22");
    fc.assert(
      fc.property(key, fc.nat(1022), (bytes, number) => {
        const mapped = mapping(bytes, [range]);
        const first = wordOf(mapped(addressOfWords([wordOf(range.address) + number])));
        const next = wordOf(mapped(addressOfWords([wordOf(range.address) + number + 1])));
        expect(next - first).toBe(1);
      }),
    );
  });

  test("hide a MAC that an IPv6 address is made of, and keep one that a person gave", () => {
    const own = mapping(new Uint8Array(32).fill(7), []);
    expect(own("fe80::42:8fff:fe7c:3118")).not.toContain("7c:3118");
    expect(own("2a01:4f8:1:2:42:8fff:fe7c:3118")).not.toContain("7c:3118");
    expect(own("fd00:d0c:1::2")).toMatch(/^fd.*::2$/);
  });
});

const staying = [
  ...["0.0.0.0/8", "1.1.1.0/24", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24"],
  ...["192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"],
  ...["::/127", "100::/64", "2001:db8::/32", "3fff::/20", "2606:4700:4700::/48", "fe80::/96"],
  // ::ffff:0:0/96 and 64:ff9b::/96 are as their IPv4 addresses are.
  ...["ff00::/8", "::ffff:0:0/96", "64:ff9b::/96"],
].map(mustPrefix);

function mapping(
  key: Uint8Array,
  blocks: readonly Prefix[],
  networks: readonly Prefix[] = blocks,
): (address: string) => string {
  const pseudonym = addressPseudonyms(keyedBytes(key), { blocks, networks });
  return (address) => pseudonym(address) ?? "";
}

function mapPrefix({ address, length }: Prefix, mapped: (address: string) => string): Prefix {
  return mustPrefix(`${prefixPseudonym(address, length, mapped)}/${length}`);
}

function mustPrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(text);
  return prefix;
}

function inside(range: Prefix, address: string): boolean {
  return contains(range, parseAddress(address) ?? "");
}

function wordOf(address: string): number {
  return addressWords(address)?.[0] ?? 0;
}

/** How many leading bits two addresses share; -1 where they are of two families. */
function commonLength(a: string, b: string): number {
  const [first, second] = [addressWords(a) ?? [], addressWords(b) ?? []];
  if (first.length !== second.length) return -1;
  const lengths = Array.from({ length: first.length * 32 + 1 }, (_, length) => length);
  return lengths.findLastIndex(
    (length) => prefixOf(first, length).address === prefixOf(second, length).address,
  );
}
