/** The data source of a panel: what the reader chose above the dashboard. */
export const datasource = { type: "prometheus", uid: `\${datasource}` } as const;

/** `uid` of the data source in dashboards/provisioning/datasources; Grafana's alert rules name it. */
export const datasourceUid = "docknet-prometheus";
