import { unknown } from "../model/facts.ts";
import { unparsable } from "../model/failure.ts";
import type { Link } from "../model/link.ts";
import type { LinkCounters } from "../model/link-details.ts";
import type { HostQuery } from "../model/query.ts";
import { parseIpAddr } from "../parsers/ip-addr.ts";
import { parseNetDev } from "../parsers/proc/net-dev.ts";
import { ask, factFrom } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

const linksQuery: HostQuery = { kind: "command", argv: ["ip", "-j", "-d", "addr"] };
const countersQuery: HostQuery = { kind: "file", path: "/proc/net/dev" };

/**
 * Links of the host's network namespace with their addresses. Their counters come from /proc, which costs a fraction of what
 * `ip -s` does; links without them are as good as any.
 */
export const links = defineCollector({
  fact: "links",
  title: "Links, their addresses and counters",
  reads: [
    {
      what: "ip -j -d addr",
      needs: [],
      withoutIt: "links, their states, MTUs and addresses",
      loses: "fact",
    },
    { what: "cat /proc/net/dev", needs: [], withoutIt: "counters of links", loses: "part" },
  ],
  needs: [],
  async collect(host, { now }) {
    const [all, counters] = await Promise.all([
      ask(host, linksQuery, parseIpAddr),
      ask(host, countersQuery, parseNetDev),
    ]);
    if (all.ok && all.value.length === 0) return unknown(noLink);
    if (!all.ok || !counters.ok) return factFrom(all, now);
    const value = withCounters(all.value, counters.value);
    return factFrom({ ...all, value, sources: [...all.sources, ...counters.sources] }, now);
  },
});

/** Every network namespace has `lo`. */
const noLink = unparsable("`ip -j -d addr` lists no link, not even lo; run it by hand and compare");

function withCounters(all: readonly Link[], counters: readonly LinkCounters[]): readonly Link[] {
  const byName = new Map(counters.map((each) => [each.ifname, each]));
  return all.map((link) => {
    const own = byName.get(link.ifname);
    if (own === undefined) return link;
    return { ...link, statistics: { received: own.received, sent: own.sent } };
  });
}
