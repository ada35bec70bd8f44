/** What the lean engine is given: V8's switch, and what this process has used of the processor, in milliseconds. */
export interface EngineParts {
  setFlag(flag: string): void;
  cpuMs(): number;
}

/** V8 as an agent wants it. */
export interface LeanEngine {
  /** Lets a run go on, and looks at what it took. */
  during<T>(run: () => Promise<T>): Promise<T>;
  /** Lets the compilers work for something that is nothing but computing: a hash of a password takes a tenth of the time. */
  swiftly<T>(work: () => Promise<T>): Promise<T>;
}

/** Collect early, and leave out the compilers: what they make is held for good and used a quarter of a second in a minute. */
const leanFlags = ["--optimize-for-size", "--no-opt", "--no-maglev", "--no-sparkplug"] as const;
const swiftFlags = ["--opt", "--maglev", "--sparkplug"] as const;

/** A run that takes more CPU time than this is on a host so large that compiling pays, in milliseconds. */
const largeRunMs = 1_000;

/**
 * As measured on a host with 100 containers: without the optimising compilers a third less resident memory for a third more CPU time,
 * without the baseline compiler (Sparkplug) another twentieth less for a fortieth more. On a host with tens of thousands of rules the
 * parsers would be ten times slower: after three large runs the compilers come back for good.
 */
export function leanEngine({ setFlag, cpuMs }: EngineParts): LeanEngine {
  let large = 0;
  const become = (flags: readonly string[]): void => {
    for (const flag of flags) setFlag(flag);
  };
  become(leanFlags);
  return {
    async swiftly(work) {
      become(swiftFlags);
      try {
        return await work();
      } finally {
        if (large < runsUntilSure) become(leanFlags);
      }
    },
    async during(run) {
      const before = cpuMs();
      try {
        return await run();
      } finally {
        if (cpuMs() - before > largeRunMs) {
          large += 1;
          if (large === runsUntilSure) become(swiftFlags);
        }
      }
    },
  };
}

/** The first run of a process is always a large one, and one may be by chance. */
const runsUntilSure = 3;
