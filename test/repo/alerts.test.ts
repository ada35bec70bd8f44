import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type Alert, alerts, recordings } from "../../scripts/dashboards/alerts.ts";
import { annotationsOf, prometheusRules } from "../../scripts/dashboards/prometheus-rules.ts";
import { checks } from "../../src/checks/index.ts";
import { catalogue } from "../../src/metrics/catalogue.ts";

const folder = mkdtempSync(join(tmpdir(), "docknet-alerts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hasPromtool = spawnSync("promtool", ["--version"]).error === undefined;
const target = 'job="docknet", instance="web-07:10323"';

interface Case {
  /** Series by their text, with values in promtool's notation, one a minute. */
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  /** Labels of the alerts beside severity; none = it does not fire. */
  readonly firing: readonly Readonly<Record<string, string>>[];
  /** `$value` as the description shows it. */
  readonly value?: string;
}

const instance = { job: "docknet", instance: "web-07:10323" };
const finding = (severity: string, role: string) =>
  `docknet_finding_info{${target}, check="ip-forward-off", severity="${severity}", subject="host", role="${role}"}`;
const named = { ...instance, check: "ip-forward-off", subject: "host" };
const status = (name: string, check: string) =>
  `docknet_check_status{${target}, check="${check}", status="${name}"}`;
const quarter = (unknown: string) => ({
  [status("unknown", "a")]: unknown,
  [status("pass", "b")]: "1x200",
});

const pool = (which: "used" | "size", values: string) => {
  const name = which === "used" ? "addresses_used" : "address_pool_size";
  return { [`docknet_network_${name}{${target}, network="web", family="ipv4"}`]: values };
};

const cases: Readonly<Record<string, readonly Case[]>> = {
  DocknetCriticalCause: [
    { series: { [finding("critical", "cause")]: "1x10" }, at: "3m", firing: [named] },
    { series: { [finding("critical", "cause")]: "1x10" }, at: "1m", firing: [] },
    { series: { [finding("critical", "symptom")]: "1x10" }, at: "9m", firing: [] },
    { series: { [finding("critical", "cause")]: "1x5 _x5" }, at: "6m", firing: [named] },
  ],
  DocknetWarningCause: [
    { series: { [finding("warning", "cause")]: "1x60" }, at: "35m", firing: [named] },
    { series: { [finding("critical", "cause")]: "1x60" }, at: "35m", firing: [] },
  ],
  DocknetSwarmPortClosed: [
    {
      series: { [`docknet_swarm_port_allowed{${target}, protocol="udp", port="4789"}`]: "0x10" },
      at: "6m",
      firing: [{ ...instance, protocol: "udp", port: "4789" }],
    },
    {
      series: { [`docknet_swarm_port_allowed{${target}, protocol="udp", port="4789"}`]: "1x10" },
      at: "6m",
      firing: [],
    },
  ],
  DocknetDockerDown: [
    { series: { [`docknet_up{${target}}`]: "0x10" }, at: "6m", firing: [instance] },
    { series: { [`docknet_up{${target}}`]: "1x10" }, at: "6m", firing: [] },
  ],
  DocknetConntrackFilling: [
    {
      series: {
        [`docknet_conntrack_entries{${target}}`]: "900x30",
        [`docknet_conntrack_entries_limit{${target}}`]: "1000x30",
      },
      at: "20m",
      firing: [instance],
      value: "90%",
    },
    {
      series: {
        [`docknet_conntrack_entries{${target}}`]: "700x30",
        [`docknet_conntrack_entries_limit{${target}}`]: "1000x30",
      },
      at: "20m",
      firing: [],
    },
  ],
  DocknetAddressPoolFilling: [
    {
      series: { ...pool("used", "245x30"), ...pool("size", "254x30") },
      at: "20m",
      firing: [{ ...instance, network: "web", family: "ipv4" }],
      value: "96.46%",
    },
    { series: { ...pool("used", "200x30"), ...pool("size", "254x30") }, at: "20m", firing: [] },
    { series: { ...pool("used", "6x30"), ...pool("size", "6x30") }, at: "20m", firing: [] },
  ],
  DocknetAgentAbsent: [
    {
      series: { [`up{job="other", instance="x"}`]: "1x30" },
      at: "15m",
      firing: [{ job: "docknet" }],
    },
    { series: { [`up{${target}}`]: "0x30" }, at: "15m", firing: [] },
  ],
  DocknetAgentDown: [
    { series: { [`up{${target}}`]: "0x30" }, at: "15m", firing: [instance] },
    { series: { [`up{${target}}`]: "1x30" }, at: "15m", firing: [] },
  ],
  DocknetRunStale: [
    {
      series: {
        [`docknet_last_run_timestamp_seconds{${target}}`]: "0x30",
        [`docknet_run_interval_seconds{${target}}`]: "60x30",
      },
      at: "10m",
      firing: [instance],
      value: "10m 0s",
    },
    {
      series: {
        [`docknet_last_run_timestamp_seconds{${target}}`]: "0+60x30",
        [`docknet_run_interval_seconds{${target}}`]: "60x30",
      },
      at: "10m",
      firing: [],
    },
  ],
  DocknetCollectorFailing: [
    {
      series: { [`docknet_scrape_collector_success{${target}, collector="links"}`]: "0x60" },
      at: "35m",
      firing: [{ ...instance, collector: "links" }],
    },
    {
      series: { [`docknet_scrape_collector_success{${target}, collector="links"}`]: "1x60" },
      at: "35m",
      firing: [],
    },
  ],
  DocknetBlind: [
    { series: quarter("1x60"), at: "20m", firing: [instance], value: "50%" },
    { series: quarter("0x60"), at: "20m", firing: [] },
  ],
  DocknetUnknownsGrow: [
    { series: quarter("0x70 1x130"), at: "100m", firing: [instance], value: "1" },
    { series: quarter("1x200"), at: "132m", firing: [] },
  ],
  DocknetReloadFailed: [
    {
      series: { [`docknet_config_last_reload_successful{${target}}`]: "0x10" },
      at: "6m",
      firing: [instance],
    },
    {
      series: { [`docknet_config_last_reload_successful{${target}}`]: "1x10" },
      at: "6m",
      firing: [],
    },
  ],
  DocknetWebReloadFailed: [
    {
      series: { [`docknet_web_config_last_reload_successful{${target}}`]: "0x10" },
      at: "6m",
      firing: [instance],
    },
    {
      series: { [`docknet_web_config_last_reload_successful{${target}}`]: "1x10" },
      at: "6m",
      firing: [],
    },
  ],
  DocknetCertificateEnding: [
    {
      series: {
        [`docknet_web_certificate_not_after_timestamp_seconds{${target}}`]: "604800x90",
      },
      at: "70m",
      firing: [instance],
      value: "6d 22h 50m 0s",
    },
    {
      series: {
        [`docknet_web_certificate_not_after_timestamp_seconds{${target}}`]: "704800x90",
      },
      at: "70m",
      firing: [],
    },
  ],
};

test("each alert has a case that fires and one that does not", () => {
  const tested = Object.entries(cases)
    .filter(
      ([, own]) =>
        own.some(({ firing }) => firing.length > 0) &&
        own.some(({ firing }) => firing.length === 0),
    )
    .map(([name]) => name);
  expect(tested.sort()).toEqual(alerts.map(({ name }) => name).sort());
});

test("alerts and recordings ask for metrics of the catalogue alone", () => {
  const own = new Set(["up", ...catalogue.map(({ name }) => name)]);
  const asked = [...alerts, ...recordings].flatMap(({ expr }) =>
    [...expr.matchAll(/\b(docknet_\w+|up)(?=\{)/g)].map((match) => match[1] ?? ""),
  );
  expect(asked.filter((name) => !own.has(name))).toEqual([]);
});

test("runbooks are pages that exist", () => {
  const pages = alerts.map(({ runbook }) => runbook).filter((page) => page.startsWith("checks/"));
  const own = [...checks.map(({ id }) => `checks/${id}.md`), "checks/{{ $labels.check }}.md"];
  expect(pages.filter((page) => !own.includes(page))).toEqual([]);
});

describe.skipIf(!hasPromtool)("rules by promtool", () => {
  const rules = join(folder, "docknet.yml");
  writeFileSync(rules, prometheusRules());

  test("are good rules", () => {
    const { status: exitCode, stderr } = spawnSync(
      "promtool",
      ["check", "rules", "--lint=all", rules],
      {
        encoding: "utf8",
      },
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  test.each(alerts)("$name fires when it should, and only then", (alert) => {
    const file = join(folder, `${alert.name}.test.yml`);
    const tests = (cases[alert.name] ?? []).map((own) => promtoolTest(alert, own));
    writeFileSync(file, stringify({ rule_files: [rules], evaluation_interval: "1m", tests }));
    const ran = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
    expect(`${ran.stdout}${ran.stderr}`).toContain("SUCCESS");
    expect(ran.status).toBe(0);
  });
});

function promtoolTest(alert: Alert, { series, at, firing, value = "" }: Case) {
  return {
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      {
        eval_time: at,
        alertname: alert.name,
        exp_alerts: firing.map((labels) => ({
          exp_labels: { ...labels, severity: alert.severity },
          exp_annotations: texts(alert, labels, value),
        })),
      },
    ],
  };
}

/** Annotations as Prometheus renders them for these labels and this value. */
function texts(alert: Alert, labels: Readonly<Record<string, string>>, value: string) {
  const rendered = Object.entries(annotationsOf(alert)).map(([name, text]) => [
    name,
    text
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? "")
      .replaceAll(/\{\{ \$value[^}]*\}\}/g, value),
  ]);
  return Object.fromEntries(rendered);
}
