import { describe, expect, test } from "vitest";
import { parseIpAddr, parseIpAddrText } from "../../../src/parsers/ip-addr.ts";
import { fixturesOf, fixtureText } from "../../support/fixtures.ts";

const many = "debian12-iproute6.1--many-kinds";

/** Text that names no peer is not told from text with one where the name itself holds an @. */
function hasPlainName({ ifname }: { readonly ifname: string }): boolean {
  return !/@|^[acx]$/.test(ifname);
}

describe("link-text", () => {
  test.each(fixturesOf("ip-addr-text"))("reads $name", ({ text, expected }) => {
    expect(parseIpAddrText(text)).toStrictEqual(expected);
  });

  test("reads the same from the text of a host as from its JSON", () => {
    const fromText = parseIpAddrText(fixtureText("ip-addr-text", many));
    const fromJson = parseIpAddr(fixtureText("ip-addr", many));
    expect(fromText.ok && fromText.value.filter(hasPlainName)).toStrictEqual(
      fromJson.ok && fromJson.value.filter(hasPlainName),
    );
  });

  test("keeps an alias as it was given, and every alternative name", () => {
    const read = parseIpAddrText(fixtureText("ip-addr-text", many));
    const link = read.ok ? read.value.find(({ ifname }) => ifname === "dum0") : undefined;
    expect([link?.alias, link?.alternativeNames]).toEqual([
      'two words: "quoted"',
      ["alt-one", "alt(two)"],
    ]);
  });

  test("ignores aloud what it does not know, by line", () => {
    const text = [
      "1: lo: <LOOPBACK> mtu 65536 qdisc noqueue state WAITING group default colour blue",
      "    valid_lft forever preferred_lft forever",
      "    dummy before its link layer",
      "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
      "    dummy",
      "    veth",
      "    inet 127.0.0.1/8 scope host newflag lo",
      "    mctp 8 net 1",
      "    RX:  bytes packets errors dropped",
      "    1.2k 3 0 0",
      "    TX:  bytes packets errors dropped",
      "    1 3 0",
    ].join("\n");
    const reasons = [
      [1, '"colour", "blue" is not known here'],
      [2, "no address stands before it"],
      [3, "what it says is not known here"],
      [6, "the link has a kind already"],
      [7, '"newflag" is not known here'],
      [8, "what it says is not known here"],
      [10, "no counters, or rounded ones, where counters stand"],
      [12, "no counters, or rounded ones, where counters stand"],
    ] as const;
    const lines = text.split("\n");
    expect(parseIpAddrText(text)).toStrictEqual({
      ok: true,
      value: [
        {
          ifindex: 1,
          ifname: "lo",
          linkKind: "dummy",
          flags: ["LOOPBACK"],
          adminUp: false,
          carrier: false,
          operState: "unknown",
          mtuBytes: 65536,
          alternativeNames: [],
          addresses: [
            { family: "ipv4", address: "127.0.0.1", prefixLength: 8, scope: "host", flags: [] },
          ],
        },
      ],
      ignored: reasons.map(([line, reason]) => ({ line, text: lines[line - 1], reason })),
    });
  });

  test.each([
    ["lo               UNKNOWN        127.0.0.1/8", 1, "a link"],
    ["    inet 127.0.0.1/8 scope host lo", 1, "a link"],
    ["1: lo: <UP> mtu 1\n    inet 127.1/8 scope host lo", 2, "an address"],
    ["1: lo: <UP> mtu 1\n    inet 127.0.0.1 scope host lo", 2, "an address"],
    ["1: lo: <UP> mtu 1\n    inet 127.0.0.1/8 peer nobody scope host lo", 2, "an address"],
    ["1: lo: <UP> mtu 1\n    inet", 2, "an address"],
  ])("says which line of %j it cannot read", (text, line, expected) => {
    const read = parseIpAddrText(text);
    expect(read.ok ? undefined : read.failure).toMatchObject({ kind: "unparsable", line });
    expect(read.ok ? "" : read.failure.message).toContain(`where ${expected}`);
  });

  test("fails where a link has no MTU, by line", () => {
    expect(parseIpAddrText("1: lo: <UP> mtu 1\n2: eth0: <UP> qdisc noop")).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line: 2 },
    });
  });

  test("reads nothing as no links", () => {
    expect(parseIpAddrText("\n")).toStrictEqual({ ok: true, value: [], ignored: [] });
  });
});
