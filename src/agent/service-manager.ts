/** What the agent tells the service manager. Source: sd_notify(3). */
export type ServiceNews =
  /** It serves; `status` is one line for `systemctl status`. */
  | { readonly kind: "ready"; readonly status: string }
  | { readonly kind: "status"; readonly status: string }
  | { readonly kind: "reloading" }
  | { readonly kind: "stopping" }
  /** It still does its work: without this news in time the manager ends it and starts it anew. */
  | { readonly kind: "alive" };

/** The service manager that started the agent. */
export interface ServiceManager {
  /** Longest time without `alive`, in milliseconds; absent = it does not watch. Source: WATCHDOG_USEC. */
  readonly watchdogMs?: number;
  tell(news: ServiceNews): void;
}

/** Nobody that wants to know: a terminal, a container. */
export const noServiceManager: ServiceManager = { tell: () => undefined };

export interface Watchdog {
  /** A run has ended, whatever its report says. */
  onRun(): void;
  stop(): void;
}

interface WatchdogParts {
  readonly manager: ServiceManager;
  nowMs(): number;
  /** Longest time from the end of a run to the end of the next, in milliseconds: interval, jitter and the limit of a run. */
  longestMs(): number;
}

/** How often `alive` is told within the manager's time: one may be lost. */
const pingsInTime = 3;

/**
 * Tells the manager that the agent is alive, as long as runs go on ending: a process whose timers still tick but that examines nothing
 * any more is not alive. A schedule that is longer than the watchdog's time is kept alive between its runs.
 */
export function startWatchdog({ manager, nowMs, longestMs }: WatchdogParts): Watchdog {
  if (manager.watchdogMs === undefined) return { onRun: () => undefined, stop: () => undefined };
  let lastRunMs = nowMs();
  const timer = setInterval(() => {
    if (nowMs() - lastRunMs <= longestMs()) manager.tell({ kind: "alive" });
  }, manager.watchdogMs / pingsInTime);
  timer.unref();
  return {
    onRun() {
      lastRunMs = nowMs();
      manager.tell({ kind: "alive" });
    },
    stop: () => clearInterval(timer),
  };
}
