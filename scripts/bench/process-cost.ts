import { readFileSync } from "node:fs";

/** CPU time that a process has used, in milliseconds. Source: /proc/PID/stat, proc_pid_stat(5). */
export interface ProcessCpu {
  /** utime and stime. */
  readonly ownMs: number;
  /** cutime and cstime: children that ended and were waited for, and theirs. */
  readonly childrenMs: number;
}

/** USER_HZ is 100 on every architecture that Debian has. */
const msPerTick = 10;

export function processCpu(pid: number | "self"): ProcessCpu {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = (at: number): number => Number(fields[at]);
  return {
    ownMs: (ticks(11) + ticks(12)) * msPerTick,
    childrenMs: (ticks(13) + ticks(14)) * msPerTick,
  };
}

/** Memory of a process in MiB: now, and at most so far. Source: /proc/PID/status, VmRSS and VmHWM. */
export function processMemory(pid: number): { readonly nowMiB: number; readonly peakMiB: number } {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const kibibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
  return { nowMiB: kibibytes("VmRSS") / 1_024, peakMiB: kibibytes("VmHWM") / 1_024 };
}
