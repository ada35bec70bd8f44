import { describe, expect, test } from "vitest";
import { parseNetSnmp, parseNetSnmp6 } from "../../../src/parsers/proc/net-snmp.ts";
import { fixturesOf } from "../../support/fixtures.ts";

const empty = { ok: false, failure: { kind: "unparsable", message: "the answer is empty" } };

describe("net-snmp", () => {
  test.each(fixturesOf("net-snmp"))("reads $name", ({ text, expected }) => {
    expect(parseNetSnmp(text)).toStrictEqual(expected);
  });

  test.each([
    ["Ip:", 1],
    ["Ip InReceives\nIp 1", 1],
    ["Ip: 1\nIp: 1", 1],
    ["Ip: InReceives", 1],
    ["Ip: InReceives\nUdp: 1", 2],
    ["Ip: InReceives\nIp: 1 2", 2],
    ["Ip: InReceives\nIp: x", 2],
  ])("says which line of %j it cannot read", (text, line) => {
    expect(parseNetSnmp(text)).toMatchObject({ ok: false, failure: { kind: "unparsable", line } });
  });

  test("takes no output for no answer", () => {
    expect([parseNetSnmp(""), parseNetSnmp6(" \n")]).toStrictEqual([empty, empty]);
  });
});

describe("net-snmp6", () => {
  test.each(fixturesOf("net-snmp6"))("reads $name", ({ text, expected }) => {
    expect(parseNetSnmp6(text)).toStrictEqual(expected);
  });

  test.each([
    ["Ip6InReceives\t7\nhello", 2],
    ["Ip6InReceives -1", 1],
    ["InReceives 1", 1],
  ])("says which line of %j it cannot read", (text, line) => {
    expect(parseNetSnmp6(text)).toMatchObject({ ok: false, failure: { kind: "unparsable", line } });
  });
});
