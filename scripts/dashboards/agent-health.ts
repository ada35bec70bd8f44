import { alertSettings } from "./alerts.ts";
import { columns } from "./columns.ts";
import { type DashboardPlan, on } from "./plan.ts";

const rateOf = (metric: Parameters<typeof on>[0]) => `rate(${on(metric)}[$__rate_interval])`;
const age = `time() - ${on("docknet_last_run_timestamp_seconds")}`;

/** The agents themselves: do they run, what can they not read, what do they cost. */
export const agentHealth: DashboardPlan = {
  uid: "docknet-agents",
  title: "docknet / Agents",
  description: "Whether docknet itself is well: its runs, what it cannot read, what it costs.",
  marks: [
    {
      name: "Restarts",
      expr: `changes(${on("process_start_time_seconds")}[$__rate_interval]) > 0`,
      title: "the agent started",
      text: "{{instance}}",
    },
  ],
  sections: [
    {
      title: "Agents",
      panels: [
        {
          kind: "stat",
          title: "Agents",
          description: "Targets that answer.",
          width: 4,
          height: 4,
          unit: "none",
          queries: [{ expr: `sum(${on("up")})` }],
        },
        {
          kind: "stat",
          title: "Down",
          description: "Targets that cannot be scraped: is the service up, does it listen there?",
          width: 4,
          height: 4,
          unit: "none",
          from: { red: 1 },
          queries: [{ expr: `count(${on("up")} == 0) or vector(0)` }],
        },
        {
          kind: "stat",
          title: "Stale",
          description: `Agents that answer but have not ended a run for ${alertSettings.staleRuns} intervals: \`journalctl -u docknet\`.`,
          width: 4,
          height: 4,
          unit: "none",
          from: { red: 1 },
          queries: [
            {
              expr: `count(${age} > ${alertSettings.staleRuns} * ${on("docknet_run_interval_seconds")}) or vector(0)`,
            },
          ],
        },
        {
          kind: "stat",
          title: "On an old configuration",
          description: "The last reload failed: `docknet config check` there says where.",
          width: 4,
          height: 4,
          unit: "none",
          from: { orange: 1 },
          queries: [
            { expr: `count(${on("docknet_config_last_reload_successful")} == 0) or vector(0)` },
          ],
        },
        {
          kind: "stat",
          title: "Findings left out",
          description: "Over the limit metrics.maxFindings; `docknet doctor` has all of them.",
          width: 4,
          height: 4,
          unit: "none",
          from: { orange: 1 },
          queries: [{ expr: `sum(${on("docknet_findings_truncated")}) or vector(0)` }],
        },
        {
          kind: "stat",
          title: "Findings suppressed",
          description:
            "Left out by checks.ignore of the configuration: somebody decided to live with them.",
          width: 4,
          height: 4,
          unit: "none",
          queries: [{ expr: `sum(${on("docknet_findings_suppressed")}) or vector(0)` }],
        },
        {
          kind: "table",
          title: "Versions",
          description: "Which agents run where.",
          width: 8,
          height: 7,
          columns: [
            columns.instance,
            { label: "version" },
            { label: "revision" },
            { label: "node_version" },
          ],
          queries: [{ expr: on("docknet_build_info") }],
        },
        {
          kind: "chart",
          title: "Age of the last run",
          description:
            "Saw teeth as high as the interval are healthy; a line that climbs is a run that does not end.",
          width: 8,
          height: 7,
          unit: "s",
          queries: [{ expr: age, legend: "{{instance}}" }],
        },
        {
          kind: "chart",
          title: "Duration of runs",
          description: "It grows with containers; at the interval ticks are skipped.",
          width: 8,
          height: 7,
          unit: "s",
          queries: [{ expr: on("docknet_last_run_duration_seconds"), legend: "{{instance}}" }],
        },
      ],
    },
    {
      title: "What they cannot read",
      panels: [
        {
          kind: "table",
          title: "Collectors that fail",
          description:
            "What depends on them is unknown. `docknet doctor` on the host names the reason and the next step.",
          width: 8,
          height: 8,
          columns: [columns.instance, { label: "collector" }],
          queries: [{ expr: `${on("docknet_scrape_collector_success")} == 0` }],
        },
        {
          kind: "table",
          title: "Reasons",
          description: "Failures of collectors since the agents started, by reason.",
          width: 8,
          height: 8,
          columns: [
            { label: "collector" },
            { label: "reason" },
            { value: "failures", unit: "none" },
            columns.instance,
          ],
          queries: [{ expr: `increase(${on("docknet_collector_errors_total")}[$__range]) > 0` }],
        },
        {
          kind: "table",
          title: "Capabilities missing",
          description:
            "Something could not be read for want of these. docs/operate.md says what each is for.",
          width: 8,
          height: 8,
          columns: [columns.instance, { label: "capability" }],
          queries: [{ expr: `${on("docknet_missing_capability")} == 1` }],
        },
        {
          kind: "chart",
          title: "Namespaces of containers",
          description:
            "By how much of them was read: whole, reduced (from /proc alone) or unreadable.",
          width: 8,
          height: 7,
          unit: "short",
          queries: [{ expr: `sum by (state) (${on("docknet_sandboxes")})`, legend: "{{state}}" }],
        },
        {
          kind: "chart",
          title: "Lines not understood",
          description:
            "Lines of commands' output that a collector passed over. Above 0 is worth a report to docknet.",
          width: 8,
          height: 7,
          unit: "short",
          queries: [
            {
              expr: `sum by (collector) (${on("docknet_collector_ignored_lines")}) > 0 or sum(${on("docknet_collector_ignored_lines")}) * 0`,
              legend: "{{collector}}",
            },
          ],
        },
        {
          kind: "chart",
          title: "Slowest collectors",
          description: "Where the time of a run goes.",
          width: 8,
          height: 7,
          unit: "s",
          queries: [
            {
              expr: `topk(10, max by (collector) (${on("docknet_scrape_collector_duration_seconds")}))`,
              legend: "{{collector}}",
            },
          ],
        },
      ],
    },
    {
      title: "What they cost",
      panels: [
        {
          kind: "chart",
          title: "CPU of the agent",
          description: "Share of one core, docknet's own process alone. The aim is under 0.5 %.",
          width: 6,
          height: 7,
          unit: "percentunit",
          queries: [{ expr: rateOf("process_cpu_seconds_total"), legend: "{{instance}}" }],
        },
        {
          kind: "chart",
          title: "Memory of the agent",
          description: "Resident. It should be flat over days.",
          width: 6,
          height: 7,
          unit: "bytes",
          queries: [{ expr: on("process_resident_memory_bytes"), legend: "{{instance}}" }],
        },
        {
          kind: "chart",
          title: "Delay of its timers",
          description:
            "Longest delay since the run before: high where the machine has no time for it.",
          width: 6,
          height: 7,
          unit: "s",
          queries: [{ expr: on("nodejs_eventloop_lag_seconds"), legend: "{{instance}}" }],
        },
        {
          kind: "chart",
          title: "Series of a scrape",
          description: "Grows with checks, chains and networks; findings are limited.",
          width: 6,
          height: 7,
          unit: "short",
          queries: [{ expr: on("scrape_samples_scraped"), legend: "{{instance}}" }],
        },
        {
          kind: "chart",
          title: "Runs",
          description:
            "Runs that ended, runs that a bug of docknet ended, and ticks of the schedule without a run.",
          width: 12,
          height: 7,
          unit: "cps",
          queries: [
            { expr: `sum(${rateOf("docknet_runs_total")})`, legend: "ended" },
            { expr: `sum(${rateOf("docknet_run_failures_total")})`, legend: "failed" },
            { expr: `sum(${rateOf("docknet_skipped_ticks_total")})`, legend: "skipped" },
          ],
        },
        {
          kind: "chart",
          title: "Duration of scrapes",
          description: "A scrape runs no command: it takes what the last run left.",
          width: 12,
          height: 7,
          unit: "s",
          queries: [{ expr: on("scrape_duration_seconds"), legend: "{{instance}}" }],
        },
      ],
    },
  ],
};
