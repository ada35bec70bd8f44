import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LabHost, labFolderOnHost, mustOnHost } from "../../support/lab-host.ts";

/** Programs that docknet starts on a host: each the file that does the work, whatever names lead to it. */
const programs = ["ip", "bridge", "ss", "brctl", "nft", "sysctl", "iptables-nft-save"] as const;

/** What the programs do instead of their work. */
const faults = {
  /** Longer than docknet waits for a command. */
  slow: "exec sleep 10",
  failing: "echo 'cannot open netlink socket: Out of luck' >&2\nexit 1",
  garbage: "exec head -c 300000 /dev/urandom",
} as const;

export type ProgramFault = keyof typeof faults;

/** Puts a faulty one over each program, on this host alone. Gives what takes them away again. */
export async function faultyPrograms(
  host: LabHost,
  fault: ProgramFault,
): Promise<() => Promise<void>> {
  const folder = join(host.folder, "state", "faults");
  mkdirSync(folder, { recursive: true });
  const script = join(folder, fault);
  writeFileSync(script, `#!/bin/sh\n${faults[fault]}\n`);
  chmodSync(script, 0o755);
  const paths: string[] = [];
  for (const program of programs) {
    const find = `readlink -f "$(command -v ${program})"`;
    paths.push((await mustOnHost(host, ["sh", "-c", find])).trim());
  }
  for (const path of paths) {
    await mustOnHost(host, ["mount", "--bind", `${labFolderOnHost}/faults/${fault}`, path]);
  }
  return async () => {
    // One of them may still be running.
    for (const path of paths) await mustOnHost(host, ["umount", "-l", path]);
  };
}
