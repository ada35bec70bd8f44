import type { FamilyName } from "../../src/metrics/catalogue.ts";

/** A dashboard as data; `build-dashboard.ts` makes Grafana's JSON of it. */
export interface DashboardPlan {
  /** Also the name of its file and its address in Grafana: /d/UID. */
  readonly uid: `docknet-${string}`;
  readonly title: string;
  readonly description: string;
  readonly sections: readonly Section[];
  /** Lines over every panel that has time on its axis: when something began or ended. */
  readonly marks: readonly Mark[];
}

/** Panels below a heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly PanelPlan[];
}

export interface Mark {
  readonly name: string;
  readonly expr: string;
  readonly title: string;
  readonly text: string;
}

export type PanelPlan = StatPlan | TablePlan | ChartPlan | TimelinePlan;

interface AnyPanel {
  readonly title: string;
  /** What it shows and what to do when it shows something. */
  readonly description: string;
  /** Width in 24ths of the dashboard. */
  readonly width: number;
  /** Height in Grafana's rows of 30 pixels and a gap of 8. */
  readonly height: number;
  readonly queries: readonly [PanelQuery, ...PanelQuery[]];
}

export interface PanelQuery {
  readonly expr: string;
  /** Name of a series, with `{{label}}`; tables have none. */
  readonly legend?: string;
}

/** One big number. */
export interface StatPlan extends AnyPanel {
  readonly kind: "stat";
  readonly unit: Unit;
  /** Colour from each value on; green below the first. */
  readonly from?: Readonly<Partial<Record<Colour, number>>>;
  readonly states?: readonly State[];
}

/** Rows of an instant query, its labels as columns under their own names. */
export interface TablePlan extends AnyPanel {
  readonly kind: "table";
  readonly columns: readonly [Column, ...Column[]];
}

/** Lines over time. */
export interface ChartPlan extends AnyPanel {
  readonly kind: "chart";
  readonly unit: Unit;
  /** Upper end of the axis, where there is one. */
  readonly max?: number;
}

/** One bar for each series, coloured by its state. */
export interface TimelinePlan extends AnyPanel {
  readonly kind: "timeline";
  readonly states: readonly State[];
}

/** A column of a table: a label, or the value under a name of its own. */
export type Column =
  | { readonly label: string; readonly colours?: readonly ColouredText[]; readonly link?: Link }
  | {
      readonly value: string;
      readonly unit: Unit;
      /** `refId` of its query where the table has several. */
      readonly of?: string;
      readonly states?: readonly State[];
    };

export interface Link {
  readonly title: string;
  /** In Grafana's template language. */
  readonly url: string;
}

export interface ColouredText {
  readonly text: string;
  readonly colour: Colour;
}

/** What a number of a state set means. */
export interface State {
  readonly value: number;
  readonly text: string;
  readonly colour: Colour;
}

export type Colour = "green" | "yellow" | "orange" | "red" | "purple" | "blue" | "gray";

/** Ids of Grafana's units; dateTimeFromNow takes milliseconds. */
export type Unit =
  | "short"
  | "none"
  | "s"
  | "bytes"
  | "percentunit"
  | "pps"
  | "Bps"
  | "cps"
  | "dateTimeFromNow";

/** What Prometheus itself writes for each target. */
export type TargetMetric = "up" | "scrape_duration_seconds" | "scrape_samples_scraped";

/** Labels that stand in the exposition of an alert or a target already, in PromQL's notation: `family="ipv4"`. */
type Matcher = `${string}${"=" | "!=" | "=~" | "!~"}"${string}"`;

/** Selects the series of a metric on the hosts that the dashboard is set to. */
export function on(metric: FamilyName | TargetMetric, ...matchers: readonly Matcher[]): string {
  return `${metric}{${['job=~"$job"', 'instance=~"$instance"', ...matchers].join(",")}}`;
}
