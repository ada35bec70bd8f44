/** Runs a piece of work when one of the slots is free, in the order of asking. */
export type InSlot = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `count` pieces of work at once. */
export function slots(count: number): InSlot {
  const waiting: (() => void)[] = [];
  let free = count;
  const acquire = (): Promise<void> => {
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async (work) => {
    await acquire();
    try {
      return await work();
    } finally {
      release();
    }
  };
}
