import { describe, expect, test } from "vitest";
import { cronEvery } from "../../src/config/every.ts";

describe("cronEvery", () => {
  test.each([
    [1_000, "*/1 * * * * *"],
    [30_000, "*/30 * * * * *"],
    [60_000, "0 */1 * * * *"],
    [300_000, "0 */5 * * * *"],
    [3_600_000, "0 0 */1 * * *"],
    [43_200_000, "0 0 */12 * * *"],
    [86_400_000, "0 0 0 * * *"],
  ])("ticks every %i ms by %s", (ms, expression) => {
    expect(cronEvery(ms)).toBe(expression);
  });

  test.each([0, -1_000, 500, 1_500, 45_000, 90_000, 7 * 60_000, 5 * 3_600_000, 2 * 86_400_000])(
    "cannot say %i ms evenly",
    (ms) => {
      expect(cronEvery(ms)).toBeUndefined();
    },
  );
});
