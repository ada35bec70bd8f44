import { describe, expect, test } from "vitest";
import { parseIpNetns, parseIpNetnsText } from "../../src/parsers/ip-netns.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("ip-netns", () => {
  test.each(fixturesOf("ip-netns"))("reads $name", ({ text, expected }) => {
    expect(parseIpNetns(text)).toStrictEqual(expected);
  });

  test("takes no output for no names", () => {
    expect(parseIpNetns("")).toStrictEqual({ ok: true, value: [], ignored: [] });
  });

  test("takes -1 for no number", () => {
    expect(parseIpNetns('[{"name":"blue","id":-1}]')).toStrictEqual({
      ok: true,
      value: [{ path: "/run/netns/blue", name: "blue", origin: "ip-netns" }],
      ignored: [],
    });
  });

  test("says that a text is no list", () => {
    expect(parseIpNetns('{"name":"blue"}')).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message:
          "the JSON is not what was expected: Invalid input: expected array, received object",
      },
    });
  });

  test.each(fixturesOf("ip-netns-text"))("reads the text $name", ({ text, expected }) => {
    expect(parseIpNetnsText(text)).toStrictEqual(expected);
  });

  test("takes spaces in a name for part of it, and ignores what is no name", () => {
    expect(parseIpNetnsText("a b (id: 4)\n/run/netns/blue\na\u2028b\n")).toStrictEqual({
      ok: true,
      value: [{ path: "/run/netns/a b", name: "a b", origin: "ip-netns", netnsId: 4 }],
      ignored: [
        { line: 2, text: "/run/netns/blue", reason: "it is no name of a namespace" },
        { line: 3, text: "a\u2028b", reason: "it is no name of a namespace" },
      ],
    });
  });
});
