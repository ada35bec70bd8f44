import { on, type Section } from "./plan.ts";
import { noYes } from "./states.ts";

const chain = "{{chain}} ({{table}}, {{family}}, {{backend}})";

/** Forwarding, rules, and the ports that must be open. */
export const hostFirewall: Section = {
  title: "Forwarding and firewall",
  panels: [
    {
      kind: "timeline",
      title: "Forwarding",
      description:
        "Whether the kernel forwards packets. Without it no container reaches anything. See the check ip-forward-off.",
      width: 12,
      height: 5,
      states: noYes("red"),
      queries: [{ expr: on("docknet_forwarding_enabled"), legend: "{{family}} {{instance}}" }],
    },
    {
      kind: "timeline",
      title: "Swarm ports open to peers",
      description:
        "What the host's firewall would do with a packet of a swarm peer, worked out from its rules. See the check swarm-port-blocked.",
      width: 12,
      height: 5,
      states: noYes("red"),
      queries: [
        { expr: on("docknet_swarm_port_allowed"), legend: "{{port}}/{{protocol}} {{instance}}" },
      ],
    },
    {
      kind: "table",
      title: "Policies of built-in chains",
      description:
        "What happens to a packet that no rule decides. Docker sets DROP for FORWARD and opens what it promised.",
      width: 8,
      height: 8,
      columns: [
        { label: "chain" },
        {
          label: "policy",
          colours: [
            { text: "ACCEPT", colour: "green" },
            { text: "DROP", colour: "orange" },
          ],
        },
        { label: "table" },
        { label: "family" },
        { label: "backend" },
        { label: "instance" },
      ],
      queries: [{ expr: `${on("docknet_firewall_chain_policy", 'table="filter"')} == 1` }],
    },
    {
      kind: "chart",
      title: "Dropped packets",
      description:
        "By the rules and policies of a chain that drop or reject. A rise with a cause above is the cause's price; DOCKER-USER is the administrator's own.",
      width: 8,
      height: 8,
      unit: "pps",
      queries: [
        {
          expr: `sum by (instance, family, backend, table, chain) (rate(${on("docknet_firewall_dropped_packets_total")}[$__rate_interval]))`,
          legend: chain,
        },
      ],
    },
    {
      kind: "chart",
      title: "Rules in chains",
      description:
        "A chain that loses all rules at once was flushed; one that grows for ever is fed by something.",
      width: 8,
      height: 8,
      unit: "short",
      queries: [{ expr: `${on("docknet_firewall_chain_rules")} > 0`, legend: chain }],
    },
    {
      kind: "timeline",
      title: "Swarm ports listened on",
      description:
        "Whether dockerd listens where its peers will ask. 2377 belongs to managers alone.",
      width: 12,
      height: 5,
      states: noYes("orange"),
      queries: [
        { expr: on("docknet_swarm_port_listening"), legend: "{{port}}/{{protocol}} {{instance}}" },
      ],
    },
    {
      kind: "table",
      title: "Sysctls",
      description: "Values that containers' traffic hangs on.",
      width: 12,
      height: 5,
      columns: [{ label: "name" }, { value: "value", unit: "none" }, { label: "instance" }],
      queries: [{ expr: on("docknet_sysctl_value") }],
    },
    {
      kind: "chart",
      title: "Published ports",
      description:
        "Ports that containers publish, by what becomes of a client's packet on the model of this host. `docknet exposure` names them.",
      width: 12,
      height: 7,
      unit: "short",
      queries: [
        {
          expr: `sum by (instance, protocol, state) (${on("docknet_published_ports")})`,
          legend: "{{state}} {{protocol}} {{instance}}",
        },
      ],
    },
    {
      kind: "chart",
      title: "Promised paths",
      description:
        "What Docker promised to carry, by what becomes of it on the model: broken ones have a cause above.",
      width: 12,
      height: 7,
      unit: "short",
      queries: [
        {
          expr: `sum by (instance, kind, state) (${on("docknet_paths")})`,
          legend: "{{kind}} {{state}} {{instance}}",
        },
      ],
    },
  ],
};
