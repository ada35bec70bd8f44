import { createHash } from "node:crypto";
import { type Alert, alerts } from "./alerts.ts";
import { datasourceUid } from "./datasource.ts";
import { annotationsOf, yaml } from "./prometheus-rules.ts";

const head =
  "# Made by `npm run docs` from scripts/dashboards/alerts.ts; change the source instead.\n";

/** Alert rules for Grafana's own alerting, as a provisioning file (apiVersion 1). */
export function grafanaAlerts(): string {
  const group = {
    orgId: 1,
    name: "docknet",
    folder: "docknet",
    interval: "1m",
    rules: alerts.map(grafanaRule),
  };
  return head + yaml({ apiVersion: 1, groups: [group] });
}

function grafanaRule(alert: Alert) {
  return {
    uid: uidOf(alert.name),
    title: alert.name,
    condition: "fires",
    data: [
      {
        refId: "value",
        relativeTimeRange: { from: 600, to: 0 },
        datasourceUid,
        model: { refId: "value", expr: alert.expr, instant: true, range: false },
      },
      {
        refId: "fires",
        relativeTimeRange: { from: 600, to: 0 },
        datasourceUid: "__expr__",
        // The expression has a series where it is true, whatever its value: a comparison filters.
        model: { refId: "fires", type: "math", expression: "is_number($value)" },
      },
    ],
    // No series is what a healthy fleet gives.
    noDataState: "OK",
    execErrState: "Error",
    for: alert.lasts ?? "0s",
    ...(alert.keepsFiring === undefined ? {} : { keepFiringFor: alert.keepsFiring }),
    annotations: grafanaTexts(annotationsOf(alert)),
    labels: { severity: alert.severity },
    isPaused: false,
  };
}

/** Grafana has the value under the name of its query, as text of its own. */
function grafanaTexts(texts: Readonly<Record<string, string>>) {
  const changed = Object.entries(texts).map(([name, text]) => [
    name,
    text.replaceAll("$value", "$values.value.Value"),
  ]);
  return Object.fromEntries(changed);
}

/** At most 40 characters, the same in every version. */
function uidOf(name: string): string {
  return `docknet-${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
}
