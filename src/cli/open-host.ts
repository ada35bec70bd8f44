import { setTimeout } from "node:timers/promises";
import type { Clock } from "../engine/plan.ts";
import type { HostSource, OpenedHost } from "./world.ts";

/**
 * Longest time for one question in milliseconds. Unless it is set: 10 s, and a third of the run at most, so that one that hangs
 * leaves time for the others.
 */
function questionTimeoutMs(source: Extract<HostSource, { readonly kind: "live" }>): number {
  const { timeoutMs } = source;
  const wanted = source.questionTimeoutMs ?? Math.min(10_000, Math.ceil(timeoutMs / 3));
  return Math.min(wanted, timeoutMs);
}

/** The host that a command looks at. Only what is needed is loaded. */
export async function openHost(source: HostSource): Promise<OpenedHost> {
  switch (source.kind) {
    case "live": {
      const { liveHost } = await import("../host/live.ts");
      const host = liveHost({
        dockerSocket: source.dockerSocket,
        timeoutMs: questionTimeoutMs(source),
        signal: source.signal ?? AbortSignal.timeout(source.timeoutMs),
        clock: systemClock,
        ...(source.files === undefined ? {} : { files: source.files }),
      });
      return { ok: true, host, clock: systemClock };
    }
    case "bundle":
      return openBundle(source.path);
  }
}

async function openBundle(path: string): Promise<OpenedHost> {
  const { readBundle } = await import("../host/bundle.ts");
  const read = await readBundle(path);
  if (!read.ok) return read;
  const { replayHost } = await import("../host/replay.ts");
  const { origin, recording } = read.bundle;
  // Time stands still in a bundle, so that its report is the same on every machine.
  const clock: Clock = { now: () => origin.createdAt, elapsedMs: () => 0 };
  return { ok: true, host: replayHost(recording), clock };
}

export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  elapsedMs: () => performance.now(),
  pause: (ms) => setTimeout(ms),
};
