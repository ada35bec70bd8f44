import type { MetricFamily } from "../family.ts";

/** What the kernel counts and node_exporter does not show. */
export const kernelFamilies = [
  {
    name: "docknet_neighbour_table_entries",
    type: "gauge",
    unit: "number",
    labels: ["family"],
    help: "Entries of the ARP or NDP table, of every network namespace together.",
    bound: "2, each absent where the kernel does not show it",
    facts: ["neighbourTables"],
  },
  {
    name: "docknet_neighbour_table_limit",
    type: "gauge",
    unit: "number",
    labels: ["family"],
    help: "Most entries that the ARP or NDP table may have (gc_thresh3).",
    bound: "2, each absent where the kernel does not show it",
    facts: ["neighbourTables"],
  },
  {
    name: "docknet_reverse_path_filtered_packets_total",
    type: "counter",
    unit: "number",
    labels: [],
    help: "Packets that the reverse path filter dropped since boot (IPReversePathFilter).",
    bound: "1",
    facts: ["networkCounters"],
  },
  {
    name: "docknet_netns",
    type: "gauge",
    unit: "number",
    labels: ["role"],
    help: "Network namespaces by what they are for: Docker's containers and overlay networks, other = Docker's and for nothing that is known, named = made by ip netns.",
    bound: "6",
    facts: ["namespaces", "sandboxes"],
  },
] as const satisfies readonly MetricFamily[];
