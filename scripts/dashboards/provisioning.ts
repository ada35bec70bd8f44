import { datasourceUid } from "./datasource.ts";
import { yaml } from "./prometheus-rules.ts";

const head =
  "# Made by `npm run docs` from scripts/dashboards/provisioning.ts; change the source instead.\n";

/** The data source, for Grafana's folder provisioning/datasources. */
export function datasourceProvisioning(): string {
  const docknet = {
    name: "docknet",
    type: "prometheus",
    uid: datasourceUid,
    access: "proxy",
    url: "$DOCKNET_PROMETHEUS_URL",
    isDefault: false,
    editable: false,
    jsonData: { httpMethod: "POST", timeInterval: "30s" },
  };
  const hint =
    "# Set DOCKNET_PROMETHEUS_URL in Grafana's environment, or write the address here: http://localhost:9090\n";
  return head + hint + yaml({ apiVersion: 1, datasources: [docknet] });
}

/** Where Grafana finds the dashboards: dashboards/*.json mounted at this path. */
export const mountedDashboards = "/var/lib/grafana/dashboards/docknet";

/** The provider of the dashboards, for Grafana's folder provisioning/dashboards. */
export function dashboardProvisioning(): string {
  const docknet = {
    name: "docknet",
    orgId: 1,
    folder: "docknet",
    folderUid: "docknet",
    type: "file",
    disableDeletion: false,
    allowUiUpdates: false,
    updateIntervalSeconds: 60,
    options: { path: mountedDashboards, foldersFromFilesStructure: false },
  };
  return head + yaml({ apiVersion: 1, providers: [docknet] });
}
