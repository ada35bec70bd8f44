import { describe, expect, test } from "vitest";
import { parseFibTrie } from "../../../src/parsers/proc/fib-trie.ts";
import { parseProcArp } from "../../../src/parsers/proc/net-arp.ts";
import { parseProcIpv6Route, parseProcRoute } from "../../../src/parsers/proc/net-route.ts";
import { fixturesOf } from "../../support/fixtures.ts";

describe("what /proc shows of routes and neighbours", () => {
  test.each(fixturesOf("net-route"))("reads the routes of IPv4 in $name", ({ text, expected }) => {
    expect(parseProcRoute(text)).toStrictEqual(expected);
  });

  test.each(fixturesOf("ipv6-route"))("reads the routes of IPv6 in $name", ({ text, expected }) => {
    expect(parseProcIpv6Route(text)).toStrictEqual(expected);
  });

  test.each(fixturesOf("fib-trie"))("reads the own addresses in $name", ({ text, expected }) => {
    expect(parseFibTrie(text)).toStrictEqual(expected);
  });

  test.each(fixturesOf("net-arp"))("reads the neighbours in $name", ({ text, expected }) => {
    expect(parseProcArp(text)).toStrictEqual(expected);
  });

  test("passes over no line in silence", () => {
    const head = "Iface\tDestination\tGateway\n";
    expect(parseProcRoute(`${head}eth0 what is this`)).toStrictEqual({
      ok: true,
      value: [],
      ignored: [{ line: 2, text: "eth0 what is this", reason: "it is no route" }],
    });
    expect(parseProcIpv6Route("fd00 40 what")).toMatchObject({ ok: true, ignored: [{ line: 1 }] });
  });

  test("has nothing to say of a text that is something else", () => {
    expect(parseProcRoute("")).toMatchObject({ ok: false });
    expect(parseProcArp("hello")).toMatchObject({ ok: false });
    expect(parseProcArp("IP address HW\n10.0.0.300 0x1 0x2 a * eth0")).toMatchObject({
      ok: false,
      failure: { line: 2 },
    });
  });
});
