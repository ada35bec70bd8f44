import type { ProcessReadings } from "../metrics/agent.ts";

/** How often the lag of the event loop is looked at, in milliseconds. */
const lagSampleMs = 1_000;

/** Reads what this process costs. */
export interface ProcessMeter {
  /** The figures now; the lag is the worst since they were last taken. */
  take(): ProcessReadings;
  stop(): void;
}

/** A meter of this process. It samples the event loop once a second and does not keep the process alive. */
export function startProcessMeter(): ProcessMeter {
  const startedAt = Date.now() / 1_000 - process.uptime();
  let worstLagMs = 0;
  let dueAtMs = performance.now() + lagSampleMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    worstLagMs = Math.max(worstLagMs, nowMs - dueAtMs);
    dueAtMs = nowMs + lagSampleMs;
  }, lagSampleMs);
  timer.unref();
  let residentBytes = 0;
  // It is read from a file: an agent that has no file descriptors left must still tell what it cannot see.
  const residentNow = (): number => {
    try {
      residentBytes = process.memoryUsage.rss();
    } catch {
      return residentBytes;
    }
    return residentBytes;
  };
  return {
    take() {
      const { user, system } = process.cpuUsage();
      const eventLoopLagSeconds = worstLagMs / 1_000;
      worstLagMs = 0;
      return {
        cpuSeconds: (user + system) / 1_000_000,
        residentBytes: residentNow(),
        startedAt,
        eventLoopLagSeconds,
      };
    },
    stop: () => clearInterval(timer),
  };
}
