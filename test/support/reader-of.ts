import type { HostQuery } from "../../src/model/query.ts";
import { parseBrctlShow } from "../../src/parsers/brctl-show.ts";
import { parseBridgeLink } from "../../src/parsers/bridge-link.ts";
import { parseDaemonJson } from "../../src/parsers/daemon-json.ts";
import { parseDockerServices } from "../../src/parsers/docker/services.ts";
import { parseDockerTasks } from "../../src/parsers/docker/tasks.ts";
import {
  parseDockerContainer,
  parseDockerContainerList,
} from "../../src/parsers/docker-containers.ts";
import { parseDockerInfo } from "../../src/parsers/docker-info.ts";
import { parseDockerNetwork, parseDockerNetworkList } from "../../src/parsers/docker-networks.ts";
import { parseDockerNodes } from "../../src/parsers/docker-nodes.ts";
import { parseDockerVersion } from "../../src/parsers/docker-version.ts";
import { parseDockerdCmdline } from "../../src/parsers/dockerd-cmdline.ts";
import { parseIpAddr } from "../../src/parsers/ip-addr.ts";
import { parseIpNetconf } from "../../src/parsers/ip-netconf.ts";
import { parseIpNetns } from "../../src/parsers/ip-netns.ts";
import { parseIpRoute } from "../../src/parsers/ip-route.ts";
import { ipRuleParser } from "../../src/parsers/ip-rule.ts";
import { parseBridgeFdb } from "../../src/parsers/iproute/bridge-fdb.ts";
import { parseBridgeVlan } from "../../src/parsers/iproute/bridge-vlan.ts";
import { parseIpBatch } from "../../src/parsers/iproute/ip-batch.ts";
import { parseIpNeigh } from "../../src/parsers/iproute/ip-neigh.ts";
import { parseRouteGet } from "../../src/parsers/iproute/route-get.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { parseMemory } from "../../src/parsers/memory.ts";
import { parseNftBaseChains } from "../../src/parsers/nft/base-chains.ts";
import { parseNftRuleset } from "../../src/parsers/nft-ruleset.ts";
import { parseOsRelease } from "../../src/parsers/os-release.ts";
import type { Parser } from "../../src/parsers/parsed.ts";
import { parseNames, parseNumber, parseSingleLine } from "../../src/parsers/plain-text.ts";
import { parseConntrackStat } from "../../src/parsers/proc/conntrack-stat.ts";
import { parseNeighStat } from "../../src/parsers/proc/neigh-stat.ts";
import { parseProcArp } from "../../src/parsers/proc/net-arp.ts";
import { parseNetDev } from "../../src/parsers/proc/net-dev.ts";
import { parseNetSnmp, parseNetSnmp6 } from "../../src/parsers/proc/net-snmp.ts";
import { procSocketParser } from "../../src/parsers/proc/net-sockets.ts";
import { sockstatParser } from "../../src/parsers/proc/sockstat.ts";
import { parseSoftnetStat } from "../../src/parsers/proc/softnet-stat.ts";
import { parseDockerProxy } from "../../src/parsers/processes/docker-proxy.ts";
import { parseResolvConf } from "../../src/parsers/resolv-conf.ts";
import { parseSs } from "../../src/parsers/ss.ts";
import { parseSysctl } from "../../src/parsers/sysctl.ts";

/** What docknet reads each of its questions with, by how the question begins as a person would type it. The first that fits. */
const readers: readonly (readonly [RegExp, Parser<unknown>])[] = [
  [/^ip -j -d -b -/, parseIpBatch],
  [/^ip -j -d addr/, parseIpAddr],
  [/^ip -j (?:-6 )?route /, parseIpRoute],
  [/^ip -j -6 rule/, ipRuleParser("ipv6")],
  [/^ip -j rule/, ipRuleParser("ipv4")],
  [/^ip -j neigh/, parseIpNeigh],
  [/^ip -j netconf/, parseIpNetconf],
  [/^ip -j netns/, parseIpNetns],
  [/^bridge -j -d link/, parseBridgeLink],
  [/^bridge -j fdb/, parseBridgeFdb],
  [/^bridge -j vlan/, parseBridgeVlan],
  [/^brctl show/, parseBrctlShow],
  [/^iptables-save --version/, parseSingleLine],
  [/^ip6?tables(?:-nft|-legacy)?-save/, parseIptablesSave],
  [/^ip -j (?:-6 )?route get /, parseRouteGet],
  [/^nft -j list ruleset/, parseNftRuleset],
  [/^nft -j list chains/, parseNftBaseChains],
  [/^ss /, parseSs],
  [/^sysctl /, parseSysctl],
  [/^conntrack -S/, parseConntrackStat],
  [/^docker \/version/, parseDockerVersion],
  [/^docker \/info/, parseDockerInfo],
  [/^docker \/networks\/./, parseDockerNetwork],
  [/^docker \/networks/, parseDockerNetworkList],
  [/^docker \/containers\/json/, parseDockerContainerList],
  [/^docker \/containers\//, parseDockerContainer],
  [/^docker \/nodes/, parseDockerNodes],
  [/^docker \/services/, parseDockerServices],
  [/^docker \/tasks/, parseDockerTasks],
  [/^directory /, parseNames],
  [/^system memory/, parseMemory],
  [/^file .*\/daemon\.json$/, parseDaemonJson],
  [/^file \/etc\/os-release$/, parseOsRelease],
  [/^file .*\/resolv\.conf$/, parseResolvConf],
  [/^file .*\.pid$/, parseNumber],
  [/^file .*\/ip6?_tables_names$/, parseNames],
  [/^file .*\/net\/dev$/, parseNetDev],
  [/^file .*\/net\/(?:snmp|netstat)$/, parseNetSnmp],
  [/^file .*\/net\/snmp6$/, parseNetSnmp6],
  [/^file .*\/net\/softnet_stat$/, parseSoftnetStat],
  [/^file .*\/net\/stat\/nf_conntrack$/, parseConntrackStat],
  [/^file .*\/net\/stat\/(?:arp|ndisc)_cache$/, parseNeighStat],
  [/^file .*\/net\/sockstat$/, sockstatParser("TCP")],
  [/^file .*\/net\/sockstat6$/, sockstatParser("TCP6")],
  [/^file .*\/net\/tcp6?$/, procSocketParser("tcp")],
  [/^file .*\/net\/udp6?$/, procSocketParser("udp")],
  [/^file .*\/net\/arp$/, parseProcArp],
  [/^file \/proc\/sys\/kernel\//, parseSingleLine],
  [/^file \/proc\/sys\/net\//, parseNumber],
];

/** The parser of the answer to a question; undefined for a question that the corpus is not known to hold. */
export function readerOf(query: HostQuery, answer: string): Parser<unknown> | undefined {
  const line = lineOf(query);
  // The command line of a process says itself whose it is.
  if (/^file \/proc\/\d+\/cmdline$/.test(line)) {
    return answer.includes("docker-proxy") ? parseDockerProxy : parseDockerdCmdline;
  }
  return readers.find(([begin]) => begin.test(line))?.[1];
}

function lineOf(query: HostQuery): string {
  switch (query.kind) {
    case "command":
      return query.argv.join(" ");
    case "system":
      return `system ${query.topic}`;
    default:
      return `${query.kind} ${query.path}`;
  }
}
