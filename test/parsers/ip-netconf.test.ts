import { describe, expect, test } from "vitest";
import { parseIpNetconf } from "../../src/parsers/ip-netconf.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("ip-netconf", () => {
  test.each(fixturesOf("ip-netconf"))("reads $name", ({ text, expected }) => {
    expect(parseIpNetconf(text)).toStrictEqual(expected);
  });

  test("passes over other families and reads the words of older releases", () => {
    const text = JSON.stringify([
      { family: "mpls", interface: "lo", input: "off" },
      { family: "inet", forwarding: true },
      { family: "inet", interface: "eth0", forwarding: "on", rp_filter: "strict" },
      { family: "inet6", interface: "eth0", forwarding: "off" },
    ]);
    expect(parseIpNetconf(text)).toStrictEqual({
      ok: true,
      value: [
        { family: "ipv4", ifname: "eth0", forwarding: true, reversePathFilter: 1 },
        { family: "ipv6", ifname: "eth0", forwarding: false },
      ],
      ignored: [],
    });
  });

  test("says that an empty output is none", () => {
    expect(parseIpNetconf("\n")).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message: "the answer is empty where JSON was expected",
      },
    });
  });
});
