import { z } from "zod";

const target = z.looseObject({
  refId: z.string(),
  expr: z.string(),
  legendFormat: z.string().optional(),
  datasource: z.unknown().optional(),
});

const panel = z.looseObject({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  description: z.string().optional(),
  datasource: z.unknown().optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  options: z.unknown().optional(),
  fieldConfig: z
    .object({
      defaults: z.looseObject({
        unit: z.string().optional(),
        mappings: z.array(z.unknown()).optional(),
        custom: z.unknown().optional(),
      }),
      overrides: z.array(
        z.object({
          matcher: z.looseObject({ options: z.unknown() }),
          properties: z.array(z.object({ id: z.string(), value: z.unknown() })),
        }),
      ),
    })
    .optional(),
  transformations: z
    .array(
      z.object({
        id: z.string(),
        options: z.looseObject({ indexByName: z.looseObject({}).optional() }),
      }),
    )
    .default([]),
  targets: z.array(target).default([]),
});

const variable = z.looseObject({ name: z.string(), type: z.string() });

/** What the rules and the proof ask of a dashboard; the schema of Grafana asks the rest. */
export const dashboardSchema = z.looseObject({
  uid: z.string(),
  title: z.string(),
  editable: z.boolean(),
  panels: z.array(panel),
  templating: z.object({ list: z.array(variable) }),
  annotations: z.object({
    list: z.array(z.looseObject({ name: z.string(), expr: z.string() })).default([]),
  }),
});

export type DashboardJson = z.infer<typeof dashboardSchema>;
export type PanelJson = DashboardJson["panels"][number];
