import { type MetricGroup, metricGroups } from "../../metrics/family.ts";

/** The groups of metrics that a request wants; undefined = all of them. */
export type MetricsFilter = ReadonlySet<MetricGroup> | undefined;

export type FilterOutcome =
  | { readonly ok: true; readonly groups: MetricsFilter }
  | { readonly ok: false; readonly message: string };

const known: readonly string[] = metricGroups;

/** `collect[]=firewall&collect[]=path`, or `exclude[]=…`; other parameters mean nothing. */
export function metricsFilter(query: string): FilterOutcome {
  const parameters = new URLSearchParams(query);
  const collect = parameters.getAll("collect[]");
  const exclude = parameters.getAll("exclude[]");
  const unknown = [...collect, ...exclude].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const message = `unknown group ${shown(unknown)}: the groups are ${known.join(", ")}`;
    return { ok: false, message };
  }
  if (collect.length > 0 && exclude.length > 0) {
    return { ok: false, message: "collect[] and exclude[] do not go together: give one of them" };
  }
  if (collect.length + exclude.length === 0) return { ok: true, groups: undefined };
  const wanted = metricGroups.filter((group) =>
    collect.length > 0 ? collect.includes(group) : !exclude.includes(group),
  );
  return { ok: true, groups: new Set(wanted) };
}

function shown(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 39)}…` : name);
}
