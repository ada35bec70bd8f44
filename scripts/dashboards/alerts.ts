/** What an alert says and when; Prometheus and Grafana are written from it. */
export interface Alert {
  readonly name: `Docknet${string}`;
  /** critical pages somebody, warning waits for the morning. */
  readonly severity: "critical" | "warning" | "info";
  /** True while it has a value: series keep the labels that `by` tells apart. */
  readonly expr: string;
  /** How long it must last; absent = at once. */
  readonly lasts?: string;
  /** How long it goes on after the expression is no longer true, against flapping. */
  readonly keepsFiring?: string;
  /** One sentence without values. */
  readonly summary: string;
  /** With labels and values, in Prometheus' template language. */
  readonly description: string;
  /** Page below docs/; checks have their own, by the label `check`. */
  readonly runbook: string;
}

/** What an operator may want otherwise: the one place of it. */
export const alertSettings = {
  /** `job` of the scrape configuration. */
  job: "docknet",
  docs: "https://github.com/docknet/docknet/blob/main/docs",
  staleRuns: 5,
  conntrackRatio: 0.8,
  blindRatio: 0.25,
  poolRatio: 0.9,
  certificateDays: 7,
} as const;

const of = `job="${alertSettings.job}"`;
const host = "host {{ $labels.instance }}";
const checkPage = "checks/{{ $labels.check }}.md";
const agentPage = "troubleshooting.md";

/** A cause that `severity` gives, one series for each; its symptoms are no alert. */
function cause(severity: string): string {
  const labels = `${of},severity="${severity}",role="cause"`;
  return `max by (job, instance, check, subject) (docknet_finding_info{${labels}}) == 1`;
}

export const alerts: readonly Alert[] = [
  {
    name: "DocknetCriticalCause",
    severity: "critical",
    expr: cause("critical"),
    lasts: "2m",
    keepsFiring: "5m",
    summary: "Containers lose traffic that Docker promised to carry.",
    description: `{{ $labels.check }} on ${host}: {{ $labels.subject }}. \`docknet doctor\` there shows the evidence and the remedy.`,
    runbook: checkPage,
  },
  {
    name: "DocknetWarningCause",
    severity: "warning",
    expr: cause("warning"),
    lasts: "30m",
    keepsFiring: "10m",
    summary: "A fault of the host's networking lasts that will cost traffic under some condition.",
    description: `{{ $labels.check }} on ${host}: {{ $labels.subject }}.`,
    runbook: checkPage,
  },
  {
    name: "DocknetSwarmPortClosed",
    severity: "critical",
    expr: `docknet_swarm_port_allowed{${of}} == 0`,
    lasts: "5m",
    summary: "The host's firewall drops a port that the swarm needs.",
    description: `{{ $labels.port }}/{{ $labels.protocol }} on ${host} is closed to its swarm peers.`,
    runbook: "checks/swarm-port-blocked.md",
  },
  {
    name: "DocknetDockerDown",
    severity: "warning",
    expr: `docknet_up{${of}} == 0`,
    lasts: "5m",
    summary: "The Docker Engine does not answer: docknet cannot tell what it promised.",
    description: `The Engine API on ${host} has not answered for 5 minutes.`,
    runbook: agentPage,
  },
  {
    name: "DocknetConntrackFilling",
    severity: "warning",
    expr: `docknet_conntrack_entries{${of}} / docknet_conntrack_entries_limit{${of}} > ${alertSettings.conntrackRatio}`,
    lasts: "15m",
    summary:
      "The table of tracked connections fills up; new connections are dropped once it is full.",
    description: `{{ $value | humanizePercentage }} of the table of ${host} is in use.`,
    runbook: agentPage,
  },
  {
    name: "DocknetAddressPoolFilling",
    severity: "warning",
    // A small pool that is full is often meant so.
    expr: `(docknet_network_addresses_used{${of}} / docknet_network_address_pool_size{${of}} > ${alertSettings.poolRatio}) and docknet_network_address_pool_size{${of}} >= 64`,
    lasts: "15m",
    summary: "A network runs out of addresses; containers cannot start in it once it is full.",
    description: `{{ $value | humanizePercentage }} of the {{ $labels.family }} addresses of network {{ $labels.network }} on ${host} are taken.`,
    runbook: agentPage,
  },
  {
    name: "DocknetAgentAbsent",
    severity: "critical",
    expr: `absent(up{${of}})`,
    lasts: "10m",
    summary: "Prometheus knows no docknet agent at all.",
    description: `No target of job ${alertSettings.job} exists: nobody looks at the hosts' networking.`,
    runbook: agentPage,
  },
  {
    name: "DocknetAgentDown",
    severity: "warning",
    expr: `up{${of}} == 0`,
    lasts: "10m",
    summary: "An agent cannot be scraped.",
    description: `The agent on ${host} has not answered for 10 minutes.`,
    runbook: agentPage,
  },
  {
    name: "DocknetRunStale",
    severity: "warning",
    expr: `time() - docknet_last_run_timestamp_seconds{${of}} > ${alertSettings.staleRuns} * docknet_run_interval_seconds{${of}}`,
    lasts: "1m",
    summary: "An agent answers but has stopped to examine its host.",
    description: `The last run on ${host} ended {{ $value | humanizeDuration }} ago.`,
    runbook: agentPage,
  },
  {
    name: "DocknetCollectorFailing",
    severity: "warning",
    expr: `docknet_scrape_collector_success{${of}} == 0`,
    lasts: "30m",
    summary: "An agent cannot read a part of its host.",
    description: `{{ $labels.collector }} on ${host} has failed for 30 minutes: what depends on it is unknown.`,
    runbook: agentPage,
  },
  {
    name: "DocknetBlind",
    severity: "warning",
    expr: `sum by (job, instance) (docknet_check_status{${of},status=~"unknown|broken"}) / sum by (job, instance) (docknet_check_status{${of}}) > ${alertSettings.blindRatio}`,
    lasts: "15m",
    summary: "An agent cannot judge much of its host.",
    description: `{{ $value | humanizePercentage }} of the checks on ${host} have no answer.`,
    runbook: agentPage,
  },
  {
    name: "DocknetUnknownsGrow",
    severity: "info",
    expr: `sum by (job, instance) (docknet_check_status{${of},status="unknown"}) > sum by (job, instance) (docknet_check_status{${of},status="unknown"} offset 1h)`,
    lasts: "15m",
    summary: "An agent knows less of its host than an hour ago.",
    description: `{{ $value }} checks on ${host} have no answer, more than an hour ago.`,
    runbook: agentPage,
  },
  {
    name: "DocknetReloadFailed",
    severity: "warning",
    expr: `docknet_config_last_reload_successful{${of}} == 0`,
    lasts: "5m",
    summary: "An agent goes on with its old configuration: the new one is broken.",
    description: `The last reload on ${host} failed; \`docknet config check\` there says where.`,
    runbook: agentPage,
  },
  {
    name: "DocknetWebReloadFailed",
    severity: "warning",
    expr: `docknet_web_config_last_reload_successful{${of}} == 0`,
    lasts: "5m",
    summary: "An agent goes on with its old certificate and passwords: the new ones are broken.",
    description: `The web.config.file on ${host} could not be read; \`docknet config check\` there says where.`,
    runbook: agentPage,
  },
  {
    name: "DocknetCertificateEnding",
    severity: "warning",
    expr: `docknet_web_certificate_not_after_timestamp_seconds{${of}} - time() < ${alertSettings.certificateDays} * 86400`,
    lasts: "1h",
    summary: "The certificate of an agent ends soon; then nobody can scrape it.",
    description: `The certificate on ${host} ends in {{ $value | humanizeDuration }}: replace its files, no restart is needed.`,
    runbook: agentPage,
  },
];

/** Series that dashboards and people ask for often. */
export const recordings: readonly { readonly record: string; readonly expr: string }[] = [
  {
    record: "instance:docknet_causes:count",
    expr: `sum by (job, instance, severity) (docknet_finding_info{${of},role="cause"})`,
  },
  {
    record: "job:docknet_hosts_with_causes:count",
    expr: `count by (job, severity) (sum by (job, instance, severity) (docknet_finding_info{${of},role="cause"}) > 0)`,
  },
  {
    record: "instance:docknet_conntrack_use:ratio",
    expr: `docknet_conntrack_entries{${of}} / docknet_conntrack_entries_limit{${of}}`,
  },
];
