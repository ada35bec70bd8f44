import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { dashboardJson } from "../../scripts/dashboards/build-dashboard.ts";
import { dashboards } from "../../scripts/dashboards/index.ts";
import { type DashboardJson, dashboardSchema, type PanelJson } from "./dashboard-json.ts";
import { dashboardViolations } from "./dashboard-rules.ts";
import { readPromql } from "./promql.ts";

const schemaOf = (name: string): object =>
  z
    .looseObject({})
    .parse(
      JSON.parse(
        readFileSync(
          new URL(`grafana-schemas/grafana-${name}.schema.json`, import.meta.url),
          "utf8",
        ),
      ),
    );
const anySchema = z.looseObject({
  definitions: z.record(
    z.string(),
    z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const ajv = new Ajv({ strict: false, logger: false });
const isDashboard = ajv.compile(withAnyValues(schemaOf("dashboard")));
const isQuery = ajv.compile(schemaOf("prometheus"));
const kinds: Readonly<Record<string, string>> = {
  stat: "stat",
  table: "table",
  timeseries: "timeseries",
  "state-timeline": "statetimeline",
};
for (const kind of Object.values(kinds)) ajv.addSchema(schemaOf(kind), kind);

const built = dashboards.map((plan) => {
  const json: unknown = JSON.parse(dashboardJson(plan));
  return { uid: plan.uid, json, dashboard: dashboardSchema.parse(json) };
});

describe.each(built)("dashboard $uid", ({ json, dashboard }) => {
  test("is what Grafana's schema calls a dashboard", () => {
    isDashboard(json);
    expect(isDashboard.errors ?? []).toEqual([]);
  });

  test.each(panelsOf(dashboard))("panel $title is what Grafana's schemas say", (panel) => {
    expect(schemaErrors(panel)).toEqual([]);
  });

  test("keeps the rules", () => {
    expect(dashboardViolations(dashboard)).toEqual([]);
  });
});

describe("the rules", () => {
  const [{ dashboard: good }] = [built[0] ?? never()];
  const [panel = never()] = panelsOf(good);
  const having = (change: Partial<PanelJson>): DashboardJson => ({
    ...good,
    panels: [{ ...panel, ...change }],
  });
  const asking = (expr: string, legendFormat = "") =>
    having({
      targets: [{ refId: "A", expr, legendFormat, datasource: panel.datasource }],
    });
  const of = 'job=~"$job",instance=~"$instance"';
  const inPanel = (...what: readonly string[]) =>
    what.map((each) => `panel "${panel.title}": ${each}`);

  test.each<readonly [string, DashboardJson, readonly string[]]>([
    ["an editable dashboard", { ...good, editable: true }, ["it is editable"]],
    [
      "a panel without a description",
      having({ description: "" }),
      inPanel("it has no description"),
    ],
    ["no query", having({ targets: [] }), inPanel("it asks nothing")],
    [
      "a data source of somebody's own",
      having({ datasource: { type: "prometheus", uid: "mine" } }),
      inPanel("it does not use the chosen data source"),
    ],
    [
      "an unknown unit",
      having({ fieldConfig: { defaults: { unit: "parsecs" }, overrides: [] } }),
      inPanel('its unit is "parsecs"'),
    ],
    ["no PromQL", asking(`sum(docknet_up{${of}}`), inPanel("no PromQL at 49: ")],
    [
      "all jobs and instances",
      asking("docknet_up"),
      inPanel(
        "docknet_up is not limited to the chosen job",
        "docknet_up is not limited to the chosen instance",
      ),
    ],
    [
      "an unknown metric",
      asking(`docknet_down{${of}}`),
      inPanel("docknet_down is in no catalogue"),
    ],
    [
      "a label that the metric has not",
      asking(`docknet_up{${of},chain="x"}`),
      inPanel('docknet_up has no label of chain="x"'),
    ],
    [
      "a grouping by a label of nothing",
      asking(`sum by (chain) (docknet_up{${of}})`),
      inPanel("it groups by chain, which no metric of it has"),
    ],
    [
      "a bare counter",
      asking(`docknet_runs_total{${of}}`),
      inPanel("docknet_runs_total is a counter and stands outside rate or increase"),
    ],
    [
      "a fixed range",
      asking(`rate(docknet_runs_total{${of}}[5m])`),
      inPanel("the rate of docknet_runs_total is over 5m"),
    ],
    [
      "a legend of a foreign label",
      asking(`docknet_up{${of}}`, "{{chain}}"),
      inPanel("the legend names chain, which no metric of it has"),
    ],
    [
      "panels on top of each other",
      { ...good, panels: [panel, { ...panel, id: 99, title: "other" }] },
      [`"${panel.title}" and "other" overlap`],
    ],
    [
      "a variable that holds one value",
      {
        ...good,
        templating: {
          list: good.templating.list.map((own) =>
            own.name === "job" ? { ...own, multi: false } : own,
          ),
        },
      },
      ["variable job: multi is false"],
    ],
  ])("notice %s", (_, dashboard, expected) => {
    expect(dashboardViolations(dashboard)).toEqual(expected);
  });

  test("the schema refuses a dashboard whose panel is as wide as a text", () => {
    const broken = { ...good, panels: [{ ...panel, gridPos: { x: 0, y: 0, w: "24", h: 1 } }] };
    expect(isDashboard(broken)).toBe(false);
  });
});

test("expressions are read with what is in them", () => {
  const expr = 'topk(3, sum by (check) (rate(docknet_runs_total{job=~"$job"}[$__rate_interval])))';
  expect(readPromql(expr)).toEqual({
    errors: [],
    selectors: [
      {
        metric: "docknet_runs_total",
        matchers: ['job=~"$job"'],
        functions: ["rate"],
        range: "$__rate_interval",
      },
    ],
    groupings: ["check"],
  });
});

/** The schema wants objects in two places where Grafana, and the builders of the same project, put texts and lists too. */
function withAnyValues(schema: object): object {
  const { definitions } = anySchema.parse(schema);
  const open = [
    ["MatcherConfig", "options"],
    ["DynamicConfigValue", "value"],
  ].map(([name = "", property = ""]) => {
    const definition = definitions[name] ?? never();
    return [name, { ...definition, properties: { ...definition.properties, [property]: {} } }];
  });
  return { ...schema, definitions: { ...definitions, ...Object.fromEntries(open) } };
}

function panelsOf({ panels }: DashboardJson): readonly PanelJson[] {
  return panels.filter(({ type }) => type !== "row");
}

/** Against the schema of the panel's kind, which the dashboard's leaves open, and of its queries. */
function schemaErrors({ type, options, fieldConfig, targets }: PanelJson): readonly unknown[] {
  const kind = kinds[type] ?? never();
  const parts: readonly (readonly [string, unknown])[] = [
    ["Options", options],
    ["FieldConfig", fieldConfig?.defaults.custom],
  ];
  const inParts = parts.flatMap(([name, value]) => {
    const validate = ajv.getSchema(`${kind}#/definitions/${name}`);
    if (validate === undefined || value === undefined) return [];
    validate(value);
    return validate.errors ?? [];
  });
  const inQueries = targets.flatMap((target) => {
    isQuery(target);
    return isQuery.errors ?? [];
  });
  return [...inParts, ...inQueries];
}

function never(): never {
  throw new Error("the dashboards have changed: there is no such part");
}
