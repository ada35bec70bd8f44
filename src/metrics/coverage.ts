import type { Report } from "../model/finding.ts";
import { privileges } from "../model/reading/access.ts";
import { flag, type Series, series } from "./series.ts";

/** How much of the host the last run could read. */
export function coverageSeries({ collectors, coverage }: Report): readonly Series[] {
  const { sandboxes, missingCapabilities } = coverage;
  return [
    series(
      "docknet_collector_ignored_lines",
      collectors.map(({ fact, ignoredLines }) => ({
        labels: { collector: fact },
        value: ignoredLines,
      })),
    ),
    series(
      "docknet_collector_gaps",
      collectors.map(({ fact, gaps }) => ({
        labels: { collector: fact },
        value: gaps?.length ?? 0,
      })),
    ),
    series(
      "docknet_missing_capability",
      privileges
        .filter((privilege) => privilege.startsWith("CAP_"))
        .map((capability) => ({
          labels: { capability },
          value: flag(missingCapabilities.includes(capability)),
        })),
    ),
    series(
      "docknet_sandboxes",
      sandboxes === undefined
        ? []
        : [
            { labels: { state: "whole" }, value: sandboxes.whole },
            { labels: { state: "reduced" }, value: sandboxes.inPart.length },
            { labels: { state: "unreadable" }, value: sandboxes.unreadable.length },
          ],
    ),
  ];
}
