import { describe, expect, test } from "vitest";
import { parseNames, parseSingleLine } from "../../src/parsers/plain-text.ts";

describe("plain-text", () => {
  test("reads a value on one line", () => {
    expect(parseSingleLine("6.18.44\r\n")).toStrictEqual({
      ok: true,
      value: "6.18.44",
      ignored: [],
    });
  });

  test.each([
    ["an empty file", "\n", { message: "the file is empty" }],
    ["a second line", "a\nb\n", { message: 'found "b" behind the value', line: 2 }],
    ["bytes", "a\u0001\n", { message: 'found "a\\u0001", which is no plain text', line: 1 }],
  ])("refuses %s as a value", (_, text, failure) => {
    expect(parseSingleLine(text)).toStrictEqual({
      ok: false,
      failure: { kind: "unparsable", ...failure },
    });
  });

  test("reads names, one a line, and none", () => {
    expect(parseNames("nat\nfilter\n")).toStrictEqual({
      ok: true,
      value: ["nat", "filter"],
      ignored: [],
    });
    expect(parseNames("")).toStrictEqual({ ok: true, value: [], ignored: [] });
  });
});
