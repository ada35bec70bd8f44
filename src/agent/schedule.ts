import { createTask, type Logger, setLogger, validate } from "node-cron";
import type { ScheduleSetting } from "../config/defaults.ts";
import { cronEvery } from "../config/every.ts";

/** What the schedule calls. */
export interface ScheduleHandlers {
  /** A tick; the schedule does not tick again before it settles. It never rejects. */
  onTick(): Promise<void>;
  /** A tick that came while the one before was at work, or so late that it is pointless. */
  onSkipped(reason: "busy" | "late"): void;
}

/** A schedule that ticks until it is stopped. */
export interface RunningSchedule {
  /** Longest time from tick to tick, in milliseconds. */
  readonly intervalMs: number;
  stop(): void;
}

const silent = (): void => undefined;
/** Its events tell everything that node-cron would print. */
const silentLogger: Logger = { info: silent, warn: silent, error: silent, debug: silent };

/** How often the clock is compared with the time that has passed, in milliseconds. */
const clockWatchMs = 5_000;
/** A clock that is slewed loses less than this in that time, in milliseconds. */
const mostSetBackMs = 1_000;

/** Is this an expression that the schedule can follow? */
export function isCronExpression(expression: string): boolean {
  return validate(expression);
}

/** Ticks as the setting says, each tick after a random delay of at most `jitterMs` and half an interval. */
export function startSchedule(
  timing: { readonly schedule: ScheduleSetting; readonly jitterMs: number },
  handlers: ScheduleHandlers,
): RunningSchedule {
  setLogger(silentLogger);
  const expression = expressionOf(timing.schedule);
  // A probe tells the interval before the task that ticks is made: the jitter depends on it.
  const probe = createTask(expression, silent);
  const intervalMs = longestGapMs(probe.getNextRuns(50));
  void probe.destroy();
  const begin = () => {
    const task = createTask(expression, () => handlers.onTick(), {
      noOverlap: true,
      maxRandomDelay: Math.min(timing.jitterMs, Math.floor(intervalMs / 2)),
      // After a suspend, or a second in which nothing moved, a run is worth more than the exact time.
      missedExecutionTolerance: intervalMs,
      // Intervals are even over the days on which clocks change; a person's expression means the clock on the wall.
      ...(timing.schedule.kind === "every" ? { timezone: "Etc/UTC" } : {}),
    });
    task.on("execution:overlap", () => handlers.onSkipped("busy"));
    task.on("execution:missed", () => handlers.onSkipped("late"));
    void task.start();
    return task;
  };
  let task = begin();
  // node-cron waits for a time of day: a clock that is set back by an hour would hold the next run back for an hour.
  let aheadMs = Date.now() - performance.now();
  const watch = setInterval(() => {
    const nowAheadMs = Date.now() - performance.now();
    if (nowAheadMs < aheadMs - mostSetBackMs) {
      void task.destroy();
      task = begin();
    }
    aheadMs = nowAheadMs;
  }, clockWatchMs);
  watch.unref();
  return {
    intervalMs,
    stop() {
      clearInterval(watch);
      void task.destroy();
    },
  };
}

function expressionOf(schedule: ScheduleSetting): string {
  if (schedule.kind === "cron") return schedule.expression;
  const expression = cronEvery(schedule.everyMs);
  if (expression === undefined) throw new Error(`no cron expression for ${schedule.everyMs} ms`);
  return expression;
}

/** The longest of the gaps, so that a schedule of working hours is not stale each night. */
function longestGapMs(dates: readonly Date[]): number {
  const gaps = dates.slice(1).map((date, index) => date.getTime() - (dates[index]?.getTime() ?? 0));
  return Math.max(...gaps);
}
