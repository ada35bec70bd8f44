import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { alerts } from "../../scripts/dashboards/alerts.ts";
import { datasourceUid } from "../../scripts/dashboards/datasource.ts";
import { grafanaAlerts } from "../../scripts/dashboards/grafana-alerts.ts";
import {
  dashboardProvisioning,
  datasourceProvisioning,
} from "../../scripts/dashboards/provisioning.ts";

const schema: object = z
  .looseObject({})
  .parse(
    JSON.parse(
      readFileSync(
        new URL("grafana-schemas/grafana-alerting.schema.json", import.meta.url),
        "utf8",
      ),
    ),
  );
const ajv = new Ajv({ strict: false, logger: false }).addSchema(schema, "alerting");
const validate = ajv.getSchema("alerting#/definitions/Rule");

const ruleSchema = z.looseObject({
  uid: z.string(),
  title: z.string(),
  condition: z.string(),
  keepFiringFor: z.string().optional(),
  data: z.array(z.looseObject({ refId: z.string(), datasourceUid: z.string() })),
});
const filesSchema = z.object({
  apiVersion: z.literal(1),
  groups: z.array(
    z.object({
      orgId: z.number(),
      name: z.string(),
      folder: z.string(),
      interval: z.string(),
      rules: z.array(ruleSchema),
    }),
  ),
});
const [group] = filesSchema.parse(parse(grafanaAlerts())).groups;
const rules = group?.rules ?? [];

describe("Grafana's own alerts", () => {
  test("are those of the table", () => {
    expect(rules.map(({ title }) => title)).toEqual(alerts.map(({ name }) => name));
  });

  test.each(rules)("$title is what Grafana's schema calls a rule", (rule) => {
    expect(errorsOf(rule)).toEqual([]);
  });

  test.each(rules)("$title asks the provisioned data source, then judges the answer", (rule) => {
    expect(rule.data.map(({ refId, datasourceUid: uid }) => [refId, uid])).toEqual([
      ["value", datasourceUid],
      ["fires", "__expr__"],
    ]);
    expect(rule.condition).toBe("fires");
  });

  test("a rule that cannot be evaluated as it should is refused", () => {
    const [rule] = rules;
    expect(errorsOf({ ...rule, noDataState: "Fine" })).not.toEqual([]);
  });
});

test("the data source has the uid that alerts name, and an address from the environment", () => {
  expect(parse(datasourceProvisioning())).toMatchObject({
    apiVersion: 1,
    datasources: [{ type: "prometheus", uid: datasourceUid, url: "$DOCKNET_PROMETHEUS_URL" }],
  });
});

test("the provider of dashboards reads a folder that docs/operate.md names", () => {
  const { providers } = z
    .object({
      apiVersion: z.literal(1),
      providers: z.array(
        z.looseObject({ type: z.literal("file"), options: z.looseObject({ path: z.string() }) }),
      ),
    })
    .parse(parse(dashboardProvisioning()));
  const page = readFileSync(new URL("../../docs/operate.md", import.meta.url), "utf8");
  expect(providers.filter(({ options }) => !page.includes(`| \`${options.path}\` |`))).toEqual([]);
});

/** A file says group, folder and organisation once for all rules, and durations as text; the schema is that of the API. */
function errorsOf({ keepFiringFor: _, ...rule }: Partial<z.infer<typeof ruleSchema>>) {
  if (validate === undefined) throw new Error("the schema knows no rule");
  validate({
    ...rule,
    orgID: group?.orgId,
    folderUID: group?.folder,
    ruleGroup: group?.name,
  });
  return validate.errors ?? [];
}
