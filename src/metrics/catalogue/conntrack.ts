import type { MetricFamily } from "../family.ts";

/** The table of connections. */
export const conntrackFamilies = [
  {
    name: "docknet_conntrack_entries",
    type: "gauge",
    unit: "number",
    labels: [],
    help: "Conntrack table entries (nf_conntrack_count).",
    bound: "1, absent without connection tracking",
    facts: ["conntrack"],
  },
  {
    name: "docknet_conntrack_entries_limit",
    type: "gauge",
    unit: "number",
    labels: [],
    help: "Conntrack table limit (nf_conntrack_max).",
    bound: "1, absent without connection tracking",
    facts: ["conntrack"],
  },
  {
    name: "docknet_conntrack_drops_total",
    type: "counter",
    unit: "number",
    labels: ["reason"],
    help: "Conntrack drops since boot (/proc/net/stat/nf_conntrack or conntrack -S), summed over CPUs, by reason.",
    bound: "4 reasons, absent without connection tracking",
    facts: ["conntrack"],
  },
] as const satisfies readonly MetricFamily[];
