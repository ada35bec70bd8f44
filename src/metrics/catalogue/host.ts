import type { MetricFamily } from "../family.ts";

/** The host as a whole. */
export const hostFamilies = [
  {
    name: "docknet_up",
    type: "gauge",
    unit: "state",
    labels: [],
    help: "Whether the Docker Engine API answered in the last run.",
    bound: "1, absent until the first run has ended",
    facts: [],
  },
  {
    name: "docknet_host_info",
    type: "gauge",
    unit: "state",
    labels: ["docker_version", "kernel", "iptables_backend", "firewall_backend", "swarm_role"],
    help: "Host facts: Docker Engine version, kernel, firewall backend. Constant 1.",
    bound: "1",
    facts: ["hostIdentity"],
  },
  {
    name: "docknet_forwarding_enabled",
    type: "gauge",
    unit: "state",
    labels: ["family"],
    help: "Whether the host forwards packets (1) for an address family.",
    bound: "2",
    facts: ["sysctls"],
  },
  {
    name: "docknet_sysctl_value",
    type: "gauge",
    unit: "number",
    labels: ["name"],
    help: "Numeric value of a network sysctl the agent watches.",
    bound: "the sysctl keys that docknet reads by name",
    facts: ["sysctls"],
  },
] as const satisfies readonly MetricFamily[];
