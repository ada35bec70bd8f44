import { type Figure, median } from "../measurement.ts";
import type { Course } from "./course.ts";
import { percentile, trendOf } from "./trend.ts";

/** An hour's worth of runs, at one a minute, is said to be flat if its growth stays below this, in MiB. */
const flatMiB = 1;
/** Runs of an hour at one a minute; an agent that grows would have grown so much in that time. */
const runsOfHour = 60;

type Measured = readonly [value: number, unit: Figure["unit"]];

/** What a course of runs says, for the table. */
export function courseFigures(key: string, course: Course): readonly Figure[] {
  const resident = course.memory.map(([, mebibytes]) => mebibytes);
  const { slope, error } = trendOf(course.memory);
  const growth = slope * runsOfHour;
  const doubt = 2 * error * runsOfHour;
  const isFlat = growth - doubt <= 0 || growth < flatMiB;
  const figure = (name: string, title: string, [value, unit]: Measured): Figure => ({
    key: `${key}.${name}`,
    title,
    value,
    unit,
  });
  return [
    figure("runs", "runs back to back, four scrapes after each", [course.runMs.length, "count"]),
    figure("ownMs", "docknet's own CPU time per run with its scrapes", [course.ownMs, "ms"]),
    figure("ownShare", "of one core, at a run each minute", [course.ownMs / 600, "%"]),
    figure("commandsMs", "CPU time of the commands per run", [course.commandsMs, "ms"]),
    figure("wallMs", "elapsed time of a run, median", [median(course.runMs), "ms"]),
    figure("residentMiB", "resident memory after the last run", [resident.at(-1) ?? 0, "MiB"]),
    figure("mostMiB", "the most that was seen after a run", [Math.max(...resident), "MiB"]),
    figure("quietMiB", "after a minute's quiet", [course.quietMiB, "MiB"]),
    figure("peakMiB", "the kernel's high-water mark, start-up with it", [course.peakMiB, "MiB"]),
    figure("growthMiB", `growth in ${runsOfHour} runs`, [growth, "MiB"]),
    figure("growthDoubtMiB", "of it may be chance (two standard errors)", [doubt, "MiB"]),
    figure("flat", "flat: 1 = no growth beyond chance, or below 1 MiB", [isFlat ? 1 : 0, "count"]),
    figure("series", "series", [course.series, "count"]),
    figure("scrapeMs", "a scrape right after a run, median", [median(course.scrapeMs), "ms"]),
    figure("scrapeP99Ms", "a scrape right after a run, p99", [
      percentile(course.scrapeMs, 0.99),
      "ms",
    ]),
  ];
}
