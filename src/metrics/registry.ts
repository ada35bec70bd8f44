import { Counter, Gauge, Registry } from "prom-client";
import type { FactName } from "../model/facts.ts";
import type { Report } from "../model/finding.ts";
import { type AgentReadings, agentSeries, type ProcessReadings } from "./agent.ts";
import { bridgeSeries } from "./bridges.ts";
import { catalogue, type Family } from "./catalogue.ts";
import { collectorSeries } from "./collectors.ts";
import { coverageSeries } from "./coverage.ts";
import type { FamilyText } from "./exposition.ts";
import type { MetricFamily } from "./family.ts";
import { findingSeries } from "./findings.ts";
import { firewallSeries } from "./firewall.ts";
import { hostSeries } from "./host.ts";
import { limited } from "./limited.ts";
import { measuredSeries } from "./measured.ts";
import { type Point, type Series, series } from "./series.ts";
import { swarmSeries } from "./swarm.ts";

/** Everything that an exposition shows. */
export interface ExpositionInput {
  /** The latest report; absent until the first run has ended. */
  readonly report?: Report;
  readonly agent: AgentReadings;
  readonly process: ProcessReadings;
  readonly limits: SeriesLimits;
}

export interface SeriesLimits {
  /** Most series of docknet_finding_info. */
  readonly maxFindings: number;
  /** Most series of a family that grows with the host. */
  readonly maxSeriesPerFamily: number;
}

/**
 * Every family that has something to show, as text. A registry of its own is filled in one synchronous step, so that nothing of an
 * earlier report stays and two renderings cannot meet.
 */
export async function renderFamilies(input: ExpositionInput): Promise<readonly FamilyText[]> {
  const registry = new Registry();
  const shown = shownFamilies(input).filter(({ points }) => points.length > 0);
  for (const { family, points } of shown) register(family, { registry, points });
  return Promise.all(
    shown.map(async ({ family: { name, type, group } }) => ({
      name,
      type,
      group,
      text: await registry.getSingleMetricAsString(name),
    })),
  );
}

interface Shown {
  readonly family: Family;
  readonly points: readonly Point[];
}

function shownFamilies(input: ExpositionInput): readonly Shown[] {
  const lost = factsLost(input.report);
  const points = new Map(seriesOf(input).map((series) => [series.family, series.points]));
  const most = input.limits.maxSeriesPerFamily;
  const left: Point<"metric">[] = [];
  const shown = catalogue
    .filter((family) => !family.facts.some((fact: FactName) => lost.has(fact)))
    .map((family) => {
      const all = points.get(family.name) ?? [];
      const kept = limited(all, { family, most });
      if (growsWithHost(family))
        left.push({ labels: { metric: family.name }, value: all.length - kept.length });
      return { family, points: kept };
    });
  const truncated = series("docknet_series_truncated", left);
  return shown.map((each) =>
    each.family.name === truncated.family && input.report !== undefined
      ? { ...each, points: truncated.points }
      : each,
  );
}

function growsWithHost(family: MetricFamily): boolean {
  return family.grows !== undefined;
}

function seriesOf(input: ExpositionInput): readonly Series[] {
  const { report, agent } = input;
  const own = agentSeries(agent, input.process);
  if (report === undefined) return own;
  const { maxFindings } = input.limits;
  return [
    ...own,
    ...collectorSeries(report.collectors, agent),
    ...coverageSeries(report),
    ...findingSeries(report, { maxFindings, firstSeen: agent.firstSeen }),
    ...hostSeries(report),
    ...firewallSeries(report.readings),
    ...bridgeSeries(report.readings),
    ...swarmSeries(report.readings),
    ...measuredSeries(report.readings),
  ];
}

function factsLost(report: Report | undefined): ReadonlySet<FactName> {
  const unknown = (report?.collectors ?? []).filter(({ state }) => state === "unknown");
  return new Set(unknown.map(({ fact }) => fact));
}

function register(
  family: Family,
  into: { readonly registry: Registry; readonly points: readonly Point[] },
): void {
  const { name, help, labels, type } = family;
  const options = { name, help, labelNames: [...labels], registers: [into.registry] };
  if (type === "gauge") {
    const gauge = new Gauge(options);
    for (const { labels, value } of into.points) gauge.set(cleaned(labels), value);
    return;
  }
  const counter = new Counter(options);
  for (const { labels, value } of into.points) counter.inc(cleaned(labels), value);
}

/** prom-client escapes what the format asks for; half a surrogate pair is no UTF-8, and would make two names one only later. */
function cleaned(labels: Point["labels"]): Record<string, string> {
  const entries = Object.entries(labels);
  if (entries.every(([, value]) => value.isWellFormed())) return labels;
  return Object.fromEntries(entries.map(([name, value]) => [name, value.toWellFormed()]));
}
