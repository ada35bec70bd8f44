import { type CounterGroups, networkCountersOf } from "../../model/counters/network-counters.ts";
import { parseNetSnmp, parseNetSnmp6 } from "../../parsers/proc/net-snmp.ts";
import { parseSoftnetStat } from "../../parsers/proc/softnet-stat.ts";
import { ask, factFrom, inOne, orIfMissing } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";

const softnetQuery = { kind: "file", path: "/proc/net/softnet_stat" } as const;
const snmpQuery = { kind: "file", path: "/proc/net/snmp" } as const;
const extendedQuery = { kind: "file", path: "/proc/net/netstat" } as const;
const snmp6Query = { kind: "file", path: "/proc/net/snmp6" } as const;

/** What the kernel counted and dropped since it booted. A kernel without IPv6 has no counters of IPv6. */
export const networkCounters = defineCollector({
  fact: "networkCounters",
  title: "Packets that the kernel counted and dropped",
  reads: [
    {
      what: "cat /proc/net/softnet_stat",
      needs: [],
      withoutIt: "packets that a CPU dropped",
      loses: "fact",
    },
    {
      what: "cat /proc/net/snmp",
      needs: [],
      withoutIt: "errors of IPv4, UDP and TCP",
      loses: "fact",
    },
    {
      what: "cat /proc/net/netstat",
      needs: [],
      withoutIt: "why TCP and IPv4 dropped packets",
      loses: "fact",
    },
    { what: "cat /proc/net/snmp6", needs: [], withoutIt: "errors of IPv6", loses: "fact" },
  ],
  needs: [],
  async collect(host, { now }) {
    const [softnet, snmp, extended, snmp6] = await Promise.all([
      ask(host, softnetQuery, parseSoftnetStat),
      ask(host, snmpQuery, parseNetSnmp),
      ask(host, extendedQuery, parseNetSnmp),
      ask(host, snmp6Query, parseNetSnmp6),
    ]);
    const protocols = inOne([snmp, extended, orIfMissing(snmp6, snmp6Query)]);
    if (!softnet.ok) return factFrom(softnet, now);
    if (!protocols.ok) return factFrom(protocols, now);
    const groups: CounterGroups = Object.fromEntries(
      protocols.value.flatMap((some) => Object.entries(some ?? {})),
    );
    const sources = [...softnet.sources, ...protocols.sources];
    const value = networkCountersOf(groups, softnet.value);
    return factFrom({ ok: true, value, sources, ignored: [] }, now);
  },
});
