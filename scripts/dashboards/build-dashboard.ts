import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { panelOf } from "./build-panel.ts";
import { datasource } from "./datasource.ts";
import type { DashboardPlan, Mark } from "./plan.ts";

const all = { selected: true, text: ["All"], value: ["$__all"] };

/** Grafana's JSON of a dashboard, as the file that is provisioned. */
export function dashboardJson(plan: DashboardPlan): string {
  const dashboard = new DashboardBuilder(plan.title)
    .uid(plan.uid)
    .description(plan.description)
    .tags(["docknet"])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh("1m")
    .time({ from: "now-6h", to: "now" })
    .timezone("browser")
    .link(otherDashboards())
    .variables([
      new DatasourceVariableBuilder("datasource").label("Data source").type("prometheus"),
      choice("job").label("Job").query("label_values(docknet_build_info, job)"),
      choice("instance").label("Instance").query('label_values(up{job=~"$job"}, instance)'),
    ])
    .annotations(plan.marks.map(annotationOf));
  let id = 0;
  for (const { title, panels } of plan.sections) {
    id += 1;
    dashboard.withRow(new RowBuilder(title).id(id));
    for (const panel of panels) {
      id += 1;
      dashboard.withPanel(panelOf(panel, id));
    }
  }
  return `${JSON.stringify(dashboard.build(), undefined, 2)}\n`;
}

/** A variable of which all values hold until the reader chooses some. */
function choice(name: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .datasource(datasource)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current(all);
}

function annotationOf({ name, expr, title, text }: Mark): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .hide(false)
    .iconColor("orange")
    .expr(expr)
    .titleFormat(title)
    .textFormat(text);
}

function otherDashboards(): DashboardLinkBuilder {
  return new DashboardLinkBuilder("docknet")
    .type(DashboardLinkType.Dashboards)
    .tags(["docknet"])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true);
}
