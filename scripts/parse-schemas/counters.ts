import { z } from "zod";
import { count, maybe, text } from "./basics.ts";
import { trafficCounters } from "./links.ts";

const named = z.record(z.string(), z.number());

export const linkCounters = z.array(
  z.object({ ifname: text, received: trafficCounters, sent: trafficCounters }),
);

export const counterGroups = z
  .record(z.string(), named)
  .describe("counters by group and name, in the kernel's words; -1 where there is no limit");

export const softnetCounters = z.array(
  z.object({
    cpu: count,
    processed: count,
    dropped: count,
    timeSqueezed: count,
    steered: maybe(count),
    flowLimited: maybe(count),
    queued: maybe(count),
    others: z.array(count).describe("columns that newer kernels add, in their order"),
  }),
);

export const neighbourCounters = z.array(
  z.object({
    cpu: count,
    entries: count.describe("of the whole machine, the same on each CPU"),
    lookups: count,
    hits: count,
    unresolved: count,
    forcedCollections: count,
    discarded: count,
    tableFull: count,
    others: named,
  }),
);
