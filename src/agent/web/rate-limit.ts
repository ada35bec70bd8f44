/** A bucket of requests that fills up again with time. */
export interface RateLimit {
  /** Takes one; false = there is none left now. */
  take(nowMs: number): boolean;
}

/** Lets `burst` requests through at once, and one more per interval. */
export function rateLimit(of: { readonly intervalMs: number; readonly burst: number }): RateLimit {
  let left = of.burst;
  let filledAtMs: number | undefined;
  return {
    take(nowMs) {
      const passedMs = Math.max(0, nowMs - (filledAtMs ?? nowMs));
      left = Math.min(of.burst, left + passedMs / of.intervalMs);
      filledAtMs = nowMs;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
