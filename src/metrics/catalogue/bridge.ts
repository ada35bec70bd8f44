import type { MetricFamily } from "../family.ts";

/** Docker's bridges. */
export const bridgeFamilies = [
  {
    name: "docknet_bridge_up",
    type: "gauge",
    unit: "state",
    labels: ["device", "network"],
    help: "Whether a Docker bridge interface is administratively up.",
    bound: "Docker's bridges",
    facts: ["links", "dockerNetworks"],
    grows: "with-the-host",
  },
  {
    name: "docknet_bridge_ports",
    type: "gauge",
    unit: "number",
    labels: ["device", "network"],
    help: "Interfaces enslaved to a bridge.",
    bound: "Docker's bridges",
    facts: ["links", "dockerNetworks", "bridgePorts"],
    grows: "with-the-host",
  },
  {
    name: "docknet_bridge_mtu_bytes",
    type: "gauge",
    unit: "bytes",
    labels: ["device", "network"],
    help: "MTU of a bridge.",
    bound: "Docker's bridges",
    facts: ["links", "dockerNetworks"],
    grows: "with-the-host",
  },
] as const satisfies readonly MetricFamily[];
