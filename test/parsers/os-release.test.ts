import { describe, expect, test } from "vitest";
import { parseOsRelease } from "../../src/parsers/os-release.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("os-release", () => {
  test.each(fixturesOf("os-release"))("reads $name", ({ text, expected }) => {
    expect(parseOsRelease(text)).toStrictEqual(expected);
  });

  test.each([
    ["NAME and VERSION", 'NAME=Alpine\nVERSION="3.20 \\"x\\""\n', 'Alpine 3.20 "x"'],
    ["NAME alone", "# comment\r\nNAME='Arch \\\" Linux'\r\n", 'Arch \\" Linux'],
    ["nothing", "ID=x\n", undefined],
  ])("makes a name of %s", (_, text, distribution) => {
    const value = distribution === undefined ? {} : { distribution };
    expect(parseOsRelease(text)).toStrictEqual({ ok: true, value, ignored: [] });
  });

  test("ignores aloud what is no assignment", () => {
    expect(parseOsRelease("PRETTY_NAME=X\n<html>\n")).toStrictEqual({
      ok: true,
      value: { distribution: "X" },
      ignored: [{ line: 2, text: "<html>", reason: "it is no assignment" }],
    });
  });
});
