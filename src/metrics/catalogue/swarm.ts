import type { MetricFamily } from "../family.ts";

/** The ports of a swarm node. */
export const swarmFamilies = [
  {
    name: "docknet_swarm_port_listening",
    type: "gauge",
    unit: "state",
    labels: ["protocol", "port"],
    help: "Whether the host listens on a Swarm port.",
    bound: "4 Swarm ports",
    facts: ["sockets", "dockerDaemon"],
  },
  {
    name: "docknet_swarm_port_allowed",
    type: "gauge",
    unit: "state",
    labels: ["protocol", "port"],
    help: "Verdict of the host firewall simulation for a Swarm port: 1 allowed, 0 blocked.",
    bound: "4 Swarm ports, each absent where the verdict is unsure",
    facts: ["rulesets", "dockerDaemon"],
  },
] as const satisfies readonly MetricFamily[];
