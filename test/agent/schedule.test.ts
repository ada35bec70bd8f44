import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isCronExpression, startSchedule } from "../../src/agent/schedule.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-02T10:00:00.500Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

const everyMinute = { kind: "every", everyMs: 60_000 } as const;

describe("startSchedule", () => {
  test("ticks on the interval until it is stopped", async () => {
    const ticks: string[] = [];
    const schedule = startSchedule(
      { schedule: everyMinute, jitterMs: 0 },
      {
        onTick: async () => void ticks.push(new Date().toISOString().slice(11, 19)),
        onSkipped: () => undefined,
      },
    );
    await vi.advanceTimersByTimeAsync(180_000);
    schedule.stop();
    await vi.advanceTimersByTimeAsync(180_000);
    expect([ticks, schedule.intervalMs, vi.getTimerCount()]).toEqual([
      ["10:01:00", "10:02:00", "10:03:00"],
      60_000,
      0,
    ]);
  });

  test("delays ticks by chance, at most by the jitter and half an interval", async () => {
    const delays: number[] = [];
    const schedule = startSchedule(
      { schedule: { kind: "every", everyMs: 10_000 }, jitterMs: 60_000 },
      { onTick: async () => void delays.push(Date.now() % 10_000), onSkipped: () => undefined },
    );
    await vi.advanceTimersByTimeAsync(600_000);
    schedule.stop();
    expect(delays.length).toBeGreaterThanOrEqual(59);
    expect(Math.max(...delays)).toBeLessThanOrEqual(5_000);
    expect(new Set(delays).size).toBeGreaterThan(10);
  });

  test("skips ticks while the one before is at work, and tells each", async () => {
    const skipped: string[] = [];
    let ticks = 0;
    let finish = (): void => undefined;
    const schedule = startSchedule(
      { schedule: everyMinute, jitterMs: 0 },
      {
        onTick: () => {
          ticks += 1;
          return new Promise((resolve) => {
            finish = () => resolve();
          });
        },
        onSkipped: (reason) => void skipped.push(reason),
      },
    );
    await vi.advanceTimersByTimeAsync(180_000);
    finish();
    await vi.advanceTimersByTimeAsync(60_000);
    schedule.stop();
    expect([ticks, skipped]).toEqual([2, ["busy", "busy"]]);
  });

  test("runs the last tick that a suspend swallowed, and tells those before", async () => {
    const skipped: string[] = [];
    const ticks: string[] = [];
    const schedule = startSchedule(
      { schedule: everyMinute, jitterMs: 0 },
      {
        onTick: async () => void ticks.push(new Date().toISOString().slice(11, 19)),
        onSkipped: (reason) => void skipped.push(reason),
      },
    );
    vi.setSystemTime(new Date("2026-11-02T10:02:30.000Z"));
    await vi.advanceTimersByTimeAsync(60_000);
    schedule.stop();
    expect([ticks, skipped]).toEqual([["10:03:29"], ["late", "late"]]);
  });

  test("takes the longest gap of a cron expression for its interval", () => {
    const schedule = startSchedule(
      { schedule: { kind: "cron", expression: "*/15 8-17 * * *" }, jitterMs: 0 },
      { onTick: async () => undefined, onSkipped: () => undefined },
    );
    schedule.stop();
    expect(schedule.intervalMs).toBe(14.25 * 3_600_000);
  });
});

describe("isCronExpression", () => {
  test("tells expressions that can be followed", () => {
    const texts = ["*/5 * * * *", "0 0 8 * * 1-5", "61 * * * *", "x * * * *", "* * *"];
    expect(texts.map(isCronExpression)).toEqual([true, true, false, false, false]);
  });
});

describe("a clock that jumps", () => {
  const ticksAfterJump = async (to: string, advanceMs: number): Promise<readonly string[]> => {
    const ticks: string[] = [];
    const schedule = startSchedule(
      { schedule: everyMinute, jitterMs: 0 },
      {
        onTick: async () => void ticks.push(new Date().toISOString().slice(11, 19)),
        onSkipped: () => undefined,
      },
    );
    await vi.advanceTimersByTimeAsync(60_000);
    vi.setSystemTime(new Date(to));
    await vi.advanceTimersByTimeAsync(advanceMs);
    schedule.stop();
    return ticks;
  };

  test("an hour back costs no more than a few runs", async () => {
    const ticks = await ticksAfterJump("2026-11-02T09:01:00.500Z", 5 * 60_000);
    expect(ticks.length).toBeGreaterThanOrEqual(4);
  });

  test("a day on does not make up for the runs in between", async () => {
    const ticks = await ticksAfterJump("2026-11-03T10:01:00.500Z", 3 * 60_000);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    expect(ticks.length).toBeLessThanOrEqual(4);
  });
});
