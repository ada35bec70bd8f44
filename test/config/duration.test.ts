import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDuration } from "../../src/config/duration.ts";

describe("parseDuration", () => {
  test.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h30m", 5_400_000],
    ["1d", 86_400_000],
    ["0s", 0],
  ])("reads %s as %i milliseconds", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(["", "30", "s", "-1s", "1.5s", "30 s", "30S", "1w", "25d", "9999999999d", "30s\n"])(
    "refuses %j",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  test("gives milliseconds that a timer can wait, or nothing, for any text", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^(\d{1,4}(ms|s|m|h|d)){1,3}$/));
    fc.assert(
      fc.property(text, (written) => {
        const ms = parseDuration(written) ?? 0;
        expect(Number.isInteger(ms) && ms >= 0 && ms < 2 ** 31).toBe(true);
      }),
    );
  });
});
