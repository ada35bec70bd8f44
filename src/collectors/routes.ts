import type { HostQuery } from "../model/query.ts";
import { ipRouteParser } from "../parsers/ip-route.ts";
import { ask, factFrom, inOne, orIfUnsupported } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

const ipv4: HostQuery = {
  kind: "command",
  argv: ["ip", "-j", "route", "show", "table", "all"],
};
const ipv6: HostQuery = {
  kind: "command",
  argv: ["ip", "-j", "-6", "route", "show", "table", "all"],
};

/** Routes of all tables and both families. A kernel without IPv6 has no IPv6 routes. */
export const routes = defineCollector({
  fact: "routes",
  title: "Routes of all tables",
  reads: [
    {
      what: "ip -j route show table all",
      needs: [],
      withoutIt: "where IPv4 packets go",
      loses: "fact",
    },
    {
      what: "ip -j -6 route show table all",
      needs: [],
      withoutIt: "where IPv6 packets go",
      loses: "fact",
    },
  ],
  needs: [],
  async collect(host, { now }) {
    const [four, six] = await Promise.all([
      ask(host, ipv4, ipRouteParser("ipv4")),
      ask(host, ipv6, ipRouteParser("ipv6")),
    ]);
    const both = inOne([four, orIfUnsupported(six, [], ipv6)]);
    return factFrom(both.ok ? { ...both, value: both.value.flat() } : both, now);
  },
});
