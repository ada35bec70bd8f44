import { emptyNetns, ipBatch, plugIn } from "./lan-switch.ts";
import { inNetnsOf } from "./netns-exec.ts";
import { mustRun } from "./run-command.ts";
import type { Lan } from "./standard-host.ts";
import type { Vantage } from "./vantage.ts";

/** Clients that are not simply on the LAN. */
export interface FarClients {
  /** Behind the gateway of the LAN, on a network of its own. */
  readonly far: Vantage;
  /** On the LAN, with routes by a host to what it would not ask that host for. */
  readonly routing: Vantage;
  /** Gives `routing` these routes; one to loopback takes the place of its own. */
  readonly routeBy: (gateway: string, prefixes: readonly string[]) => Promise<void>;
}

const far = { ipv4: "198.51.100.7", ipv6: "fd00:77::7" } as const;
const farGateway = { ipv4: "198.51.100.1", ipv6: "fd00:77::1" } as const;
const routingNumber = 101;

/** Starts them; they end with the lab. */
export async function startFarClients({ lab, lanSwitch }: Lan): Promise<FarClients> {
  const [{ pid }, { pid: routing }] = await Promise.all([
    lab.hold(emptyNetns, "far.log"),
    lab.hold(emptyNetns, "routing.log"),
  ]);
  await ipBatch(lanSwitch.pid, [
    `link add far type veth peer name eth0 netns ${pid}`,
    `addr add ${farGateway.ipv4}/24 dev far`,
    `addr add ${farGateway.ipv6}/64 dev far nodad`,
    "link set far up",
  ]);
  await ipBatch(pid, [
    "link set lo up",
    `addr add ${far.ipv4}/24 dev eth0`,
    `addr add ${far.ipv6}/64 dev eth0 nodad`,
    "link set eth0 up",
    `route add default via ${farGateway.ipv4}`,
    `route add default via ${farGateway.ipv6} dev eth0`,
  ]);
  const forwarding = "net.ipv6.conf.all.forwarding=1";
  await mustRun(inNetnsOf(lanSwitch.pid, ["sysctl", "-qw", forwarding]));
  const plug = { pid: routing, name: "routing", ifname: "eth0", number: routingNumber };
  await plugIn(lanSwitch, { ...plug, defaultRoute: "no" });
  const localnet = "net.ipv4.conf.eth0.route_localnet=1";
  await mustRun(inNetnsOf(routing, ["sysctl", "-qw", localnet]));
  return {
    far: vantage("far", pid),
    routing: vantage("routing", routing),
    routeBy: (gateway, prefixes) =>
      ipBatch(routing, [
        // Without its own loopback the address may be somebody else's.
        "addr del 127.0.0.1/8 dev lo",
        ...prefixes.map((prefix) => `route add ${prefix} via ${gateway} dev eth0`),
      ]),
  };
}

function vantage(name: string, pid: number): Vantage {
  return { name, enter: async (argv) => inNetnsOf(pid, argv) };
}
