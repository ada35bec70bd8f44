import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type ServiceNews, startWatchdog } from "../../src/agent/service-manager.ts";
import { anAgent } from "../support/an-agent.ts";

describe("watchdog", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function watched(so: { readonly watchdogMs?: number; readonly longestMs: number }) {
    const told: ServiceNews[] = [];
    const { watchdogMs, longestMs } = so;
    const manager = {
      ...(watchdogMs === undefined ? {} : { watchdogMs }),
      tell: (news: ServiceNews) => void told.push(news),
    };
    const watchdog = startWatchdog({
      manager,
      nowMs: () => Date.now(),
      longestMs: () => longestMs,
    });
    return { told, watchdog };
  }

  test("is alive between runs that are further apart than the manager's time", () => {
    const { told, watchdog } = watched({ watchdogMs: 3_000, longestMs: 10_000 });
    vi.advanceTimersByTime(9_000);
    expect(told).toHaveLength(9);
    watchdog.stop();
  });

  test("falls silent when no run ends any more, and speaks again with the next", () => {
    const { told, watchdog } = watched({ watchdogMs: 3_000, longestMs: 4_000 });
    vi.advanceTimersByTime(60_000);
    expect(told).toHaveLength(4);
    watchdog.onRun();
    expect(told).toHaveLength(5);
    vi.advanceTimersByTime(2_000);
    expect(told).toHaveLength(7);
    watchdog.stop();
  });

  test("says nothing where nobody watches, and nothing after the end", () => {
    const unwatched = watched({ longestMs: 4_000 });
    unwatched.watchdog.onRun();
    vi.advanceTimersByTime(60_000);
    expect(unwatched.told).toEqual([]);
    const ended = watched({ watchdogMs: 3_000, longestMs: 4_000 });
    ended.watchdog.stop();
    vi.advanceTimersByTime(60_000);
    expect(ended.told).toEqual([]);
  });
});

test("the agent tells when it serves, what a run found, and that it stops", async () => {
  const told: ServiceNews[] = [];
  const first = Promise.withResolvers<void>();
  const agent = await anAgent({
    serviceManager: {
      tell(news) {
        told.push(news);
        if (news.kind === "status") first.resolve();
      },
    },
  });
  await first.promise;
  await agent.stop();
  expect(told).toEqual([
    { kind: "ready", status: "first run" },
    { kind: "status", status: "host ok, 0 causes" },
    { kind: "stopping" },
  ]);
});
