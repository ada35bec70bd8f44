import { type Alert, alertSettings, alerts } from "./alerts.ts";

const meanings = {
  critical: "wakes somebody",
  warning: "waits for the morning",
  info: "is looked at when there is time",
} as const;

/** The reference of alerts, for docs/alerts.md. */
export function alertsPage(): string {
  const intro = `# Alerts

\`dashboards/rules/docknet.yml\` has them for Prometheus, \`dashboards/provisioning/alerting/docknet.yml\` for Grafana's own alerting;
\`dashboards/rules/alertmanager-inhibition.yml\` keeps it at one page for each cause. All are made from \`scripts/dashboards/alerts.ts\`,
the one place to change the name of the job (\`${alertSettings.job}\`) and the thresholds, and each is tried by promtool, firing and not
firing.

| alert | severity | after | what it says |
| --- | --- | --- | --- |
${alerts.map(row).join("\n")}

${Object.entries(meanings)
  .map(([severity, meaning]) => `- ${severity}: ${meaning}`)
  .join("\n")}
`;
  return [intro, ...alerts.map(section)].join("\n");
}

function row({ name, severity, lasts, summary }: Alert): string {
  return `| [${name}](#${name.toLowerCase()}) | ${severity} | ${lasts ?? "at once"} | ${summary} |`;
}

function section(alert: Alert): string {
  const { name, expr, lasts, keepsFiring, summary, description, runbook } = alert;
  const times = [
    lasts === undefined ? [] : [`true for ${lasts}`],
    keepsFiring === undefined ? [] : [`kept for ${keepsFiring} after its end`],
  ].flat();
  const page = runbook.replace("{{ $labels.check }}.md", "README.md");
  return [
    `## ${name}`,
    "",
    `${summary} ${times.length === 0 ? "" : `(${times.join(", ")})`}`.trimEnd(),
    "",
    "```",
    expr,
    "```",
    "",
    `Its text: ${description}`,
    "",
    `What to do: [${page}](${page}).`,
    "",
  ].join("\n");
}
