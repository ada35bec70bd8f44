import { alerts } from "../dashboards/alerts.ts";
import { dashboards } from "../dashboards/index.ts";

/** One query of a panel, a mark or an alert, as it stands in its file. */
export interface AskedQuery {
  /** Title of the dashboard, or "Alerts". */
  readonly of: string;
  /** Title of the panel or mark, or name of the alert. */
  readonly in: string;
  readonly expr: string;
  /** A panel with time on its axis asks for a range, all others for this moment. */
  readonly over: "moment" | "range" | "before the first scrape";
  /** What stands before an alert's name or a panel's title in the page. */
  readonly what: "panel" | "mark" | "alert";
}

/** Every query that somebody gets with docknet. */
export const askedQueries: readonly AskedQuery[] = [
  ...dashboards.flatMap((plan): readonly AskedQuery[] => [
    ...plan.sections.flatMap(({ panels }) =>
      panels.flatMap(({ kind, title, queries }) =>
        queries.map(({ expr }) => ({
          of: plan.title,
          in: title,
          expr,
          what: "panel" as const,
          over: kind === "stat" || kind === "table" ? ("moment" as const) : ("range" as const),
        })),
      ),
    ),
    ...plan.marks.map(({ name, expr }) => ({
      of: plan.title,
      in: name,
      expr,
      what: "mark" as const,
      over: "range" as const,
    })),
  ]),
  ...alerts.map(({ name, expr }) => ({
    of: "Alerts",
    in: name,
    expr,
    what: "alert" as const,
    // With agents at hand nothing is absent: that one is asked for a time without any.
    over:
      name === "DocknetAgentAbsent" ? ("before the first scrape" as const) : ("moment" as const),
  })),
];

/** An expression with what Grafana would put in place of its variables: all hosts, and these ranges. */
export function filledIn(expr: string): string {
  return expr
    .replaceAll("$__rate_interval", "15s")
    .replaceAll("$__range", "1m")
    .replaceAll('"$job"', '".+"')
    .replaceAll('"$instance"', '".+"');
}
