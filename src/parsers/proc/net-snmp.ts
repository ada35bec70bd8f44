import type { CounterGroups } from "../../model/counters/network-counters.ts";
import { unparsable } from "../../model/failure.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { fieldsOf, type Line, linesOf } from "../support/lines.ts";
import { oddRow } from "./cpu-rows.ts";

/** /proc/net/snmp and /proc/net/netstat: for each group a line of names, then a line of numbers. */
export function parseNetSnmp(text: string): Parsed<CounterGroups> {
  const lines = linesOf(text);
  if (lines.length === 0) return { ok: false, failure: unparsable("the answer is empty") };
  const groups = new Map<string, Readonly<Record<string, number>>>();
  for (let at = 0; at < lines.length; at += 2) {
    const [names, numbers] = [lines[at], lines[at + 1]];
    const group = names === undefined ? undefined : groupOf(names.text);
    if (names === undefined || group === undefined) {
      return oddRow(names ?? noLine, "the names of counters");
    }
    const counters = countersIn(group, numbers?.text ?? "");
    if (counters === undefined) return oddRow(numbers ?? names, `the numbers of ${group.name}`);
    groups.set(group.name, counters);
  }
  return parsed(Object.fromEntries(groups));
}

/** /proc/net/snmp6: `Ip6InReceives 7`; the group's name is the beginning up to its 6. */
export function parseNetSnmp6(text: string): Parsed<CounterGroups> {
  const lines = linesOf(text);
  if (lines.length === 0) return { ok: false, failure: unparsable("the answer is empty") };
  const groups = new Map<string, [string, number][]>();
  for (const line of lines) {
    const [, group, name, number] =
      /^([A-Za-z]+6)([A-Za-z]\w*)\s+(\d{1,20})\s*$/.exec(line.text) ?? [];
    if (group === undefined || name === undefined) return oddRow(line, "a counter of IPv6");
    const counters = groups.get(group) ?? [];
    groups.set(group, counters);
    counters.push([name, Number(number)]);
  }
  return parsed(
    Object.fromEntries(
      [...groups].map(([group, counters]) => [group, Object.fromEntries(counters)]),
    ),
  );
}

interface Group {
  readonly name: string;
  readonly counters: readonly string[];
}

const noLine: Line = { number: 1, text: "" };

function groupOf(text: string): Group | undefined {
  const [head = "", ...counters] = fieldsOf(text);
  const [, name] = /^([A-Za-z]\w*):$/.exec(head) ?? [];
  if (name === undefined || counters.length === 0) return undefined;
  return counters.every((word) => /^[A-Za-z]\w*$/.test(word)) ? { name, counters } : undefined;
}

function countersIn(group: Group, text: string): Readonly<Record<string, number>> | undefined {
  const [head, ...numbers] = fieldsOf(text);
  if (head !== `${group.name}:` || numbers.length !== group.counters.length) return undefined;
  // Tcp MaxConn is -1 where there is no limit.
  if (!numbers.every((word) => /^-?\d{1,20}$/.test(word))) return undefined;
  return Object.fromEntries(group.counters.map((name, index) => [name, Number(numbers[index])]));
}
