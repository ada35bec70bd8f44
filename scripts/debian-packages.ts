import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { hasProgram, runProgram, succeeds } from "./run-program.ts";

interface LabPackage {
  readonly name: string;
  /** The package is wanted when one of these is missing: a dockerd from elsewhere will do. */
  readonly programs: readonly [string, ...string[]];
}

/** The programs that the lab runs, and Debian's packages that bring them. */
export const labPackages: readonly LabPackage[] = [
  { name: "docker.io", programs: ["dockerd", "containerd", "runc"] },
  { name: "iptables", programs: ["iptables-save", "iptables-legacy-save", "iptables-nft-save"] },
  { name: "nftables", programs: ["nft"] },
  { name: "bridge-utils", programs: ["brctl"] },
  { name: "ipset", programs: ["ipset"] },
  { name: "conntrack", programs: ["conntrack"] },
  { name: "procps", programs: ["sysctl"] },
  { name: "busybox-static", programs: ["busybox"] },
  { name: "ethtool", programs: ["ethtool"] },
  { name: "iproute2", programs: ["ip", "bridge", "ss"] },
  { name: "prometheus", programs: ["prometheus", "promtool"] },
  { name: "prometheus-alertmanager", programs: ["prometheus-alertmanager", "amtool"] },
  { name: "util-linux", programs: ["unshare", "nsenter", "setpriv"] },
  { name: "curl", programs: ["curl"] },
];

/** What the long scenarios need beside it. */
export const productionPackages: readonly LabPackage[] = [
  { name: "debootstrap", programs: ["debootstrap"] },
  { name: "lintian", programs: ["lintian"] },
  { name: "xz-utils", programs: ["xz"] },
  { name: "binutils", programs: ["strip"] },
  { name: "systemd", programs: ["systemd-analyze"] },
];

export type Installation =
  | { readonly status: "complete" }
  | { readonly status: "installed"; readonly packages: readonly string[] }
  | { readonly status: "failed"; readonly reason: string };

const policyFile = "/usr/sbin/policy-rc.d";
const policyMark = "# Made by docknet's `npm test` while it installs packages: starts nothing.";
const startIsRefused = 101;

export function missingLabPackages(
  wanted: readonly LabPackage[] = labPackages,
): readonly LabPackage[] {
  return wanted.filter(({ programs }) => !programs.every(hasProgram));
}

/**
 * Installs packages (everything that is missing, unless they are named) as root on Debian. Starts and enables no service: a
 * dockerd that nobody asked for would change this machine's firewall, now or after the next boot.
 */
export async function installLabPackages(
  wanted: readonly LabPackage[] = missingLabPackages(),
): Promise<Installation> {
  const packages = wanted.map(({ name }) => name);
  if (packages.length === 0) return { status: "complete" };
  if (!hasProgram("apt-get")) {
    return { status: "failed", reason: `no apt-get here; install by hand: ${packages.join(" ")}` };
  }
  const policy = refuseStarts();
  if (policy === "permits") {
    const reason = `${policyFile} of this machine lets services start; install by hand: `;
    return { status: "failed", reason: reason + packages.join(" ") };
  }
  const unitsBefore = units();
  try {
    const reason = await aptInstall(packages);
    if (reason !== undefined) return { status: "failed", reason };
    return { status: "installed", packages };
  } finally {
    disable(units().filter((unit) => !unitsBefore.includes(unit)));
    if (policy === "ours") rmSync(policyFile, { force: true });
  }
}

async function aptInstall(packages: readonly string[]): Promise<string | undefined> {
  const quiet = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };
  const wait = ["-q", "-o", "DPkg::Lock::Timeout=120"];
  const updated = await runProgram(["apt-get", ...wait, "update"], quiet);
  // --no-remove: rather no lab than a machine that lost its own Docker packages.
  const options = ["install", "--yes", "--no-install-recommends", "--no-remove"];
  const installed = await runProgram(["apt-get", ...wait, ...options, ...packages], quiet);
  if (installed === 0) return undefined;
  const hint = updated === 0 ? "" : "; apt-get update failed before it: is there a network?";
  return `apt-get install ${packages.join(" ")} ended with ${installed}${hint}`;
}

/** Whose policy keeps services from starting; a leftover of a killed run counts as ours. */
function refuseStarts(): "ours" | "theirs" | "permits" {
  if (existsSync(policyFile) && !readFileSync(policyFile, "utf8").includes(policyMark)) {
    const answer = spawnSync(policyFile, ["docker", "start"], { stdio: "ignore" });
    return answer.status === startIsRefused ? "theirs" : "permits";
  }
  writeFileSync(policyFile, `#!/bin/sh\n${policyMark}\nexit ${startIsRefused}\n`);
  chmodSync(policyFile, 0o755);
  return "ours";
}

function units(): readonly string[] {
  return globSync("/usr/lib/systemd/system/*.{service,socket,timer}")
    .concat(globSync("/lib/systemd/system/*.{service,socket,timer}"))
    .map((path) => basename(path));
}

function disable(names: readonly string[]): void {
  const unique = [...new Set(names)].filter((name) => !name.includes("@"));
  if (unique.length === 0) return;
  if (succeeds(["systemctl", "disable", ...unique])) return;
  // No systemd yet: what the packages prepared for one must not come up with it either.
  for (const name of unique) succeeds(["deb-systemd-helper", "disable", name]);
}
