import type { ConntrackCpuCounters } from "../../model/counters/conntrack.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { fieldsOf, type Line, linesOf } from "../support/lines.ts";
import { type NumbersByName, oddRow, parseCpuRows } from "./cpu-rows.ts";

/**
 * /proc/net/stat/nf_conntrack, a row of hexadecimal numbers for each possible CPU, or `conntrack -S`, `name=number` for each CPU.
 */
export function parseConntrackStat(text: string): Parsed<readonly ConntrackCpuCounters[]> {
  const lines = linesOf(text);
  if (lines[0]?.text.startsWith("cpu=") === true) return readAssignments(lines);
  const read = parseCpuRows(text, "entries");
  if (!read.ok) return read;
  return parsed(read.value.map((row, cpu) => cpuOf({ cpu, ...row })));
}

/** What `conntrack -S` prints. */
function readAssignments(lines: readonly Line[]): Parsed<readonly ConntrackCpuCounters[]> {
  const cpus: ConntrackCpuCounters[] = [];
  for (const line of lines) {
    const counters = assignments(line);
    if (counters === undefined) return oddRow(line, "the counters of a CPU");
    cpus.push(cpuOf(counters));
  }
  return parsed(cpus);
}

/** `cpu=0 found=0 invalid=2 …` */
function assignments(line: Line): NumbersByName | undefined {
  const pairs = fieldsOf(line.text).map((word) => /^([a-z_]+)=(\d{1,15})$/.exec(word));
  if (pairs.includes(null) || pairs[0]?.[1] !== "cpu") return undefined;
  return Object.fromEntries(pairs.map((pair) => [`${pair?.[1]}`, Number(pair?.[2])]));
}

function cpuOf(counters: NumbersByName): ConntrackCpuCounters {
  const {
    cpu = 0,
    entries,
    found = 0,
    invalid = 0,
    insert_failed: insertFailed = 0,
    drop: dropped = 0,
    early_drop: earlyDropped = 0,
    // The column of /proc has the older name.
    icmp_error: icmpErrors = 0,
    error: errors = icmpErrors,
    search_restart: searchRestarts = 0,
    clashres,
    clash_resolve: clashesResolved = clashres,
    chainlength,
    chaintoolong: chainsTooLong = chainlength,
    ...others
  } = counters;
  return defined({
    cpu,
    entries,
    found,
    invalid,
    insertFailed,
    dropped,
    earlyDropped,
    errors,
    searchRestarts,
    clashesResolved,
    chainsTooLong,
    others,
  });
}
