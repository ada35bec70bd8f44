import type { MetricFamily } from "../family.ts";

/** What the checks said. */
export const checkFamilies = [
  {
    name: "docknet_check_status",
    type: "gauge",
    unit: "state",
    labels: ["check", "status"],
    help: "Result of a check in the last completed run: exactly one of pass, fail, not_applicable, unknown, broken is 1.",
    bound: "checks × 5 states",
    facts: [],
  },
  {
    name: "docknet_check_duration_seconds",
    type: "gauge",
    unit: "seconds",
    labels: ["check"],
    help: "Duration of the last run of a check; the first check to need a derivation pays for it.",
    bound: "checks, each absent where it was not measured",
    facts: [],
  },
] as const satisfies readonly MetricFamily[];
