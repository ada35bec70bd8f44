import type { MetricFamily } from "../family.ts";

/** Chains of iptables. */
export const firewallFamilies = [
  {
    name: "docknet_firewall_chain_policy",
    type: "gauge",
    unit: "state",
    labels: ["family", "backend", "table", "chain", "policy"],
    help: "Default policy of a built-in chain: the current policy is 1.",
    bound: "built-in chains × 2 policies",
    stateLabel: "policy",
    facts: ["rulesets"],
    grows: "with-the-host",
  },
  {
    name: "docknet_firewall_chain_rules",
    type: "gauge",
    unit: "number",
    labels: ["family", "backend", "table", "chain"],
    help: "Rules in a chain; user chains that are not Docker's count together as other.",
    bound: "built-in chains, chains named DOCKER… and one other per table",
    facts: ["rulesets"],
    grows: "with-the-host",
  },
  {
    name: "docknet_firewall_dropped_packets_total",
    type: "counter",
    unit: "number",
    labels: ["family", "backend", "table", "chain"],
    help: "Packets counted by DROP/REJECT rules and drop policies of a chain (iptables-save -c counters; resets when rules are reloaded).",
    bound: "as docknet_firewall_chain_rules",
    facts: ["rulesets"],
    grows: "with-the-host",
  },
  {
    name: "docknet_firewall_dropped_bytes_total",
    type: "counter",
    unit: "bytes",
    labels: ["family", "backend", "table", "chain"],
    help: "Bytes counted by DROP/REJECT rules and drop policies of a chain (iptables-save -c counters; resets when rules are reloaded).",
    bound: "as docknet_firewall_chain_rules",
    facts: ["rulesets"],
    grows: "with-the-host",
  },
] as const satisfies readonly MetricFamily[];
