import { join } from "node:path";
import { expect, test } from "vitest";
import { describeLab } from "./support/describe-lab.ts";
import { mustRun } from "./support/run-command.ts";

const main = join(import.meta.dirname, "support", "contradicted-routing-main.ts");

/** Two links with a carrier each. */
const links = [
  "ip link set lo up",
  "ip link add e0 type veth peer name p0",
  "ip link add w0 type veth peer name q0",
  "ip addr add 10.5.0.2/24 dev e0",
  "ip addr add 10.6.0.2/24 dev w0",
  "for link in e0 p0 w0 q0; do ip link set $link up; done",
];

const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ["nothing", [], ["refused", "refused"]],
  ["links without a route", links, ["refused", "refused"]],
  [
    "default routes",
    [...links, "ip route add default via 10.5.0.1", "ip -6 route add default dev w0"],
    ["e0", "w0"],
  ],
  [
    "two default routes",
    [
      ...links,
      "ip route add default via 10.5.0.1 metric 50",
      "ip route add default via 10.6.0.1 metric 7",
    ],
    ["w0", "refused"],
  ],
  [
    "a table of its own before main, as VPNs have it",
    [
      ...links,
      "ip route add default via 10.5.0.1",
      "ip route add default dev w0 table 77",
      "ip rule add not fwmark 0x77 lookup 77 pref 100",
      "ip rule add lookup main suppress_prefixlength 0 pref 90",
    ],
    ["w0", "refused"],
  ],
  [
    "a rule for what others send",
    [
      ...links,
      "ip route add default via 10.5.0.1",
      "ip route add default dev w0 table 77",
      "ip rule add iif e0 lookup 77 pref 100",
      "ip rule add from 10.6.0.0/24 lookup 77 pref 101",
    ],
    ["e0", "refused"],
  ],
  [
    "routes that refuse",
    [...links, "ip route add unreachable default", "ip -6 route add unreachable default"],
    ["refused", "refused"],
  ],
  [
    "a route whose link is down",
    [
      ...links,
      "ip route add default via 10.5.0.1 metric 7",
      "ip route add default via 10.6.0.1 metric 9",
      "ip link set e0 down",
    ],
    ["w0", "refused"],
  ],
];

describeLab("docknet's reading of routes beside the kernel's own", () => {
  test.each(cases)("contradicts nothing in a namespace with %s", async (_, lines, answers) => {
    const script = [...lines, "sleep 0.3", `exec ${process.execPath} ${main}`].join(" && ");
    const said = await mustRun(["unshare", "--net", "sh", "-c", script]);
    expect(JSON.parse(said)).toEqual({ answers, contradicted: [] });
  });
});
