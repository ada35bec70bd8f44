import type { FactName } from "../model/facts.ts";

/** A group of series under one name: what a reader of the exposition is promised. */
export interface MetricFamily {
  readonly name: `docknet_${string}` | `process_${string}` | `nodejs_${string}`;
  readonly type: "gauge" | "counter";
  /** Base unit; `state` = 0 or 1, `number` = a count of things. */
  readonly unit: "seconds" | "bytes" | "state" | "number";
  readonly labels: readonly string[];
  readonly help: string;
  /** What bounds the number of series. */
  readonly bound: string;
  /** Facts that it is made of: when one of them is unknown, the family is left out instead of frozen. */
  readonly facts: readonly FactName[];
  /** Its series are as many as the host has such things: the configuration bounds them. */
  readonly grows?: "with-the-host";
  /** Label of a state set: of the series that differ in it alone, all are shown or none. */
  readonly stateLabel?: string;
}

/** What `?collect[]=` and `?exclude[]=` name, in the order of the exposition. */
export const metricGroups = [
  "agent",
  "collector",
  "check",
  "finding",
  "host",
  "conntrack",
  "kernel",
  "firewall",
  "bridge",
  "network",
  "swarm",
  "path",
] as const;

export type MetricGroup = (typeof metricGroups)[number];
