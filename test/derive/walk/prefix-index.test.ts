import { expect, test } from "vitest";
import { containing, prefixIndex } from "../../../src/derive/walk/prefix-index.ts";
import { addressWords, parsePrefix } from "../../../src/model/ip.ts";

const prefixes = [
  "0.0.0.0/0",
  "10.0.0.0/8",
  "10.1.0.0/16",
  "10.1.2.3/32",
  "10.1.0.0/16",
  "::/0",
  "fd00:1::/32",
  "fd00:1::7/128",
];

const index = prefixIndex(
  prefixes.flatMap((text, place) => {
    const prefix = parsePrefix(text);
    const words = prefix === undefined ? undefined : addressWords(prefix.address);
    if (prefix === undefined || words === undefined) return [];
    return [{ words, length: prefix.length, value: `${text} (${place})` }];
  }),
);

test.each([
  ["10.1.2.3", [["10.1.2.3/32 (3)"], ["10.1.0.0/16 (2)", "10.1.0.0/16 (4)"], ["10.0.0.0/8 (1)"]]],
  ["10.200.0.1", [["10.0.0.0/8 (1)"]]],
  ["192.0.2.1", []],
])("finds the prefixes that contain %s, the longest first", (address, expected) => {
  expect(containing(index, addressWords(address) ?? [])).toEqual([...expected, ["0.0.0.0/0 (0)"]]);
});

test("keeps the families apart", () => {
  expect(containing(index, addressWords("fd00:1::7") ?? [])).toEqual([
    ["fd00:1::7/128 (7)"],
    ["fd00:1::/32 (6)"],
    ["::/0 (5)"],
  ]);
});
