import { describe, expect, test } from "vitest";
import { parseBrctlShow } from "../../src/parsers/brctl-show.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("brctl-show", () => {
  test.each(fixturesOf("brctl-show"))("reads $name", ({ text, expected }) => {
    expect(parseBrctlShow(text)).toStrictEqual(expected);
  });

  test("reads CRLF and ignores aloud what is neither bridge nor port", () => {
    const text = [
      "bridge name\tbridge id\t\tSTP enabled\tinterfaces",
      "\t\t\t\t\t\t\tveth0",
      "eth0\t\tcan't get info Operation not supported",
      "br0\t\t8000.0242AC110001\tmaybe",
      "br1\t\t8000.0242AC110001\tyes\t\tveth1",
      "\t\t\t\t\t\t\tveth2 veth3",
      "",
    ].join("\r\n");
    const reason = "it is no bridge and no port";
    expect(parseBrctlShow(text)).toStrictEqual({
      ok: true,
      value: [{ bridge: "br1", bridgeId: "8000.0242ac110001", stpEnabled: true, ports: ["veth1"] }],
      ignored: [
        { line: 2, text: "\t\t\t\t\t\t\tveth0", reason },
        { line: 3, text: "eth0\t\tcan't get info Operation not supported", reason },
        { line: 4, text: "br0\t\t8000.0242AC110001\tmaybe", reason },
        { line: 6, text: "\t\t\t\t\t\t\tveth2 veth3", reason },
      ],
    });
  });

  test("refuses an output with another header", () => {
    expect(parseBrctlShow("Brückenname\tBrücken-ID\n")).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message: 'found "Brückenname\\tBrücken-ID" where "bridge name" stands',
        line: 1,
      },
    });
  });
});
