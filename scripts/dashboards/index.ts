import { agentHealth } from "./agent-health.ts";
import { alertmanagerConfig, alertmanagerInhibition } from "./alertmanager.ts";
import { dashboardJson } from "./build-dashboard.ts";
import { fleet } from "./fleet.ts";
import { grafanaAlerts } from "./grafana-alerts.ts";
import { host } from "./host.ts";
import { prometheusRules } from "./prometheus-rules.ts";
import { dashboardProvisioning, datasourceProvisioning } from "./provisioning.ts";

export const dashboards = [fleet, host, agentHealth] as const;

/** What Prometheus, Alertmanager and Grafana are given, by its path from the repository's root. */
export function dashboardFiles(): readonly (readonly [path: string, text: string])[] {
  return [
    ...dashboards.map((plan): [string, string] => [
      `dashboards/${plan.uid}.json`,
      dashboardJson(plan),
    ]),
    ["dashboards/rules/docknet.yml", prometheusRules()],
    ["dashboards/rules/alertmanager-inhibition.yml", alertmanagerInhibition()],
    ["deploy/prometheus/alertmanager.yml", alertmanagerConfig()],
    ["dashboards/provisioning/alerting/docknet.yml", grafanaAlerts()],
    ["dashboards/provisioning/datasources/docknet.yml", datasourceProvisioning()],
    ["dashboards/provisioning/dashboards/docknet.yml", dashboardProvisioning()],
  ];
}
