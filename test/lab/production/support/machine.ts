import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { lanAddresses } from "../../support/address-plan.ts";
import { createHostCgroups, inCgroups } from "../../support/cgroups.ts";
import type { Lab } from "../../support/lab.ts";
import { type LabHost, onHost } from "../../support/lab-host.ts";
import { type LanSwitch, plugIn } from "../../support/lan-switch.ts";
import { waitFor } from "../../support/wait-for.ts";

/** A host of the lab that has a root of its own and a real systemd as its first process. */
export type Machine = LabHost;

export interface MachinePlan {
  readonly name: string;
  /** Last number of its addresses on the LAN. */
  readonly number: number;
  readonly lanSwitch: LanSwitch;
  /** A Debian tree with systemd; it stays as it is. */
  readonly tree: string;
  /** Files for the machine, found there in `sharedFolder`. */
  readonly files?: readonly string[];
  /** A script of sh that runs on the new root before systemd does: what an installer would have done. */
  readonly beforeBoot?: string;
}

/** Where a machine finds what its plan gave it. */
export const sharedFolder = "/srv/share";

/** Boots a machine and waits until systemd has nothing left to start. It ends with the lab. */
export async function bootMachine(lab: Lab, plan: MachinePlan): Promise<Machine> {
  const { name, number, lanSwitch, tree } = plan;
  const folder = join(lab.folder, name);
  const share = join(folder, "share");
  mkdirSync(share, { recursive: true });
  for (const file of plan.files ?? []) copyFileSync(file, join(share, basename(file)));
  if (plan.beforeBoot !== undefined) {
    const script = `#!/bin/sh\nset -e\n${plan.beforeBoot}\n`;
    writeFileSync(join(share, "before-boot"), script, { mode: 0o755 });
  }
  const cgroups = createHostCgroups(lab.id, name);
  const hierarchies = cgroups.hierarchies.map(
    ({ version, path, mountOptions }) => `${version}:${path}:${mountOptions}`,
  );
  const namespaces = ["--net", "--mount", "--uts", "--ipc", "--pid", "--cgroup"];
  const init = join(import.meta.dirname, "machine-init.sh");
  const { pid: holderPid, firstLine } = await lab.hold(
    inCgroups(cgroups.roots, [
      "unshare",
      ...namespaces,
      "--fork",
      "--kill-child",
      "bash",
      init,
      name,
      folder,
      tree,
      ...hierarchies,
    ]),
    `${name}.log`,
  );
  const pid = Number(firstLine);
  await plugIn(lanSwitch, { pid, name, ifname: "eth0", number, defaultRoute: "yes" });
  const machine: Machine = {
    name,
    lab,
    pid,
    addresses: lanAddresses(number, lanSwitch.lan),
    folder,
    cgroups,
    socketPath: `/proc/${pid}/root/run/docker.sock`,
    holder: { pid: holderPid },
  };
  await waitFor(() => hasBooted(machine), { what: `${name} has booted`, timeoutMs: 90_000 });
  return machine;
}

async function hasBooted(machine: Machine): Promise<true | undefined> {
  const { stdout } = await onMachine(machine, "systemctl is-system-running");
  return /^(running|degraded)/.test(stdout) ? true : undefined;
}

/** Runs a line of sh on the machine, as root in a login would. */
export function onMachine(machine: Machine, line: string, timeoutMs = 60_000) {
  const environment = ["env", "-i", "HOME=/root", "LANG=C", "DEBIAN_FRONTEND=noninteractive"];
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const [program = "env", ...rest] = [...environment, path, "sh", "-c", line];
  return onHost(machine, [program, ...rest], { timeoutMs });
}

/** As `onMachine`, for lines that must succeed. Gives stdout without the line's end. */
export async function mustOnMachine(
  machine: Machine,
  line: string,
  timeoutMs = 60_000,
): Promise<string> {
  const { code, stdout, stderr } = await onMachine(machine, line, timeoutMs);
  if (code === 0) return stdout.trimEnd();
  throw new Error(`${machine.name}: "${line}" ended with ${code}: ${stderr.trim()} ${stdout}`);
}
