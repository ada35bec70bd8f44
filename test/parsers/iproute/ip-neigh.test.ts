import { describe, expect, test } from "vitest";
import { parseIpNeigh } from "../../../src/parsers/iproute/ip-neigh.ts";
import { fixturesOf, fixtureText } from "../../support/fixtures.ts";

describe("ip-neigh", () => {
  test.each(fixturesOf("ip-neigh"))("reads $name", ({ text, expected }) => {
    expect(parseIpNeigh(text)).toStrictEqual(expected);
  });

  test.each(["every-state", "one-link", "proxy"])("reads the same from text: %s", (name) => {
    const [text, json] = ["-text", ""].map((end) =>
      fixtureText("ip-neigh", `debian12-iproute6.1--${name}${end}`),
    );
    expect(parseIpNeigh(text ?? "")).toStrictEqual(parseIpNeigh(json ?? ""));
  });

  test("reads nothing, in either form, as none", () => {
    const none = { ok: true, value: [], ignored: [] };
    expect([parseIpNeigh(""), parseIpNeigh("[ ]\n")]).toStrictEqual([none, none]);
  });

  test("takes no IP address of a tunnel for a MAC address, and ignores aloud", () => {
    const text = "192.0.2.1 dev gre1 lladdr 10.0.0.2 shiny PERMANENT\n";
    expect(parseIpNeigh(text)).toStrictEqual({
      ok: true,
      value: [
        {
          family: "ipv4",
          address: "192.0.2.1",
          ifname: "gre1",
          nudState: "permanent",
          flags: [],
        },
      ],
      ignored: [{ line: 1, text: text.trimEnd(), reason: '"shiny" is not known here' }],
    });
  });

  test("says which line is no neighbour", () => {
    expect(parseIpNeigh("192.0.2.1 dev a FAILED\nhello there\n")).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line: 2, message: 'line 2: dst: "hello" is not an address' },
    });
    expect(parseIpNeigh('[{"dst":7}]')).toMatchObject({ ok: false });
  });
});
