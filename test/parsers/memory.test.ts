import { describe, expect, test } from "vitest";
import { parseMemory } from "../../src/parsers/memory.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("memory", () => {
  test.each(fixturesOf("memory"))("reads $name", ({ text, expected }) => {
    expect(parseMemory(text)).toStrictEqual(expected);
  });

  test("refuses an answer without numbers", () => {
    expect(parseMemory('{"total":null}')).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message:
          "the JSON at total is not what was expected: Invalid input: expected number, received null",
      },
    });
  });
});
