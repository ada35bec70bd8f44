import { join } from "node:path";
import { expect, test } from "vitest";
import { describeLab } from "./support/describe-lab.ts";
import { mustRun } from "./support/run-command.ts";

const main = join(import.meta.dirname, "support", "answered-together-main.ts");
const batches = ["ip -j -b -", "ip -j -6 -b -"];

const links = [
  "ip link set lo up",
  "ip link add e0 type veth peer name p0",
  "ip link add br0 type bridge",
  "ip addr add 10.5.0.2/24 dev e0",
  "ip addr add fd00:5::2/64 dev e0 nodad",
  "for link in e0 p0 br0; do ip link set $link up; done",
];

const cases: readonly (readonly [string, readonly string[]])[] = [
  ["nothing", []],
  ["links and addresses", links],
  [
    "neighbours, default routes and a route of every kind",
    [
      ...links,
      "ip neigh add 10.5.0.9 lladdr 02:00:00:00:00:09 dev e0 nud permanent",
      "ip -6 neigh add fd00:5::9 lladdr 02:00:00:00:00:09 dev e0 nud permanent",
      "ip route add default via 10.5.0.1",
      "ip -6 route add default via fd00:5::1",
      "ip route add blackhole 10.7.0.0/16",
      "ip route add unreachable 10.8.0.0/16 metric 7",
      "ip route add 10.9.0.0/16 nexthop via 10.5.0.3 weight 2 nexthop via 10.5.0.4",
      "ip route add 10.10.0.0/16 via 10.5.0.5 mtu 1400 table 77",
    ],
  ],
  [
    "rules",
    [
      ...links,
      "ip rule add fwmark 0x77/0xff lookup 77 pref 100",
      "ip rule add from 10.5.0.0/24 iif e0 goto 32766 pref 101",
      "ip -6 rule add to fd00:6::/64 lookup 77 pref 102",
      "ip rule add not from 10.6.0.0/16 lookup main suppress_prefixlength 0 pref 103",
    ],
  ],
  ["no rules at all", ["ip rule flush", "ip rule del pref 0 || true", "ip -6 rule flush"]],
  [
    "settings that are not the usual ones",
    [
      ...links,
      "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.e0.rp_filter=2",
      "sysctl -qw net.ipv6.conf.all.disable_ipv6=1",
      'sysctl -qw net.ipv4.ip_local_port_range="1025 60000"',
    ],
  ],
];

describeLab("what an agent asks in one process, or reads without one", () => {
  test.each(cases)(
    "reads as it does when it is asked alone, in a namespace with %s",
    async (_, lines) => {
      const script = [...lines, "sleep 0.3", `exec ${process.execPath} ${main}`].join(" && ");
      const said = JSON.parse(await mustRun(["unshare", "--net", "sh", "-c", script]));
      expect(said.differ).toEqual([]);
      expect(said.programs).toEqual(batches);
    },
  );
});
