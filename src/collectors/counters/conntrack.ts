import type { HostPort } from "../../host/port.ts";
import type { ConntrackCpuCounters } from "../../model/counters/conntrack.ts";
import { absent, known, unknown } from "../../model/facts.ts";
import type { HostQuery } from "../../model/query.ts";
import { parseNumber } from "../../parsers/plain-text.ts";
import { parseConntrackStat } from "../../parsers/proc/conntrack-stat.ts";
import { type Answer, ask, orIfMissing } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";

const statQuery: HostQuery = { kind: "file", path: "/proc/net/stat/nf_conntrack" };
const commandQuery: HostQuery = { kind: "command", argv: ["conntrack", "-S"] };

/**
 * The table of tracked connections. Its files need no capability; only a kernel without /proc/net/stat/nf_conntrack
 * (CONFIG_NF_CONNTRACK_PROCFS) makes conntrack(8) necessary for the counters, and that one needs CAP_NET_ADMIN.
 */
export const conntrack = defineCollector({
  fact: "conntrack",
  title: "Use of the table of tracked connections",
  reads: [
    {
      what: "cat /proc/sys/net/netfilter/nf_conntrack_{count,max,buckets}",
      needs: [],
      withoutIt: "how full the table is",
      loses: "fact",
    },
    {
      what: "cat /proc/net/stat/nf_conntrack",
      needs: [],
      withoutIt: "connections that were dropped, by CPU",
      loses: "part",
    },
    {
      what: "conntrack -S",
      where: "that file is not there",
      needs: ["CAP_NET_ADMIN"],
      withoutIt: "connections that were dropped, by CPU",
      loses: "part",
    },
  ],
  needs: [],
  async collect(host, { now }) {
    const [entries, limit, buckets, cpus] = await Promise.all([
      setting(host, "count"),
      setting(host, "max"),
      setting(host, "buckets"),
      counters(host),
    ]);
    for (const answer of [entries, limit, buckets]) {
      if (!answer.ok) return unknown(answer.failure);
    }
    if (!entries.ok || !limit.ok || entries.value === undefined || limit.value === undefined) {
      return absent("this kernel tracks no connections: nf_conntrack is not loaded");
    }
    const value = {
      entries: entries.value,
      limit: limit.value,
      ...(buckets.ok && buckets.value !== undefined ? { buckets: buckets.value } : {}),
      ...(cpus.ok ? { cpus: cpus.value } : {}),
    };
    const sources = [entries, limit, buckets, cpus].flatMap((answer) =>
      answer.ok ? answer.sources : [],
    );
    const gaps = cpus.ok ? [] : [`counters of connection tracking: ${cpus.failure.message}`];
    return known(value, { at: now, sources, ignored: cpus.ok ? cpus.ignored : [], gaps });
  },
});

async function setting(
  host: HostPort,
  name: "count" | "max" | "buckets",
): Promise<Answer<number | undefined>> {
  const path = `/proc/sys/net/netfilter/nf_conntrack_${name}` as const;
  const query = { kind: "file", path } as const;
  return orIfMissing(await ask(host, query, parseNumber), query);
}

async function counters(host: HostPort): Promise<Answer<readonly ConntrackCpuCounters[]>> {
  const file = await ask(host, statQuery, parseConntrackStat);
  if (file.ok || file.failure.kind !== "not-found") return file;
  return ask(host, commandQuery, parseConntrackStat);
}
