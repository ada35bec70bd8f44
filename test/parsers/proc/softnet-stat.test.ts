import { describe, expect, test } from "vitest";
import { parseSoftnetStat } from "../../../src/parsers/proc/softnet-stat.ts";
import { fixturesOf } from "../../support/fixtures.ts";

describe("softnet-stat", () => {
  test.each(fixturesOf("softnet-stat"))("reads $name", ({ text, expected }) => {
    expect(parseSoftnetStat(text)).toStrictEqual(expected);
  });

  test("takes the CPU's number from its column where CPUs are offline, and keeps columns to come", () => {
    const row = "1 2 3 0 0 0 0 0 0 4 5 6 7 8 9 a";
    expect(parseSoftnetStat(row)).toStrictEqual({
      ok: true,
      value: [
        {
          cpu: 7,
          processed: 1,
          dropped: 2,
          timeSqueezed: 3,
          steered: 4,
          flowLimited: 5,
          queued: 6,
          others: [8, 9, 10],
        },
      ],
      ignored: [],
    });
  });

  test.each([
    ["00000001 00000002", 1],
    ["0 0 0 0 0 0 0 0 0\n0 0 0 0 0 0 0 0 x", 2],
  ])("says which line of %j it cannot read", (text, line) => {
    expect(parseSoftnetStat(text)).toMatchObject({
      ok: false,
      failure: { kind: "unparsable", line },
    });
  });

  test("takes no output for no answer", () => {
    expect(parseSoftnetStat("")).toStrictEqual({
      ok: false,
      failure: { kind: "unparsable", message: "the answer is empty" },
    });
  });
});
