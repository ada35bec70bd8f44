import type { HostQuery } from "../model/query.ts";
import { ipRuleParser } from "../parsers/ip-rule.ts";
import { ask, factFrom, inOne, orIfUnsupported } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

const ipv4: HostQuery = { kind: "command", argv: ["ip", "-j", "rule"] };
const ipv6: HostQuery = { kind: "command", argv: ["ip", "-j", "-6", "rule"] };

/** The routing policy database of both families. A kernel without IPv6 has no IPv6 rules. */
export const routingRules = defineCollector({
  fact: "routingRules",
  title: "Routing rules",
  reads: [
    {
      what: "ip -j rule",
      needs: [],
      withoutIt: "which table routes an IPv4 packet",
      loses: "fact",
    },
    {
      what: "ip -j -6 rule",
      needs: [],
      withoutIt: "which table routes an IPv6 packet",
      loses: "fact",
    },
  ],
  needs: [],
  async collect(host, { now }) {
    const [four, six] = await Promise.all([
      ask(host, ipv4, ipRuleParser("ipv4")),
      ask(host, ipv6, ipRuleParser("ipv6")),
    ]);
    const both = inOne([four, orIfUnsupported(six, [], ipv6)]);
    return factFrom(both.ok ? { ...both, value: both.value.flat() } : both, now);
  },
});
