import type { SysctlKey } from "../model/sysctl.ts";
import { parseSysctl } from "../parsers/sysctl.ts";
import { askFact } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

/** The keys that docknet asks for; keys per link come from `ip -j netconf`. */
const keys: readonly SysctlKey[] = [
  "net.ipv4.ip_forward",
  "net.ipv4.conf.all.forwarding",
  "net.ipv4.conf.default.forwarding",
  "net.ipv6.conf.all.forwarding",
  "net.ipv6.conf.default.forwarding",
  "net.ipv4.conf.all.rp_filter",
  "net.ipv4.conf.default.rp_filter",
  "net.bridge.bridge-nf-call-iptables",
  "net.bridge.bridge-nf-call-ip6tables",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_nonlocal_bind",
  "net.netfilter.nf_conntrack_max",
  "net.netfilter.nf_conntrack_count",
  "net.ipv6.conf.all.disable_ipv6",
];

/** Sysctls by name. A key that this kernel does not have is left out. */
export const sysctls = defineCollector({
  fact: "sysctls",
  title: "Kernel settings of the network",
  reads: [
    {
      what: `sysctl -e ${keys.join(" ")}`,
      needs: [],
      withoutIt: "forwarding, filters of bridges, connection tracking",
      loses: "fact",
    },
  ],
  needs: [],
  collect: (host, { now }) =>
    askFact(host, now, {
      query: { kind: "command", argv: ["sysctl", "-e", ...keys] },
      parser: parseSysctl,
    }),
});
