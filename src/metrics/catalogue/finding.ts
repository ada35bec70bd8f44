import type { MetricFamily } from "../family.ts";

/** What is wrong. */
export const findingFamilies = [
  {
    name: "docknet_findings",
    type: "gauge",
    unit: "number",
    labels: ["check", "severity"],
    help: "Findings currently open, by check and severity; zero series are kept for every enabled check.",
    bound: "checks × 3 severities",
    facts: [],
  },
  {
    name: "docknet_findings_suppressed",
    type: "gauge",
    unit: "number",
    labels: ["check"],
    help: "Findings that the configuration leaves out, by check.",
    bound: "checks",
    facts: [],
  },
  {
    name: "docknet_finding_info",
    type: "gauge",
    unit: "state",
    labels: ["check", "severity", "subject", "role"],
    help: "An open finding (role cause or symptom); constant 1. At most --metrics.max-findings series.",
    bound: "--metrics.max-findings",
    facts: [],
  },
  {
    name: "docknet_finding_first_seen_timestamp_seconds",
    type: "gauge",
    unit: "seconds",
    labels: ["check", "subject"],
    help: "Unix time an open finding was first seen by this agent.",
    bound: "--metrics.max-findings",
    facts: [],
  },
  {
    name: "docknet_findings_truncated",
    type: "gauge",
    unit: "number",
    labels: [],
    help: "Open findings left out of docknet_finding_info because of --metrics.max-findings.",
    bound: "1, absent until the first run has ended",
    facts: [],
  },
] as const satisfies readonly MetricFamily[];
