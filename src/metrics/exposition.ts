import type { MetricFamily, MetricGroup } from "./family.ts";

/** One family as it stands in the text format: its head and its series, without a line break at the end. */
export interface FamilyText {
  readonly name: string;
  readonly type: MetricFamily["type"];
  readonly group: MetricGroup;
  readonly text: string;
}

/** The formats of an exposition; both Prometheus 2 and 3 take either, and without a media type 3 refuses the answer. */
export const mediaTypes = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
} as const;

export type ExpositionFormat = keyof typeof mediaTypes;

/** The families as one exposition. */
export function exposition(families: readonly FamilyText[], format: ExpositionFormat): string {
  switch (format) {
    case "text":
      return `${families.map(({ text }) => text).join("\n\n")}\n`;
    case "openmetrics":
      return [...families.map(openMetricsText), "# EOF\n"].join("\n");
  }
}

/** OpenMetrics differs for what docknet shows in one thing: the head names a counter without `_total`. */
function openMetricsText({ name, type, text }: FamilyText): string {
  if (type !== "counter") return text;
  const [help = "", head = "", ...lines] = text.split("\n");
  const family = name.replace(/_total$/, "");
  const heads = [help, head].map((line) => line.replace(` ${name} `, ` ${family} `));
  return [...heads, ...lines].join("\n");
}
