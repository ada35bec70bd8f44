import type { MetricFamily } from "./family.ts";
import type { Point } from "./series.ts";

/** The points of a family within its limit; of a state set all are kept or none. The first ones stay, so that the same do from run to run. */
export function limited(
  points: readonly Point[],
  to: { readonly family: MetricFamily; readonly most: number },
): readonly Point[] {
  const { family, most } = to;
  if (family.grows === undefined || points.length <= most) return points;
  const { stateLabel } = family;
  const kept = points.slice(0, most);
  if (stateLabel === undefined) return kept;
  const next = points[most];
  const cut = next === undefined ? undefined : setOf(next, stateLabel);
  return kept.filter((point) => setOf(point, stateLabel) !== cut);
}

/** What the series of one state set have in common. */
function setOf(point: Point, stateLabel: string): string {
  return JSON.stringify(Object.entries(point.labels).filter(([name]) => name !== stateLabel));
}
