import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  /** Said in the error when the time is over. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly intervalMs?: number;
}

/** Asks again and again until the answer is something else than undefined. */
export async function waitFor<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  options: WaitOptions,
): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) {
      throw new Error(`${options.what}: not seen within ${options.timeoutMs} ms`);
    }
    await sleep(options.intervalMs ?? 50);
  }
}
