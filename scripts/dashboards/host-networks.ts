import { on, type Section } from "./plan.ts";
import { noYes } from "./states.ts";

/** Bridges, Docker's networks, tracked connections. */
export const hostNetworks: Section = {
  title: "Bridges and networks",
  panels: [
    {
      kind: "timeline",
      title: "Bridges up",
      description: "Docker's bridges by their device. See the check bridge-down.",
      width: 8,
      height: 7,
      states: noYes("red"),
      queries: [{ expr: on("docknet_bridge_up"), legend: "{{device}} {{instance}}" }],
    },
    {
      kind: "chart",
      title: "Ports of bridges",
      description: "Interfaces on each bridge: one for each container on its network.",
      width: 8,
      height: 7,
      unit: "short",
      queries: [{ expr: on("docknet_bridge_ports"), legend: "{{device}} ({{network}})" }],
    },
    {
      kind: "chart",
      title: "Tracked connections",
      description:
        "Entries of the kernel's table and its limit; at the limit new connections are dropped.",
      width: 8,
      height: 7,
      unit: "short",
      queries: [
        { expr: on("docknet_conntrack_entries"), legend: "entries {{instance}}" },
        { expr: on("docknet_conntrack_entries_limit"), legend: "limit {{instance}}" },
      ],
    },
    {
      kind: "chart",
      title: "Connections refused by tracking",
      description:
        "Packets that connection tracking dropped, by reason: a full table, a clash, or no memory. Zero is what should be here.",
      width: 12,
      height: 7,
      unit: "pps",
      queries: [
        {
          expr: `rate(${on("docknet_conntrack_drops_total")}[$__rate_interval])`,
          legend: "{{reason}} {{instance}}",
        },
      ],
    },
    {
      kind: "chart",
      title: "Address pools in use",
      description:
        "Share of a network's addresses that are taken, as this host sees them; with none left no container starts on it.",
      width: 12,
      height: 7,
      unit: "percentunit",
      max: 1,
      queries: [
        {
          expr: `${on("docknet_network_addresses_used")} / ${on("docknet_network_address_pool_size")}`,
          legend: "{{network}} ({{family}}) {{instance}}",
        },
      ],
    },
    {
      kind: "table",
      title: "Networks",
      description: "Docker's networks with the containers that this host has on them.",
      width: 16,
      height: 8,
      columns: [
        { label: "network" },
        { label: "driver" },
        { label: "scope" },
        { label: "subnet" },
        { label: "internal" },
        { value: "containers here", unit: "none" },
        { label: "instance" },
      ],
      queries: [
        {
          expr: `${on("docknet_network_info")} * on (job, instance, network) group_left () ${on("docknet_network_containers")}`,
        },
      ],
    },
    {
      kind: "table",
      title: "MTU of bridges",
      description: "A bridge whose MTU is above the uplink's loses what is too big.",
      width: 8,
      height: 8,
      columns: [
        { label: "device" },
        { label: "network" },
        { value: "MTU", unit: "none" },
        { label: "instance" },
      ],
      queries: [{ expr: on("docknet_bridge_mtu_bytes") }],
    },
  ],
};
