import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "./program-path.ts";

/** Can the lab run on this machine? Each missing thing is a sentence for the person who reads it. */
export type LabPrerequisites =
  | { readonly ok: true }
  | { readonly ok: false; readonly missing: readonly string[] };

/** Programs that the lab starts, with the Debian package that brings each. */
const programs: readonly (readonly [program: string, debianPackage: string])[] = [
  ["dockerd", "docker.io"],
  ["containerd", "docker.io"],
  ["ip", "iproute2"],
  ["iptables", "iptables"],
  ["nft", "nftables"],
  ["sysctl", "procps"],
  ["busybox", "busybox-static"],
  ["perl", "perl-base"],
  ["bash", "bash"],
  ["tar", "tar"],
  ["ldd", "libc-bin"],
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["setpriv", "util-linux"],
];

/** Debian packages that give every program of the lab. */
export const labPackages: readonly string[] = [
  ...new Set([...programs.map(([, debianPackage]) => debianPackage), "bridge-utils"]),
];

/** Looks only; starts nothing. */
export function labPrerequisites(): LabPrerequisites {
  const missing: string[] = [];
  if (process.platform !== "linux") missing.push("Linux: namespaces are a feature of its kernel");
  if (process.getuid?.() !== 0) missing.push("root: the lab makes namespaces and starts dockerd");
  for (const [program, debianPackage] of programs) {
    if (!isInstalled(program)) missing.push(`${program}: install the package ${debianPackage}`);
  }
  if (!existsSync("/proc/self/ns/cgroup")) missing.push("cgroup namespaces: the kernel lacks them");
  if (!existsSync("/sys/fs/cgroup")) missing.push("cgroups: nothing is mounted on /sys/fs/cgroup");
  return missing.length === 0 ? { ok: true } : { ok: false, missing };
}

function isInstalled(program: string): boolean {
  const folders = programPath().split(":");
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
