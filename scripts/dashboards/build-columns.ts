import { TableCellDisplayMode } from "@grafana/grafana-foundation-sdk/common";
import type {
  DataTransformerConfig,
  DynamicConfigValue,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { colouredTexts, mappingsOf } from "./build-states.ts";
import type { Column, TablePlan } from "./plan.ts";

/** Shows the columns of a plan, in its order, and none beside. */
export function onlyColumns(plan: TablePlan): DataTransformerConfig[] {
  const names = plan.columns.map(fieldOf);
  const order = Object.fromEntries(names.map((name, index) => [name, index]));
  const together = plan.queries.length > 1 ? [{ id: "merge", options: {} }] : [];
  return [
    ...together,
    { id: "filterFieldsByName", options: { include: { names } } },
    { id: "organize", options: { indexByName: order, excludeByName: {}, renameByName: {} } },
  ];
}

/** How the cells of a column look, by the name of its field. */
export function columnOverride(column: Column): {
  readonly name: string;
  readonly properties: readonly DynamicConfigValue[];
} {
  const name = fieldOf(column);
  if ("value" in column) {
    const states =
      column.states === undefined
        ? []
        : [{ id: "mappings", value: mappingsOf(column.states) }, inColour];
    return {
      name,
      properties: [
        { id: "displayName", value: column.value },
        { id: "unit", value: column.unit },
        ...states,
      ],
    };
  }
  const { link, colours } = column;
  const links =
    link === undefined
      ? []
      : [{ id: "links", value: [{ title: link.title, url: link.url, targetBlank: false }] }];
  const mapped =
    colours === undefined ? [] : [{ id: "mappings", value: colouredTexts(colours) }, inColour];
  return { name, properties: [...links, ...mapped] };
}

const inColour = {
  id: "custom.cellOptions",
  value: { type: TableCellDisplayMode.ColorText },
} as const;

/** Grafana calls the value of the one query Value, that of one among several `Value #A`. */
function fieldOf(column: Column): string {
  if ("label" in column) return column.label;
  return column.of === undefined ? "Value" : `Value #${column.of}`;
}
