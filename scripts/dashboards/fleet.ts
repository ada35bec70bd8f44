import { alertSettings } from "./alerts.ts";
import { columns } from "./columns.ts";
import { mendedCauses, newCauses, openCauses } from "./findings.ts";
import { hostState, hostStates, hostsIn } from "./host-state.ts";
import { type DashboardPlan, on, type State, type StatPlan } from "./plan.ts";

const conntrackUse = `${on("docknet_conntrack_entries")} / ${on("docknet_conntrack_entries_limit")}`;

/** All hosts: which are broken, by what, and since when. */
export const fleet: DashboardPlan = {
  uid: "docknet-fleet",
  title: "docknet / Fleet",
  description: "Which Docker hosts lose packets that Docker promised to carry, and why.",
  marks: [],
  sections: [
    {
      title: "Hosts",
      panels: [
        howMany(
          hostStates.critical,
          "Hosts that lose traffic now. The table below names the causes.",
        ),
        howMany(hostStates.warning, "Hosts with a fault that costs traffic under some condition."),
        howMany(
          hostStates.notKnown,
          "Hosts whose last run is stale, or had no answer for some check, with nothing found beside. Not known is not healthy.",
        ),
        howMany(hostStates.silent, "Targets of the job that cannot be scraped."),
        howMany(hostStates.healthy, "Hosts with every check answered and nothing found."),
        {
          kind: "stat",
          title: "Causes",
          description: "Open causes on all hosts; symptoms that they explain are not counted.",
          width: 4,
          height: 4,
          unit: "none",
          from: { red: 1 },
          queries: [{ expr: `count(${on("docknet_finding_info", 'role="cause"')}) or vector(0)` }],
        },
        {
          kind: "timeline",
          title: "State of each host",
          description:
            "The worst that a host has. A host without a fresh run, or with a check that has no answer, is not known.",
          width: 24,
          height: 8,
          states: Object.values(hostStates),
          queries: [{ expr: hostState, legend: "{{instance}}" }],
        },
      ],
    },
    {
      title: "Causes",
      panels: [
        {
          kind: "table",
          title: "Open causes",
          description:
            "What is broken, one row for each cause. The check leads to its page, the host to its dashboard.",
          width: 24,
          height: 8,
          columns: [
            columns.severity,
            columns.instance,
            columns.check,
            columns.subject,
            columns.since,
            columns.job,
          ],
          queries: [{ expr: openCauses }],
        },
        {
          kind: "table",
          title: "New since yesterday",
          description:
            "Causes that were not open a day ago. A host that is new is new with all of its causes.",
          width: 12,
          height: 7,
          columns: [
            columns.severity,
            columns.instance,
            columns.check,
            columns.subject,
            columns.since,
          ],
          queries: [{ expr: newCauses }],
        },
        {
          kind: "table",
          title: "Mended since yesterday",
          description: "Causes of a day ago that are gone, where the check has an answer now.",
          width: 12,
          height: 7,
          columns: [columns.severity, columns.instance, columns.check, columns.subject],
          queries: [{ expr: mendedCauses }],
        },
        {
          kind: "chart",
          title: "Hosts with each cause",
          description:
            "One cause on many hosts at once points to something they share: an image, a firewall role, an upgrade.",
          width: 12,
          height: 7,
          unit: "short",
          queries: [
            {
              expr: `count by (check) (count by (check, job, instance) (${on("docknet_finding_info", 'role="cause"')}))`,
              legend: "{{check}}",
            },
          ],
        },
        {
          kind: "table",
          title: "Checks without an answer",
          description:
            "What docknet could not look at. `docknet doctor` on the host says why, and what it needs.",
          width: 12,
          height: 7,
          columns: [columns.instance, columns.check, { label: "status" }],
          queries: [{ expr: `${on("docknet_check_status", 'status=~"unknown|broken"')} == 1` }],
        },
      ],
    },
    {
      title: "What hosts share",
      panels: [
        {
          kind: "table",
          title: "Swarm ports closed",
          description:
            "Ports that the host's own firewall closes to its swarm peers. See the check swarm-port-blocked.",
          width: 8,
          height: 7,
          columns: [columns.instance, { label: "protocol" }, { label: "port" }],
          queries: [{ expr: `${on("docknet_swarm_port_allowed")} == 0` }],
        },
        {
          kind: "chart",
          title: "Firewall drops, ten hosts with most",
          description:
            "Packets that rules and policies of the firewall dropped or rejected. Some of it is what the firewall is for.",
          width: 8,
          height: 7,
          unit: "pps",
          queries: [
            {
              expr: `topk(10, sum by (job, instance) (rate(${on("docknet_firewall_dropped_packets_total")}[$__rate_interval])))`,
              legend: "{{instance}}",
            },
          ],
        },
        {
          kind: "chart",
          title: "Tracked connections, ten fullest tables",
          description: `Share of the table in use; new connections are dropped once it is full. An alert comes at ${alertSettings.conntrackRatio * 100} %.`,
          width: 8,
          height: 7,
          unit: "percentunit",
          max: 1,
          queries: [{ expr: `topk(10, ${conntrackUse})`, legend: "{{instance}}" }],
        },
        {
          kind: "table",
          title: "Engines, kernels and firewalls",
          description:
            "How many hosts have which. A fault on all hosts of one row has its reason there.",
          width: 24,
          height: 7,
          columns: [
            { value: "hosts", unit: "none" },
            { label: "docker_version" },
            { label: "kernel" },
            { label: "iptables_backend" },
            { label: "firewall_backend" },
            { label: "swarm_role" },
          ],
          queries: [
            {
              expr: `count by (docker_version, kernel, iptables_backend, firewall_backend, swarm_role) (${on("docknet_host_info")})`,
            },
          ],
        },
      ],
    },
  ],
};

function howMany(state: State, description: string): StatPlan {
  const { text, colour } = state;
  return {
    kind: "stat",
    title: `Hosts: ${text}`,
    description,
    width: 4,
    height: 4,
    unit: "none",
    ...(colour === "green" ? {} : { from: { [colour]: 1 } }),
    queries: [{ expr: hostsIn(state) }],
  };
}
