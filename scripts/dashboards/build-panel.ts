import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import * as common from "@grafana/grafana-foundation-sdk/common";
import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
} from "@grafana/grafana-foundation-sdk/common";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimelineBuilder } from "@grafana/grafana-foundation-sdk/statetimeline";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as ChartBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { columnOverride, onlyColumns } from "./build-columns.ts";
import { byThresholds, mappingsOf, thresholds } from "./build-states.ts";
import { datasource } from "./datasource.ts";
import type { ChartPlan, PanelPlan, StatPlan, TablePlan, TimelinePlan } from "./plan.ts";

/** Grafana's panel of a plan, without a place of its own: the dashboard gives it one. */
export function panelOf(plan: PanelPlan, id: number): Builder<Panel> {
  const panel = kindOf(plan)
    .id(id)
    .title(plan.title)
    .description(plan.description)
    .datasource(datasource)
    .span(plan.width)
    .height(plan.height);
  return panel;
}

function kindOf(plan: PanelPlan): StatBuilder | TableBuilder | ChartBuilder | TimelineBuilder {
  switch (plan.kind) {
    case "stat":
      return stat(plan);
    case "table":
      return table(plan);
    case "chart":
      return chart(plan);
    case "timeline":
      return timeline(plan);
  }
}

function stat(plan: StatPlan): StatBuilder {
  const panel = new StatBuilder()
    .unit(plan.unit)
    .thresholds(thresholds(plan.from ?? {}))
    .colorScheme(byThresholds())
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .targets(targets(plan, (query) => query.instant()));
  return plan.states === undefined ? panel : panel.mappings(mappingsOf(plan.states));
}

function chart(plan: ChartPlan): ChartBuilder {
  const panel = new ChartBuilder()
    .unit(plan.unit)
    .min(0)
    .fillOpacity(10)
    .showPoints(VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(TooltipDisplayMode.Multi)
        .sort(SortOrder.Descending),
    )
    .targets(targets(plan, (query) => query.range()));
  return plan.max === undefined ? panel : panel.max(plan.max);
}

function timeline(plan: TimelinePlan): TimelineBuilder {
  return new TimelineBuilder()
    .unit("none")
    .mappings(mappingsOf(plan.states))
    .thresholds(thresholds({}))
    .colorScheme(byThresholds())
    .fillOpacity(80)
    .lineWidth(0)
    .rowHeight(0.8)
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .targets(targets(plan, (query) => query.range()));
}

function table(plan: TablePlan): TableBuilder {
  const panel = new TableBuilder()
    .showHeader(true)
    .filterable(true)
    .transformations(onlyColumns(plan))
    .targets(targets(plan, (query) => query.instant().format(PromQueryFormat.Table)));
  return plan.columns.reduce((built, column) => {
    const { name, properties } = columnOverride(column);
    return properties.length === 0 ? built : built.overrideByName(name, [...properties]);
  }, panel);
}

function targets({ queries }: PanelPlan, shape: (query: DataqueryBuilder) => DataqueryBuilder) {
  return queries.map(({ expr, legend }, index) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCharCode("A".charCodeAt(0) + index))
      .expr(expr)
      .datasource(datasource);
    return shape(legend === undefined ? query : query.legendFormat(legend));
  });
}
