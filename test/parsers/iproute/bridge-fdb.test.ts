import { describe, expect, test } from "vitest";
import { parseBridgeFdb } from "../../../src/parsers/iproute/bridge-fdb.ts";
import { fixturesOf, fixtureText } from "../../support/fixtures.ts";

describe("bridge-fdb", () => {
  test.each(fixturesOf("bridge-fdb"))("reads $name", ({ text, expected }) => {
    expect(parseBridgeFdb(text)).toStrictEqual(expected);
  });

  test("reads the same from text and JSON", () => {
    const name = "debian12-iproute6.1--vxlan";
    expect(parseBridgeFdb(fixtureText("bridge-fdb", `${name}-text`))).toStrictEqual(
      parseBridgeFdb(fixtureText("bridge-fdb", name)),
    );
  });

  test("knows the namespace behind a VTEP, and states of other kinds", () => {
    const text = "02:00:00:00:00:01 dev vxlan0 dst 192.0.2.1 link-netnsid 3 self \n";
    const json = '[{"mac":"02:00:00:00:00:01","ifname":"vxlan0","state":"state=0x3"}]';
    const entries = [text, json].map(parseBridgeFdb).map((read) => read.ok && read.value[0]);
    expect(entries).toStrictEqual([
      {
        mac: "02:00:00:00:00:01",
        ifname: "vxlan0",
        vtep: "192.0.2.1",
        vtepNetnsId: 3,
        entryState: "dynamic",
        flags: ["self"],
      },
      { mac: "02:00:00:00:00:01", ifname: "vxlan0", entryState: "other", flags: [] },
    ]);
  });

  test("ignores aloud words that it does not know, and numbers that are none", () => {
    const text = "02:00:00:00:00:01 dev a vlan x shiny permanent";
    const read = parseBridgeFdb(text);
    expect(read.ok && read.ignored).toStrictEqual([
      { line: 1, text, reason: '"vlan x", "shiny" is not known here' },
    ]);
  });

  test("says which line is no entry", () => {
    expect(parseBridgeFdb("02:00:00:00:00:01 dev a\n02:00 permanent")).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line: 2 },
    });
    expect(parseBridgeFdb('[{"mac":"nonsense","ifname":"a"}]')).toMatchObject({ ok: false });
  });
});
