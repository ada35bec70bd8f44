import type { SoftnetCpuCounters } from "../../model/counters/network-counters.ts";
import { unparsable } from "../../model/failure.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { fieldsOf, linesOf } from "../support/lines.ts";
import { hexNumbers, oddRow } from "./cpu-rows.ts";

/**
 * /proc/net/softnet_stat: a row of hexadecimal numbers for each CPU that is online. It has no names: newer kernels add columns at the
 * end (net/core/net-procfs.c), the CPU's number as the thirteenth.
 */
export function parseSoftnetStat(text: string): Parsed<readonly SoftnetCpuCounters[]> {
  const lines = linesOf(text);
  if (lines.length === 0) return { ok: false, failure: unparsable("the answer is empty") };
  const cpus: SoftnetCpuCounters[] = [];
  for (const [index, line] of lines.entries()) {
    const numbers = hexNumbers(fieldsOf(line.text));
    if (numbers === undefined || numbers.length < 9) return oddRow(line, "the counters of a CPU");
    cpus.push(cpuOf(numbers, index));
  }
  return parsed(cpus);
}

function cpuOf(numbers: readonly number[], index: number): SoftnetCpuCounters {
  const [processed = 0, dropped = 0, timeSqueezed = 0] = numbers;
  const [steered, flowLimited, queued, cpu = index] = numbers.slice(9);
  return defined({
    cpu,
    processed,
    dropped,
    timeSqueezed,
    steered,
    flowLimited,
    queued,
    others: numbers.slice(13),
  });
}
