import { gzipSync } from "node:zlib";
import { type ExpositionFormat, exposition, type FamilyText } from "../metrics/exposition.ts";
import { type MetricGroup, metricGroups } from "../metrics/family.ts";
import { type ExpositionInput, renderFamilies } from "../metrics/registry.ts";
import type { Report } from "../model/finding.ts";
import type { MetricsFilter } from "./web/metrics-filter.ts";

/** What the agent serves: made once per run, read by every scrape. */
export interface Latest {
  readonly report?: Report;
  /** When the run of the report ended, in milliseconds since 1970. */
  readonly endedAtMs?: number;
  /** What /metrics answers. */
  metrics(format: ExpositionFormat, groups: MetricsFilter): MetricsBody;
}

export interface MetricsBody {
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** How many different filters are kept ready per run; a peer that asks for more pays with an answer that is made for it. */
const mostFilters = 16;

/** Renders and compresses once what will be served many times; answers to filters are kept as they are first asked for. */
export async function renderLatest(input: ExpositionInput): Promise<Latest> {
  const families = await renderFamilies(input);
  const whole = {
    text: bodyOf(exposition(families, "text")),
    openmetrics: bodyOf(exposition(families, "openmetrics")),
  };
  const filtered = new Map<string, MetricsBody>();
  const endedAt = input.agent.lastRun?.endedAt;
  return {
    ...(input.report === undefined ? {} : { report: input.report }),
    ...(endedAt === undefined ? {} : { endedAtMs: endedAt * 1_000 }),
    metrics(format, groups) {
      if (groups === undefined) return whole[format];
      const key = JSON.stringify([format, metricGroups.filter((group) => groups.has(group))]);
      const kept = filtered.get(key);
      if (kept !== undefined) return kept;
      const body = bodyOf(exposition(ofGroups(families, groups), format));
      if (filtered.size < mostFilters) filtered.set(key, body);
      return body;
    },
  };
}

function ofGroups(
  families: readonly FamilyText[],
  groups: ReadonlySet<MetricGroup>,
): readonly FamilyText[] {
  return families.filter(({ group }) => groups.has(group));
}

function bodyOf(text: string): MetricsBody {
  const plain = Buffer.from(text);
  return { plain, gzipped: gzipSync(plain) };
}
