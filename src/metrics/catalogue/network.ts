import type { MetricFamily } from "../family.ts";

/** Docker's networks. */
export const networkFamilies = [
  {
    name: "docknet_network_info",
    type: "gauge",
    unit: "state",
    labels: ["network", "network_id", "driver", "scope", "internal", "subnet"],
    help: "A Docker network; constant 1.",
    bound: "networks",
    facts: ["dockerNetworks"],
    grows: "with-the-host",
  },
  {
    name: "docknet_network_containers",
    type: "gauge",
    unit: "number",
    labels: ["network"],
    help: "Containers attached to a Docker network on this host.",
    bound: "networks",
    facts: ["dockerNetworks", "containers"],
    grows: "with-the-host",
  },
  {
    name: "docknet_network_address_pool_size",
    type: "gauge",
    unit: "number",
    labels: ["network", "family"],
    help: "Addresses that containers and gateways can have in a network's IPAM pools.",
    bound: "networks × 2 families",
    facts: ["dockerNetworks"],
    grows: "with-the-host",
  },
  {
    name: "docknet_network_addresses_used",
    type: "gauge",
    unit: "number",
    labels: ["network", "family"],
    help: "Addresses taken in a network's IPAM pools as seen on this host: endpoints, gateways and reserved ones.",
    bound: "networks × 2 families",
    facts: ["dockerNetworks"],
    grows: "with-the-host",
  },
] as const satisfies readonly MetricFamily[];
