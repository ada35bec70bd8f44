import type { Argv } from "./run-command.ts";

/** `argv` in the network namespace of a process; everything else stays the machine's. */
export function inNetnsOf(pid: number, argv: Argv): Argv {
  return ["nsenter", "-t", String(pid), "-n", "--", ...argv];
}

/** `argv` as a process of the host whose first process is `pid`: all namespaces, its root. */
export function inHostOf(pid: number, argv: Argv): Argv {
  const namespaces = ["-m", "-u", "-i", "-n", "-p", "-C", "-r", "-w"];
  return ["nsenter", "-t", String(pid), ...namespaces, "--", ...argv];
}
