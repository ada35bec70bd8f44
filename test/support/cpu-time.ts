/**
 * CPU time that a call takes on its own thread, in milliseconds: other processes on the machine do not count, the garbage collector's
 * threads do not either. Source: getrusage(2) with RUSAGE_THREAD.
 */
export function cpuMsOf(run: () => unknown): number {
  const before = threadMs();
  run();
  return threadMs() - before;
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
