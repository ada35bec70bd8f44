import { parseIpNeigh } from "../../parsers/iproute/ip-neigh.ts";
import { askFact } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";

/** ARP and NDP entries: iproute2 lists those of both families in one answer. */
export const neighbours = defineCollector({
  fact: "neighbours",
  title: "Neighbours of both address families",
  reads: [{ what: "ip -j neigh", needs: [], withoutIt: "ARP and NDP entries", loses: "fact" }],
  needs: [],
  collect: (host, { now }) =>
    askFact(host, now, {
      query: { kind: "command", argv: ["ip", "-j", "neigh"] },
      parser: parseIpNeigh,
    }),
});
