import { describe, expect, test } from "vitest";
import { parseBridgeLink } from "../../src/parsers/bridge-link.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("bridge-link", () => {
  test.each(fixturesOf("bridge-link"))("reads $name", ({ text, expected }) => {
    expect(parseBridgeLink(text)).toStrictEqual(expected);
  });

  test("ignores aloud what is no port, and fills in what older releases do not print", () => {
    const link = { ifname: "vxlan0", flags: ["UP", "NO-CARRIER", "LOWER_UP"], mtu: 1450 };
    const text = JSON.stringify([
      {},
      link,
      { ...link, master: "br0" },
      { ...link, master: "br0", state: "blocking" },
      { ...link, master: "br0", state: "disabled", hairpin: "on", isolated: "off" },
    ]);
    const odd = { line: 1, text: "vxlan0", reason: "it has no bridge, or no state as its port" };
    const port = {
      ifname: "vxlan0",
      bridge: "br0",
      adminUp: true,
      carrier: false,
      mtuBytes: 1450,
      isolated: false,
    } as const;
    expect(parseBridgeLink(text)).toStrictEqual({
      ok: true,
      value: [
        { ...port, portState: "blocking", hairpinMode: false },
        { ...port, portState: "disabled", hairpinMode: true },
      ],
      ignored: [odd, odd],
    });
  });

  test("says that the answer is another", () => {
    expect(parseBridgeLink("3: veth0: <UP>\n")).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message: 'the answer is not JSON, or is cut off; it begins with "3: veth0: <UP>\\n"',
      },
    });
  });
});
