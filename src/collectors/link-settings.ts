import { parseIpNetconf } from "../parsers/ip-netconf.ts";
import { askFact } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

/** Forwarding and reverse path filter of every link; `sysctl -a` would take seconds on a host with many. */
export const linkSettings = defineCollector({
  fact: "linkSettings",
  title: "Network settings per link",
  reads: [
    {
      what: "ip -j netconf",
      needs: [],
      withoutIt: "forwarding and the reverse path filter of each link",
      loses: "fact",
    },
  ],
  needs: [],
  collect: (host, { now }) =>
    askFact(host, now, {
      query: { kind: "command", argv: ["ip", "-j", "netconf"] },
      parser: parseIpNetconf,
    }),
});
