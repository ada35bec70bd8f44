import { describe, expect, test } from "vitest";
import {
  addressText,
  addressWords,
  contains,
  overlaps,
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixText,
  wordsMatch,
} from "../../src/model/ip.ts";

describe("parseAddress", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["::ffff:192.0.2.1", "::ffff:c000:201"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"],
    ["1:0:0:0:0:0:0:0", "1::"],
  ])("writes %s as %s", (text, address) => {
    expect(parseAddress(text)).toBe(address);
  });

  test.each([
    "",
    "192.0.2",
    "192.0.2.256",
    "192.0.2.1/24",
    " 192.0.2.1",
    "default",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "12345::",
    "g::",
    "fe80::1%eth0",
    "192.0.2.1::",
    "::192.0.2.1:5",
    "::192.0.2",
  ])("takes %j for no address", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test("writes no words as no groups", () => {
    expect(addressText([])).toBe("");
    expect(addressWords("::1")).toEqual([0, 0, 0, 1]);
  });
});

describe("parsePrefix", () => {
  test.each([
    ["172.17.0.1/16", "172.17.0.0/16"],
    ["10.0.0.1", "10.0.0.1/32"],
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["fd00::5", "fd00::5/128"],
    ["fd00:1:2:3:4::5/64", "fd00:1:2:3::/64"],
    ["fd00:1:2:3:4::5/33", "fd00:1::/33"],
  ])("reads %s as %s", (text, prefix) => {
    expect(prefixText(mustPrefix(text))).toBe(prefix);
  });

  test.each(["10.0.0.0/33", "fd00::/129", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/1000", "all", "/8"])(
    "takes %s for no prefix",
    (text) => {
      expect(parsePrefix(text)).toBeUndefined();
    },
  );
});

describe("contains and overlaps", () => {
  test("keep the families apart, and texts that are no addresses out", () => {
    expect(contains(mustPrefix("0.0.0.0/0"), "fd00::1")).toBe(false);
    expect(contains(mustPrefix("::/0"), "10.0.0.1")).toBe(false);
    expect(contains(mustPrefix("::/0"), "nonsense")).toBe(false);
    expect(contains({ family: "ipv4", address: "nonsense", length: 0 }, "10.0.0.1")).toBe(false);
  });

  test("look at the bits of the prefix and no others", () => {
    const subnet = mustPrefix("172.17.0.0/16");
    expect(contains(subnet, "172.17.255.255")).toBe(true);
    expect(contains(subnet, "172.18.0.0")).toBe(false);
    expect(overlaps(subnet, mustPrefix("172.16.0.0/12"))).toBe(true);
    expect(overlaps(mustPrefix("172.16.0.0/12"), subnet)).toBe(true);
    expect(overlaps(subnet, mustPrefix("172.18.0.0/16"))).toBe(false);
  });

  test("take a word that is not there for zero", () => {
    expect(wordsMatch([1, 0], [1], 64)).toBe(true);
    expect(wordsMatch([1, 2], [1], 64)).toBe(false);
  });
});

function mustPrefix(text: string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Error(`"${text}" is no prefix`);
  return prefix;
}
