import { describe, expect, test } from "vitest";
import { parseNeighStat } from "../../../src/parsers/proc/neigh-stat.ts";
import { fixturesOf } from "../../support/fixtures.ts";

describe("neigh-stat", () => {
  test.each(fixturesOf("neigh-stat"))("reads $name", ({ text, expected }) => {
    expect(parseNeighStat(text)).toStrictEqual(expected);
  });

  test("counts columns that a kernel lacks as none", () => {
    expect(parseNeighStat("entries lookups\n0000000a 00000001\n")).toStrictEqual({
      ok: true,
      value: [
        {
          cpu: 0,
          entries: 10,
          lookups: 1,
          hits: 0,
          unresolved: 0,
          forcedCollections: 0,
          discarded: 0,
          tableFull: 0,
          others: {},
        },
      ],
      ignored: [],
    });
  });

  test("says which line it cannot read", () => {
    expect(parseNeighStat("lookups\n1")).toMatchObject({ ok: false, failure: { line: 1 } });
    expect(parseNeighStat("entries\nx")).toMatchObject({ ok: false, failure: { line: 2 } });
  });
});
