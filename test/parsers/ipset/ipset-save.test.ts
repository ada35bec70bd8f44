import { describe, expect, test } from "vitest";
import { parseIpsetSave } from "../../../src/parsers/ipset/ipset-save.ts";
import { fixturesOf } from "../../support/fixtures.ts";

describe("ipset save", () => {
  test.each(fixturesOf("ipset"))("reads $name", ({ text, expected }) => {
    expect(parseIpsetSave(text)).toStrictEqual(expected);
  });

  test("of a host without sets holds none", () => {
    expect(parseIpsetSave("")).toStrictEqual({ ok: true, value: [], ignored: [] });
  });

  test("keeps what an element says of itself", () => {
    const line = 'add s 192.0.2.1 timeout 9 packets 1 bytes 2 comment "a b" skbmark 0x1';
    expect(parseIpsetSave(`create s hash:ip family inet\n${line}\n`)).toMatchObject({
      value: [
        {
          elements: [
            {
              value: "192.0.2.1",
              timeoutSeconds: 9,
              packets: 1,
              bytes: 2,
              comment: "a b",
              options: ["skbmark", "0x1"],
            },
          ],
        },
      ],
    });
  });

  test("ignores aloud an element of no set", () => {
    const text = "add s 192.0.2.1";
    const reason = "an element of no set";
    expect(parseIpsetSave(text)).toStrictEqual({
      ok: true,
      value: [],
      ignored: [{ line: 1, text, reason }],
    });
  });

  test("refuses what ipset does not say", () => {
    expect(parseIpsetSave("Name: s\n")).toMatchObject({ ok: false, failure: { line: 1 } });
  });
});
