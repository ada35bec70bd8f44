import { existsSync, globSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { labCgroups, processesInCgroups } from "./cgroups.ts";
import { isAlive } from "./held-process.ts";
import { labVariable } from "./lab.ts";
import { runCommand } from "./run-command.ts";

/** What a lab must not change on the machine that it runs on. */
export interface MachineState {
  readonly mounts: readonly string[];
  readonly links: readonly string[];
  /** Rulesets of the machine's own network namespace, as iptables-save prints them. */
  readonly rulesets: string;
  readonly ipForward: string;
  readonly etc: readonly string[];
}

/** What is left of a lab; every list is empty after its end. */
export interface Leftovers {
  /** Process ids: in its cgroups, or with its mark in their environment. */
  readonly processes: readonly number[];
  /** Network namespaces of these processes other than this process's own. */
  readonly netns: readonly string[];
  readonly cgroups: readonly string[];
  readonly folders: readonly string[];
}

/** Nothing left. */
export const nothingLeft: Leftovers = { processes: [], netns: [], cgroups: [], folders: [] };

/** Looks at the machine; two looks are equal when nothing happened between them. */
export async function machineState(): Promise<MachineState> {
  const rulesets = await Promise.all(
    ["iptables-save", "ip6tables-save"].map((program) => runCommand([program])),
  );
  return {
    mounts: readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n"),
    links: readdirSync("/sys/class/net"),
    rulesets: rulesets.map(({ stdout }) => stdout.replaceAll(/^#.*\n|\[\d+:\d+\]/gm, "")).join(""),
    ipForward: readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8").trim(),
    etc: globSync("/etc/{docker,sysctl.d}/**").sort(),
  };
}

/** Looks for traces of a lab. */
export function leftoversOf(labId: string): Leftovers {
  const pids = [...new Set([...processesInCgroups(labId), ...markedProcesses(labId)])];
  const own = netnsOf("self");
  const netns = pids.map((pid) => netnsOf(String(pid))).filter((id) => id !== "" && id !== own);
  return {
    processes: pids.sort((a, b) => a - b),
    netns: [...new Set(netns)].sort(),
    cgroups: labCgroups(labId).filter((folder) => existsSync(folder)),
    folders: readdirSync(tmpdir()).filter((name) => name === labId),
  };
}

/** Network namespaces of all processes of the machine, such as `net:[4026532281]`. */
export function netnsInUse(): readonly string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return [...new Set(pids.map(netnsOf))].filter((id) => id !== "");
}

function markedProcesses(labId: string): number[] {
  const mark = `${labVariable}=${labId}`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readOrEmpty(`/proc/${pid}/environ`).split("\0").includes(mark))
    .map(Number)
    .filter(isAlive);
}

function netnsOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return ""; // it has ended
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
