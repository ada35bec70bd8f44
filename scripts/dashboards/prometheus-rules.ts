import { stringify } from "yaml";
import { type Alert, alertSettings, alerts, recordings } from "./alerts.ts";

const head =
  "# Made by `npm run docs` from scripts/dashboards/alerts.ts; change the source instead.\n";

/** Rule file of Prometheus (2.42 and later, for keep_firing_for). */
export function prometheusRules(): string {
  const groups = [
    { name: "docknet.recordings", rules: recordings },
    { name: "docknet.alerts", rules: alerts.map(prometheusAlert) },
  ];
  return head + yaml({ groups });
}

function prometheusAlert(alert: Alert) {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.lasts === undefined ? {} : { for: alert.lasts }),
    ...(alert.keepsFiring === undefined ? {} : { keep_firing_for: alert.keepsFiring }),
    labels: { severity: alert.severity },
    annotations: annotationsOf(alert),
  };
}

export function annotationsOf({ summary, description, runbook }: Alert) {
  return { summary, description, runbook_url: `${alertSettings.docs}/${runbook}` };
}

export function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
