import { describe, expect, test } from "vitest";
import { parseBridgeVlan } from "../../../src/parsers/iproute/bridge-vlan.ts";
import { fixturesOf, fixtureText } from "../../support/fixtures.ts";

describe("bridge-vlan", () => {
  test.each(fixturesOf("bridge-vlan"))("reads $name", ({ text, expected }) => {
    expect(parseBridgeVlan(text)).toStrictEqual(expected);
  });

  test("reads the same from text and JSON", () => {
    expect(
      parseBridgeVlan(fixtureText("bridge-vlan", "documented--iproute6.1-text")),
    ).toStrictEqual(parseBridgeVlan(fixtureText("bridge-vlan", "documented--iproute6.1")));
  });

  test("reads nothing as none, and ignores aloud what is no VLAN", () => {
    expect(parseBridgeVlan("")).toStrictEqual({ ok: true, value: [], ignored: [] });
    const text = "port vlan-id\n  5\neth0 five\n";
    expect(parseBridgeVlan(text)).toStrictEqual({
      ok: true,
      value: [],
      ignored: [
        { line: 2, text: "  5", reason: "it is no VLAN of a port" },
        { line: 3, text: "eth0 five", reason: "it is no VLAN of a port" },
      ],
    });
  });

  test("says where the header is missing", () => {
    expect(parseBridgeVlan("\neth0 1 PVID")).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line: 2 },
    });
    expect(parseBridgeVlan('[{"ifname":1}]')).toMatchObject({ ok: false });
  });
});
