import { describe, expect, test } from "vitest";
import { parseConntrackStat } from "../../../src/parsers/proc/conntrack-stat.ts";
import { fixturesOf } from "../../support/fixtures.ts";

describe("conntrack-stat", () => {
  test.each(fixturesOf("conntrack-stat"))("reads $name", ({ text, expected }) => {
    expect(parseConntrackStat(text)).toStrictEqual(expected);
  });

  test("counts what is not printed as none", () => {
    expect(parseConntrackStat("cpu=3\n")).toStrictEqual({
      ok: true,
      value: [
        {
          cpu: 3,
          found: 0,
          invalid: 0,
          insertFailed: 0,
          dropped: 0,
          earlyDropped: 0,
          errors: 0,
          searchRestarts: 0,
          others: {},
        },
      ],
      ignored: [],
    });
  });

  test.each([
    ["found=1", 1],
    ["entries entries\n1 2", 1],
    ["entries found\n0001", 2],
    ["entries found\n0001 zz", 2],
    ["cpu=0 found=1\nfound=1", 2],
    ["cpu=0 found=-1", 1],
  ])("says which line of %j it cannot read", (text, line) => {
    expect(parseConntrackStat(text)).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line },
    });
  });

  test("takes no output for no answer", () => {
    expect(parseConntrackStat(" \n")).toStrictEqual({
      ok: false,
      failure: { kind: "unparsable", message: "the answer is empty" },
    });
  });
});
