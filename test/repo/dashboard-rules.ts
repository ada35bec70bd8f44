import { catalogue } from "../../src/metrics/catalogue.ts";
import type { DashboardJson, PanelJson } from "./dashboard-json.ts";
import { readPromql, type Selector } from "./promql.ts";

/** Rules of grafana/dashboard-linter, and docknet's own: what is wrong with a dashboard, in words. */
export function dashboardViolations(dashboard: DashboardJson): readonly string[] {
  const panels = dashboard.panels.filter(({ type }) => type !== "row");
  return [
    ...(dashboard.editable ? ["it is editable"] : []),
    ...(panels.length > mostPanels ? [`it has ${panels.length} panels`] : []),
    ...repeated(dashboard.panels.map(({ id }) => `panel id ${id}`)),
    ...repeated(panels.map(({ title }) => `title "${title}"`)),
    ...overlaps(dashboard.panels),
    ...variableViolations(dashboard),
    ...dashboard.annotations.list.flatMap(({ name, expr }) =>
      queryViolations(expr).map((what) => `mark ${name}: ${what}`),
    ),
    ...panels.flatMap((panel) =>
      panelViolations(panel).map((what) => `panel "${panel.title}": ${what}`),
    ),
  ];
}

const mostPanels = 25;
const chosen = { type: "prometheus", uid: "${" + "datasource}" };
const rates = ["rate", "irate", "increase"];
const units = [
  "short",
  "none",
  "s",
  "bytes",
  "percentunit",
  "pps",
  "Bps",
  "cps",
  "dateTimeFromNow",
];
/** What Prometheus writes for each target. */
const ofTargets = ["up", "scrape_duration_seconds", "scrape_samples_scraped"];
const ofEveryTarget = ["job", "instance"];

function variableViolations({ templating }: DashboardJson): readonly string[] {
  const wanted = [
    { type: "datasource", name: "datasource", label: "Data source", query: "prometheus" },
    { ...choice, name: "job", label: "Job", query: "label_values(docknet_build_info, job)" },
    {
      ...choice,
      name: "instance",
      label: "Instance",
      query: 'label_values(up{job=~"$job"}, instance)',
    },
  ];
  return wanted.flatMap((own) => {
    const found = templating.list.find(({ name }) => name === own.name);
    const wrong = Object.entries(own).filter(
      ([key, value]) => JSON.stringify(found?.[key]) !== JSON.stringify(value),
    );
    return wrong.map(([key]) => `variable ${own.name}: ${key} is ${JSON.stringify(found?.[key])}`);
  });
}

/** A variable of several values that follows the time range. */
const choice = { type: "query", multi: true, allValue: ".+", refresh: 2, datasource: chosen };

function panelViolations(panel: PanelJson): readonly string[] {
  const { defaults } = panel.fieldConfig ?? {};
  const needsUnit = ["stat", "timeseries", "gauge"].includes(panel.type);
  const unit = defaults?.unit ?? "";
  const isMapped = (defaults?.mappings ?? []).length > 0;
  return [
    ...(panel.title === "" ? ["it has no title"] : []),
    ...((panel.description ?? "") === "" ? ["it has no description"] : []),
    ...(isChosen(panel.datasource) ? [] : ["it does not use the chosen data source"]),
    ...(needsUnit && !isMapped && !units.includes(unit) ? [`its unit is "${unit}"`] : []),
    ...(panel.targets.length === 0 ? ["it asks nothing"] : []),
    ...repeated(panel.targets.map(({ refId }) => `query ${refId}`)),
    ...panel.targets.flatMap((target) => [
      ...(isChosen(target.datasource) ? [] : ["a query does not use the chosen data source"]),
      ...queryViolations(target.expr),
      ...nameViolations(target.legendFormat ?? "", target.expr),
    ]),
    ...columnViolations(panel),
  ];
}

function queryViolations(expr: string): readonly string[] {
  const { errors, selectors, groupings } = readPromql(expr);
  const known = new Set([...ofEveryTarget, ...selectors.flatMap(({ metric }) => labelsOf(metric))]);
  return [
    ...errors.map((error) => `no PromQL ${error}`),
    ...(selectors.length === 0 ? ["it asks for no metric"] : []),
    ...selectors.flatMap(selectorViolations),
    ...groupings
      .filter((label) => !known.has(label))
      .map((label) => `it groups by ${label}, which no metric of it has`),
  ];
}

function selectorViolations({ metric, matchers, functions, range }: Selector): readonly string[] {
  const isCounter = metric.endsWith("_total");
  const isRate = functions.some((name) => ["rate", "irate"].includes(name));
  const own = [...ofEveryTarget, ...labelsOf(metric)];
  const foreign = matchers.filter((text) => !own.includes(/^\w+/.exec(text)?.[0] ?? ""));
  return [
    ...(isKnown(metric) ? [] : [`${metric} is in no catalogue`]),
    ...(matchers.includes('job=~"$job"') ? [] : [`${metric} is not limited to the chosen job`]),
    ...(matchers.includes('instance=~"$instance"')
      ? []
      : [`${metric} is not limited to the chosen instance`]),
    ...foreign.map((text) => `${metric} has no label of ${text}`),
    ...(isCounter && !functions.some((name) => rates.includes(name))
      ? [`${metric} is a counter and stands outside rate or increase`]
      : []),
    ...(isRate && range !== "$__rate_interval" ? [`the rate of ${metric} is over ${range}`] : []),
  ];
}

/** Columns of a table are labels of what it asks for, or its values. */
function columnViolations(panel: PanelJson): readonly string[] {
  if (panel.type !== "table") return [];
  const options = panel.transformations.find(({ id }) => id === "organize")?.options ?? {};
  const columns = Object.keys(options.indexByName ?? {});
  const values = ["Value", ...panel.targets.map(({ refId }) => `Value #${refId}`)];
  const labels = panel.targets.flatMap(({ expr }) => reachableLabels(expr));
  const overridden = (panel.fieldConfig?.overrides ?? []).map(({ matcher }) =>
    String(matcher.options),
  );
  return [
    ...(columns.length === 0 ? ["it names no columns"] : []),
    ...columns
      .filter((column) => !values.includes(column) && !labels.includes(column))
      .map((column) => `no query of it gives a column ${column}`),
    ...overridden
      .filter((column) => !columns.includes(column))
      .map((column) => `it dresses up a column ${column} that it does not show`),
  ];
}

function nameViolations(legend: string, expr: string): readonly string[] {
  const labels = reachableLabels(expr);
  return [...legend.matchAll(/\{\{(\w+)\}\}/g)]
    .map((match) => match[1] ?? "")
    .filter((label) => !labels.includes(label))
    .map((label) => `the legend names ${label}, which no metric of it has`);
}

function reachableLabels(expr: string): readonly string[] {
  return [
    ...ofEveryTarget,
    ...readPromql(expr).selectors.flatMap(({ metric }) => labelsOf(metric)),
  ];
}

function labelsOf(metric: string): readonly string[] {
  return catalogue.find(({ name }) => name === metric)?.labels ?? [];
}

function isKnown(metric: string): boolean {
  return ofTargets.includes(metric) || catalogue.some(({ name }) => name === metric);
}

function isChosen(datasource: unknown): boolean {
  return JSON.stringify(datasource) === JSON.stringify(chosen);
}

function repeated(texts: readonly string[]): readonly string[] {
  return texts
    .filter((text, index) => texts.indexOf(text) !== index)
    .map((text) => `${text} twice`);
}

function overlaps(panels: readonly PanelJson[]): readonly string[] {
  const cells = panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => ({
      title,
      cell: `${x + (index % w)},${y + Math.floor(index / w)}`,
      isOutside: x + (index % w) >= 24,
    })),
  );
  const outside = cells
    .filter(({ isOutside }) => isOutside)
    .map(({ title }) => `"${title}" is too wide`);
  const covered = [...Map.groupBy(cells, ({ cell }) => cell).values()]
    .filter((own) => own.length > 1)
    .map((own) => `${own.map(({ title }) => `"${title}"`).join(" and ")} overlap`);
  return [...new Set([...outside, ...covered])];
}
