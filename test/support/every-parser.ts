import { parseBrctlShow } from "../../src/parsers/brctl-show.ts";
import { parseBridgeLink, parseBridgeLinkText } from "../../src/parsers/bridge-link.ts";
import { parseDaemonJson } from "../../src/parsers/daemon-json.ts";
import { parsePublishedTcpPorts } from "../../src/parsers/docker/published-ports.ts";
import { parseDockerServices } from "../../src/parsers/docker/services.ts";
import { parseDockerTasks } from "../../src/parsers/docker/tasks.ts";
import {
  parseContainerIdentities,
  parseDockerContainer,
  parseDockerContainerList,
  parseDockerContainers,
} from "../../src/parsers/docker-containers.ts";
import { parseDockerInfo } from "../../src/parsers/docker-info.ts";
import {
  parseDockerNetwork,
  parseDockerNetworkList,
  parseDockerNetworks,
} from "../../src/parsers/docker-networks.ts";
import { parseDockerNodes } from "../../src/parsers/docker-nodes.ts";
import { parseDockerVersion } from "../../src/parsers/docker-version.ts";
import { parseDockerdCmdline } from "../../src/parsers/dockerd-cmdline.ts";
import { parseIpAddr, parseIpAddrText } from "../../src/parsers/ip-addr.ts";
import { parseIpNetconf } from "../../src/parsers/ip-netconf.ts";
import { parseIpNetns, parseIpNetnsText } from "../../src/parsers/ip-netns.ts";
import { ipRouteParser, parseIpRoute, parseIpRouteText } from "../../src/parsers/ip-route.ts";
import { ipRuleParser, ipRuleTextParser } from "../../src/parsers/ip-rule.ts";
import { parseBridgeFdb } from "../../src/parsers/iproute/bridge-fdb.ts";
import { parseBridgeVlan } from "../../src/parsers/iproute/bridge-vlan.ts";
import { parseIpBatch } from "../../src/parsers/iproute/ip-batch.ts";
import { parseIpNeigh } from "../../src/parsers/iproute/ip-neigh.ts";
import { parseRouteGet } from "../../src/parsers/iproute/route-get.ts";
import { parseIpsetSave } from "../../src/parsers/ipset/ipset-save.ts";
import { parseRuleCount } from "../../src/parsers/iptables/rule-count.ts";
import { parseMemory } from "../../src/parsers/memory.ts";
import { parseNftBaseChains } from "../../src/parsers/nft/base-chains.ts";
import { parseNftRulesetText } from "../../src/parsers/nft-text/nft-text.ts";
import { parseOsRelease } from "../../src/parsers/os-release.ts";
import type { Parser } from "../../src/parsers/parsed.ts";
import { parseNames, parseNumber, parseSingleLine } from "../../src/parsers/plain-text.ts";
import { parseConntrackStat } from "../../src/parsers/proc/conntrack-stat.ts";
import { parseFibTrie } from "../../src/parsers/proc/fib-trie.ts";
import { parseNeighStat } from "../../src/parsers/proc/neigh-stat.ts";
import { parseProcArp } from "../../src/parsers/proc/net-arp.ts";
import { parseNetDev } from "../../src/parsers/proc/net-dev.ts";
import { parseProcIpv6Route, parseProcRoute } from "../../src/parsers/proc/net-route.ts";
import { parseNetSnmp, parseNetSnmp6 } from "../../src/parsers/proc/net-snmp.ts";
import { procSocketParser } from "../../src/parsers/proc/net-sockets.ts";
import { sockstatParser } from "../../src/parsers/proc/sockstat.ts";
import { parseSoftnetStat } from "../../src/parsers/proc/softnet-stat.ts";
import { parseDockerProxy } from "../../src/parsers/processes/docker-proxy.ts";
import { parseResolvConf } from "../../src/parsers/resolv-conf.ts";
import { parseSs } from "../../src/parsers/ss.ts";
import { parseSysctl } from "../../src/parsers/sysctl.ts";
import { fixturesOf } from "./fixtures.ts";

const dockerProxy = [
  "/usr/bin/docker-proxy -proto tcp -host-ip 192.0.2.1 -host-port 8080",
  "-container-ip 172.17.0.2 -container-port 80 ",
]
  .join(" ")
  .replaceAll(" ", "\0");

const tasks =
  '[{"ID":"t1","ServiceID":"s1","NodeID":"n1","Slot":1,"DesiredState":"running","Status":{"State":"running","ContainerStatus":{"ContainerID":"c1"}},"NetworksAttachments":[{"Network":{"ID":"x1"},"Addresses":["10.0.1.3/24"]}]}]';

/** Each parser with the real outputs that its mutations start from. */
export const everyParser: readonly (readonly [string, Parser<unknown>, readonly string[]])[] = [
  ["ip-addr", parseIpAddr, textsOf("ip-addr")],
  ["ip-route", ipRouteParser("ipv4"), textsOf("ip-route")],
  ["ip-route of IPv6", ipRouteParser("ipv6"), textsOf("ip-route")],
  ["ip-rule", ipRuleParser("ipv4"), textsOf("ip-rule")],
  ["ip-addr text", parseIpAddrText, textsOf("ip-addr-text")],
  ["ip-route text", parseIpRouteText, textsOf("ip-route-text")],
  ["ip-rule text", ipRuleTextParser("ipv4"), textsOf("ip-rule-text")],
  ["ip-netns text", parseIpNetnsText, textsOf("ip-netns-text")],
  ["ip-neigh", parseIpNeigh, textsOf("ip-neigh")],
  ["route-get", parseRouteGet, textsOf("route-get")],
  ["nft-ruleset text", parseNftRulesetText, textsOf("nft-ruleset-text")],
  ["bridge-link text", parseBridgeLinkText, textsOf("bridge-link-text")],
  ["bridge-fdb", parseBridgeFdb, textsOf("bridge-fdb")],
  ["bridge-vlan", parseBridgeVlan, textsOf("bridge-vlan")],
  ["conntrack-stat", parseConntrackStat, textsOf("conntrack-stat")],
  ["neigh-stat", parseNeighStat, textsOf("neigh-stat")],
  ["net-dev", parseNetDev, textsOf("net-dev")],
  ["net-snmp", parseNetSnmp, textsOf("net-snmp")],
  ["net-snmp6", parseNetSnmp6, textsOf("net-snmp6")],
  ["ip-batch", parseIpBatch, textsOf("ip-batch")],
  ["TCP sockets of /proc", procSocketParser("tcp"), textsOf("net-sockets-tcp")],
  ["UDP sockets of /proc", procSocketParser("udp"), textsOf("net-sockets-udp")],
  ["sockstat", sockstatParser("TCP"), textsOf("sockstat")],
  ["routes of /proc", parseProcRoute, textsOf("net-route")],
  ["IPv6 routes of /proc", parseProcIpv6Route, textsOf("ipv6-route")],
  ["fib_trie", parseFibTrie, textsOf("fib-trie")],
  ["arp of /proc", parseProcArp, textsOf("net-arp")],
  ["softnet-stat", parseSoftnetStat, textsOf("softnet-stat")],
  ["resolv-conf", parseResolvConf, textsOf("resolv-conf")],
  ["ip-netconf", parseIpNetconf, textsOf("ip-netconf")],
  ["ip-netns", parseIpNetns, textsOf("ip-netns")],
  ["bridge-link", parseBridgeLink, textsOf("bridge-link")],
  ["brctl-show", parseBrctlShow, textsOf("brctl-show")],
  ["ipset", parseIpsetSave, textsOf("ipset")],
  ["sysctl", parseSysctl, textsOf("sysctl")],
  ["ss", parseSs, textsOf("ss")],
  ["os-release", parseOsRelease, textsOf("os-release")],
  ["memory", parseMemory, textsOf("memory")],
  ["docker-version", parseDockerVersion, textsOf("docker-version")],
  ["docker-info", parseDockerInfo, textsOf("docker-info")],
  ["docker-networks", parseDockerNetwork, textsOf("docker-networks")],
  ["docker-network-list", parseDockerNetworkList, textsOf("docker-network-list")],
  ["docker-containers", parseDockerContainer, textsOf("docker-containers")],
  ["docker-container-list", parseDockerContainerList, textsOf("docker-container-list")],
  ["container identities", parseContainerIdentities, textsOf("docker-container-list")],
  ["published ports", parsePublishedTcpPorts, textsOf("docker-container-list")],
  ["docker-nodes", parseDockerNodes, textsOf("docker-nodes")],
  ["daemon-json", parseDaemonJson, ['{"iptables":true,"ip-masq":false}']],
  ["dockerd-cmdline", parseDockerdCmdline, ["dockerd\0--iptables=false\0"]],
  ["several docker-networks", parseDockerNetworks, textsOf("docker-networks")],
  ["several docker-containers", parseDockerContainers, textsOf("docker-containers")],
  ["ip-route of either family", parseIpRoute, textsOf("ip-route")],
  ["docker-services", parseDockerServices, textsOf("docker-services")],
  ["docker-tasks", parseDockerTasks, [tasks]],
  ["docker-proxy", parseDockerProxy, [dockerProxy]],
  ["nft-base-chains", parseNftBaseChains, textsOf("nft-base-chains")],
  ["rule count", parseRuleCount, textsOf("iptables-save")],
  ["sockstat6", sockstatParser("TCP6"), textsOf("sockstat6")],
  ["number", parseNumber, ["262144\n"]],
  ["plain-text", parseSingleLine, ["6.18.44\n"]],
  ["names", parseNames, ["nat\nfilter\n"]],
];

function textsOf(folder: string): readonly string[] {
  return fixturesOf(folder).map(({ text }) => text);
}
