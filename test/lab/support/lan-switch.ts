import { gatewayNumber, type Lan, lanAddresses } from "./address-plan.ts";
import type { Lab } from "./lab.ts";
import { inNetnsOf } from "./netns-exec.ts";
import { mustRun } from "./run-command.ts";

/** A bridge in a network namespace of its own, which is also the gateway of its LAN. */
export interface LanSwitch {
  readonly lan: Lan;
  /** The process that holds the network namespace. */
  readonly pid: number;
}

/** What is plugged in: the other network namespace and the link's name there. */
export interface Plug {
  readonly pid: number;
  /** Part of the switch port's name, `p-NAME`: at most 13 characters. */
  readonly name: string;
  readonly ifname: string;
  readonly number: number;
  /** Whether the gateway of this LAN becomes the default route. */
  readonly defaultRoute: "yes" | "no";
}

const bridgeName = "br0";

/** A process that does nothing in a new network namespace, and says when it is there. */
export const emptyNetns = [
  "unshare",
  "--net",
  "--",
  "sh",
  "-c",
  "echo; exec sleep infinity",
] as const;

/** Starts a switch; it ends with the lab. */
export async function startSwitch(lab: Lab, lan: Lan = "first"): Promise<LanSwitch> {
  const { pid } = await lab.hold(emptyNetns, `switch-${lan}.log`);
  const gateway = lanAddresses(gatewayNumber, lan);
  await ipBatch(pid, [
    "link set lo up",
    `link add ${bridgeName} type bridge`,
    `addr add ${gateway.ipv4}/24 dev ${bridgeName}`,
    `addr add ${gateway.ipv6}/64 dev ${bridgeName} nodad`,
    `link set ${bridgeName} up`,
    // What lies beyond answers at once: a query to the machine's resolver must not wait.
    "route add unreachable default",
    "route add unreachable ::/0",
  ]);
  await mustRun(inNetnsOf(pid, ["sysctl", "-qw", "net.ipv4.ip_forward=1"]));
  return { lan, pid };
}

/** Connects a network namespace to the switch by a veth pair and gives its link addresses. */
export async function plugIn(lanSwitch: LanSwitch, plug: Plug): Promise<void> {
  const port = switchPort(plug.name);
  const own = lanAddresses(plug.number, lanSwitch.lan);
  const gateway = lanAddresses(gatewayNumber, lanSwitch.lan);
  await ipBatch(lanSwitch.pid, [
    `link add ${port} type veth peer name ${plug.ifname} netns ${plug.pid}`,
    `link set ${port} master ${bridgeName} up`,
  ]);
  await ipBatch(plug.pid, [
    "link set lo up",
    `addr add ${own.ipv4}/24 dev ${plug.ifname}`,
    `addr add ${own.ipv6}/64 dev ${plug.ifname} nodad`,
    `link set ${plug.ifname} up`,
    ...(plug.defaultRoute === "yes"
      ? [
          `route add default via ${gateway.ipv4}`,
          `route add default via ${gateway.ipv6} dev ${plug.ifname}`,
        ]
      : []),
  ]);
}

/** The link on the switch's side of a plug. */
export function switchPort(name: string): string {
  return `p-${name}`;
}

/** Runs lines of `ip` in a network namespace, in one process. */
export async function ipBatch(pid: number, lines: readonly string[]): Promise<void> {
  await mustRun(inNetnsOf(pid, ["ip", "-batch", "-"]), { input: `${lines.join("\n")}\n` });
}
