import { describe, expect, test } from "vitest";
import { parseBridgeLink, parseBridgeLinkText } from "../../../src/parsers/bridge-link.ts";
import { fixturesOf, fixtureText } from "../../support/fixtures.ts";

describe("port-text", () => {
  test.each(fixturesOf("bridge-link-text"))("reads $name", ({ text, expected }) => {
    expect(parseBridgeLinkText(text)).toStrictEqual(expected);
  });

  test("reads the same from text and JSON", () => {
    const name = "debian12-iproute6.1--hairpin";
    expect(parseBridgeLinkText(fixtureText("bridge-link-text", name))).toStrictEqual(
      parseBridgeLink(fixtureText("bridge-link", name)),
    );
  });

  test("says which line is no port", () => {
    const port = "4: a@b: <UP> mtu 1500 master br0 state forwarding\n";
    expect([
      parseBridgeLinkText(`${port}nonsense\n`),
      parseBridgeLinkText(`${port}5: c: <UP> master br0\n`),
    ]).toMatchObject([
      { ok: false, failure: { kind: "unparsable", line: 2 } },
      { ok: false, failure: { kind: "unparsable", line: 2 } },
    ]);
  });

  test("ignores aloud a link that is no port", () => {
    expect(parseBridgeLinkText("5: eth0: <> mtu 1500\n")).toStrictEqual({
      ok: true,
      value: [],
      ignored: [{ line: 1, text: "eth0", reason: "it has no bridge, or no state as its port" }],
    });
  });
});
