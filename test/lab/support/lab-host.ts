import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type LanAddresses, lanAddresses } from "./address-plan.ts";
import { createHostCgroups, type HostCgroups, inCgroups, settleHostCgroups } from "./cgroups.ts";
import { writeFakeSystemctl } from "./fake-systemctl.ts";
import { endHeldProcess, type HeldProcess } from "./held-process.ts";
import type { Lab } from "./lab.ts";
import { type LanSwitch, plugIn } from "./lan-switch.ts";
import { inHostOf } from "./netns-exec.ts";
import { type Argv, type CommandOptions, type CommandResult, runCommand } from "./run-command.ts";

/** A machine of the lab: own processes, mounts, network, host name and cgroups; no engine yet. */
export interface LabHost {
  readonly name: string;
  readonly lab: Lab;
  /** Its first process, by the id that the machine knows. */
  readonly pid: number;
  readonly addresses: LanAddresses;
  /** Its private files: Docker's data, /etc as far as changed, the engine's log. */
  readonly folder: string;
  readonly cgroups: HostCgroups;
  /** Docker's socket, reached from the machine. */
  readonly socketPath: string;
  readonly holder: HeldProcess;
}

export interface LabHostPlan {
  readonly name: string;
  /** Last number of its addresses on each LAN, 1 to 99. */
  readonly number: number;
  readonly lanSwitch: LanSwitch;
  /** A second uplink, `eth1`, on another LAN; it gets no default route. */
  readonly secondSwitch?: LanSwitch;
}

/** Folder inside a host where the lab keeps its own files: log, fake programs. */
export const labFolderOnHost = "/run/lab";

/** Boots a host and connects it. It ends with the lab, or by `stopHost`. */
export async function startHost(lab: Lab, plan: LabHostPlan): Promise<LabHost> {
  const { name, number } = plan;
  const folder = join(lab.folder, name);
  mkdirSync(folder);
  const cgroups = createHostCgroups(lab.id, name);
  const init = join(import.meta.dirname, "host-init.sh");
  const hierarchies = cgroups.hierarchies.map(
    ({ version, path, mountOptions }) => `${version}:${path}:${mountOptions}`,
  );
  const namespaces = ["--net", "--mount", "--uts", "--ipc", "--pid", "--cgroup"];
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
      ...hierarchies,
    ]),
    `${name}.log`,
  );
  settleHostCgroups(cgroups);
  const pid = Number(firstLine);
  await plugIn(plan.lanSwitch, { pid, name, ifname: "eth0", number, defaultRoute: "yes" });
  if (plan.secondSwitch !== undefined) {
    await plugIn(plan.secondSwitch, { pid, name, ifname: "eth1", number, defaultRoute: "no" });
  }
  writeFakeSystemctl(join(folder, "state"));
  return {
    name,
    lab,
    pid,
    addresses: lanAddresses(number, plan.lanSwitch.lan),
    folder,
    cgroups,
    socketPath: `/proc/${pid}/root/run/docker.sock`,
    holder: { pid: holderPid },
  };
}

/** Pulls the plug of a host: all its processes die at once. Its files go with the lab. */
export async function stopHost(host: LabHost): Promise<void> {
  await endHeldProcess(host.holder);
}

/** Runs a program on the host. It sees that host only, and the machine's own files below /. */
export function onHost(
  host: LabHost,
  argv: Argv,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const env = { ...host.lab.env, ...options.env };
  return runCommand(inHostOf(host.pid, argv), { ...options, env });
}

/** As `onHost`, as a member of the host's cgroups: for what starts daemons. */
export function onHostAsMember(
  host: LabHost,
  argv: Argv,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const env = { ...host.lab.env, ...options.env };
  return runCommand(inCgroups(host.cgroups.leaves, inHostOf(host.pid, argv)), { ...options, env });
}

/** As `onHost`, for steps of a test that must succeed. Gives stdout. */
export async function mustOnHost(host: LabHost, argv: Argv): Promise<string> {
  const result = await onHost(host, argv);
  if (result.code === 0) return result.stdout;
  throw new Error(`${host.name}: "${argv.join(" ")}" ended with ${result.code}: ${result.stderr}`);
}
