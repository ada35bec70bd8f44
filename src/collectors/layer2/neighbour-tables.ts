import type { HostPort } from "../../host/port.ts";
import type { NeighbourLimits, NeighbourTable } from "../../model/counters/neighbour-table.ts";
import { absent } from "../../model/facts.ts";
import type { Family } from "../../model/ip.ts";
import { parseNumber } from "../../parsers/plain-text.ts";
import { parseNeighStat } from "../../parsers/proc/neigh-stat.ts";
import { type Answer, ask, factFrom, inOne, orIfMissing } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";

/**
 * How full the neighbour tables are. The kernel shows them and their limits in its first network namespace only: a docknet that runs
 * in another one finds nothing, and that is no fault.
 */
export const neighbourTables = defineCollector({
  fact: "neighbourTables",
  title: "Use of the neighbour tables and their limits",
  reads: [
    {
      what: "cat /proc/net/stat/arp_cache",
      needs: [],
      withoutIt: "use of the IPv4 neighbour table",
      loses: "fact",
    },
    {
      what: "cat /proc/net/stat/ndisc_cache",
      needs: [],
      withoutIt: "use of the IPv6 neighbour table",
      loses: "fact",
    },
    {
      what: "cat /proc/sys/net/{ipv4,ipv6}/neigh/default/gc_thresh{1,2,3}",
      needs: [],
      withoutIt: "limits of the neighbour tables",
      loses: "fact",
    },
  ],
  needs: [],
  async collect(host, { now }) {
    const tables = inOne(await Promise.all([tableOf(host, "ipv4"), tableOf(host, "ipv6")]));
    if (!tables.ok) return factFrom(tables, now);
    const shown = tables.value.filter(({ cpus, limits }) => (cpus ?? limits) !== undefined);
    if (shown.length === 0) {
      return absent("the kernel shows its neighbour tables in its first network namespace only");
    }
    return factFrom({ ...tables, value: shown }, now);
  },
});

async function tableOf(host: HostPort, family: Family): Promise<Answer<NeighbourTable>> {
  const file = family === "ipv4" ? "arp_cache" : "ndisc_cache";
  const query = { kind: "file", path: `/proc/net/stat/${file}` } as const;
  const [cpus, limits] = await Promise.all([
    ask(host, query, parseNeighStat),
    limitsOf(host, family),
  ]);
  const both = inOne<unknown>([orIfMissing(cpus, query), limits]);
  if (!both.ok) return both;
  const table: NeighbourTable = {
    family,
    ...(cpus.ok ? { cpus: cpus.value } : {}),
    ...(limits.ok && limits.value !== undefined ? { limits: limits.value } : {}),
  };
  return { ...both, value: table };
}

async function limitsOf(
  host: HostPort,
  family: Family,
): Promise<Answer<NeighbourLimits | undefined>> {
  const answers = await Promise.all(
    [1, 2, 3].map(async (index) => {
      const path = `/proc/sys/net/${family}/neigh/default/gc_thresh${index}` as const;
      const query = { kind: "file", path } as const;
      return orIfMissing(await ask(host, query, parseNumber), query);
    }),
  );
  const all = inOne(answers);
  if (!all.ok) return all;
  const [least, soft, hard] = all.value;
  const complete = least !== undefined && soft !== undefined && hard !== undefined;
  return { ...all, value: complete ? { least, soft, hard } : undefined };
}
