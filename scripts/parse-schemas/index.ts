import { z } from "zod";
import type { ParseKindName } from "../../src/cli/parse-kinds.ts";
import { count, text } from "./basics.ts";
import { counterGroups, linkCounters, neighbourCounters, softnetCounters } from "./counters.ts";
import { dockerContainers, dockerInfo, dockerNetworks } from "./docker.ts";
import { brctlBridges, bridgePorts, fdbEntries, links, vlanMemberships } from "./links.ts";
import {
  conntrackCounters,
  listeningSockets,
  namespaces,
  neighbours,
  resolverConfig,
  routes,
  routingRules,
  sysctls,
} from "./routes.ts";
import { ipSets, iptablesSave, nftRuleset } from "./rulesets.ts";

/** The value of each kind of `docknet parse`. A test holds all but the rulesets equal to the types of the model. */
export const parseSchemas = {
  "ip-addr": links,
  "ip-link": links,
  "ip-route": routes,
  "ip-rule": routingRules,
  "ip-neigh": neighbours,
  "ip-netns": namespaces,
  "bridge-link": bridgePorts,
  "bridge-fdb": fdbEntries,
  "bridge-vlan": vlanMemberships,
  "brctl-show": brctlBridges,
  "iptables-save": iptablesSave,
  "nft-ruleset": nftRuleset,
  ipset: ipSets,
  sysctl: sysctls,
  ss: listeningSockets,
  "conntrack-stat": conntrackCounters,
  "neigh-stat": neighbourCounters,
  "net-dev": linkCounters,
  "net-snmp": counterGroups,
  "net-snmp6": counterGroups,
  "softnet-stat": softnetCounters,
  "docker-info": dockerInfo,
  "docker-networks": dockerNetworks,
  "docker-containers": dockerContainers,
  "resolv-conf": resolverConfig,
} as const satisfies Readonly<Record<ParseKindName, z.ZodType>>;

const ignoredLine = z.object({
  line: count.describe("from 1; 1 in JSON, which has no lines"),
  text,
  reason: text,
});

/** JSON schema of what `docknet parse KIND` prints. Fields may be added, so others are allowed. */
export function parseSchemaText(kind: ParseKindName): string {
  const document = z.object({
    kind: z.literal(kind),
    value: parseSchemas[kind],
    ignored: z.array(ignoredLine).describe("what could not be used of the text"),
  });
  const { $schema, ...rest } = z.toJSONSchema(document, { io: "input" });
  const head = { $schema, title: `Output of docknet parse ${kind}` };
  return `${JSON.stringify({ ...head, ...rest }, undefined, 2)}\n`;
}
