import type { NeighbourCpuCounters } from "../../model/counters/neighbour-table.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { type NumbersByName, parseCpuRows } from "./cpu-rows.ts";

/** /proc/net/stat/arp_cache and ndisc_cache. */
export function parseNeighStat(text: string): Parsed<readonly NeighbourCpuCounters[]> {
  const read = parseCpuRows(text, "entries");
  return read.ok ? parsed(read.value.map(cpuOf)) : read;
}

function cpuOf(row: NumbersByName, cpu: number): NeighbourCpuCounters {
  const {
    entries = 0,
    lookups = 0,
    hits = 0,
    res_failed: unresolved = 0,
    forced_gc_runs: forcedCollections = 0,
    unresolved_discards: discarded = 0,
    table_fulls: tableFull = 0,
    ...others
  } = row;
  return {
    cpu,
    entries,
    lookups,
    hits,
    unresolved,
    forcedCollections,
    discarded,
    tableFull,
    others,
  };
}
