import { alertSettings } from "./alerts.ts";
import { columns } from "./columns.ts";
import { openFindings } from "./findings.ts";
import { hostFirewall } from "./host-firewall.ts";
import { hostNetworks } from "./host-networks.ts";
import { hostState, hostStates } from "./host-state.ts";
import { type DashboardPlan, on, type State } from "./plan.ts";
import { noYes } from "./states.ts";

const checkStates: readonly State[] = [
  { value: 0, text: "pass", colour: "green" },
  { value: 1, text: "does not apply", colour: "blue" },
  { value: 2, text: "unknown", colour: "gray" },
  { value: 3, text: "broken", colour: "purple" },
  { value: 4, text: "fails", colour: "red" },
];

const status = (name: string, value: number) =>
  `${on("docknet_check_status", `status="${name}"`)} * ${value}`;
const statusOfChecks = `sum by (job, instance, check) (${[
  status("pass", 0),
  status("not_applicable", 1),
  status("unknown", 2),
  status("broken", 3),
  status("fail", 4),
].join(" or ")})`;

/** One host, or some: what is broken there and what the parts look like that it may hang on. */
export const host: DashboardPlan = {
  uid: "docknet-host",
  title: "docknet / Host",
  description: "One Docker host: causes, forwarding, firewall, ports, bridges, networks.",
  marks: [
    {
      name: "Check changes",
      expr: `changes(${on("docknet_check_status", 'status="fail"')}[$__rate_interval]) > 0`,
      title: "{{check}} begins or ends to fail",
      text: "{{instance}}",
    },
  ],
  sections: [
    {
      title: "State",
      panels: [
        {
          kind: "stat",
          title: "State",
          description:
            "The worst that the host has; not known where a run is stale or a check has no answer.",
          width: 6,
          height: 4,
          unit: "none",
          states: Object.values(hostStates),
          queries: [{ expr: hostState, legend: "{{instance}}" }],
        },
        {
          kind: "stat",
          title: "Docker Engine answers",
          description: "Without it docknet cannot tell what Docker promised.",
          width: 6,
          height: 4,
          unit: "none",
          states: noYes("red"),
          queries: [{ expr: on("docknet_up"), legend: "{{instance}}" }],
        },
        {
          kind: "stat",
          title: "Last run ended",
          description: `Everything here is as old as this. An alert comes after ${alertSettings.staleRuns} runs without an end.`,
          width: 6,
          height: 4,
          unit: "s",
          queries: [
            {
              expr: `time() - ${on("docknet_last_run_timestamp_seconds")}`,
              legend: "{{instance}}",
            },
          ],
        },
        {
          kind: "table",
          title: "Host",
          description: "What runs there, as docknet read it.",
          width: 6,
          height: 4,
          columns: [
            columns.instance,
            { label: "docker_version" },
            { label: "kernel" },
            { label: "iptables_backend" },
            { label: "swarm_role" },
          ],
          queries: [{ expr: on("docknet_host_info") }],
        },
        {
          kind: "table",
          title: "Findings",
          description:
            "Causes, and the symptoms that they explain: mend the cause. The check leads to its page with the remedy.",
          width: 24,
          height: 8,
          columns: [
            columns.role,
            columns.severity,
            columns.check,
            columns.subject,
            columns.since,
            { label: "instance" },
          ],
          queries: [{ expr: openFindings }],
        },
        {
          kind: "timeline",
          title: "Checks",
          description: "The answer of each check in each run.",
          width: 24,
          height: 14,
          states: checkStates,
          queries: [{ expr: statusOfChecks, legend: "{{check}}" }],
        },
      ],
    },
    hostFirewall,
    hostNetworks,
  ],
};
