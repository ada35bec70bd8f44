import type { ExpositionInput } from "../metrics/registry.ts";
import { type Latest, renderLatest } from "./latest.ts";

/** What is served, and how it is renewed. */
export interface Publication {
  /** What a request gets now. Reading it costs nothing. */
  current(): Latest;
  /** Renders what holds now. Requests get what was there before until it is done. */
  renew(): Promise<void>;
}

/** Renders one after the other, each from what holds when its turn comes: a late rendering never hides a newer one. */
export async function startPublication(input: () => ExpositionInput): Promise<Publication> {
  let latest = await renderLatest(input());
  let waiting: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  return {
    current: () => latest,
    renew() {
      // Whoever asks while a rendering waits for its turn is served by that one.
      waiting ??= last.then(async () => {
        waiting = undefined;
        latest = await renderLatest(input());
      });
      last = waiting.catch(() => undefined);
      return waiting;
    },
  };
}
