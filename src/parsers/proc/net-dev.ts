import { unparsable } from "../../model/failure.ts";
import type { LinkCounters, TrafficCounters } from "../../model/link-details.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { fieldsOf, linesOf } from "../support/lines.ts";
import { oddRow } from "./cpu-rows.ts";

/** /proc/net/dev: two lines of column names, then one for each link, received before sent. */
export function parseNetDev(text: string): Parsed<readonly LinkCounters[]> {
  const [sides, names, ...lines] = linesOf(text);
  if (sides === undefined) return { ok: false, failure: unparsable("the answer is empty") };
  const [, received = [], sent = []] = (names?.text ?? "").split("|").map(fieldsOf);
  if (!sides.text.startsWith("Inter-|") || !received.includes("bytes") || !sent.includes("bytes")) {
    return oddRow(names ?? sides, "the columns of /proc/net/dev");
  }
  const links: LinkCounters[] = [];
  for (const line of lines) {
    // No link's name holds a colon. Old kernels set no space behind it.
    const colon = line.text.indexOf(":");
    const ifname = line.text.slice(0, Math.max(0, colon)).trim();
    const numbers = fieldsOf(line.text.slice(colon + 1));
    const complete = numbers.length === received.length + sent.length;
    if (ifname === "" || !complete || !numbers.every((word) => /^\d{1,20}$/.test(word))) {
      return oddRow(line, "the counters of a link");
    }
    links.push({
      ifname,
      received: countersOf(received, numbers.slice(0, received.length)),
      sent: countersOf(sent, numbers.slice(received.length)),
    });
  }
  return parsed(links);
}

function countersOf(columns: readonly string[], numbers: readonly string[]): TrafficCounters {
  const count = (name: string): number => Number(numbers[columns.indexOf(name)] ?? 0);
  return {
    bytes: count("bytes"),
    packets: count("packets"),
    errors: count("errs"),
    dropped: count("drop"),
  };
}
