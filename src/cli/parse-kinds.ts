import type { Family } from "../model/ip.ts";
import { parseBrctlShow } from "../parsers/brctl-show.ts";
import { parseBridgeLink, parseBridgeLinkText } from "../parsers/bridge-link.ts";
import { parseDockerContainers } from "../parsers/docker-containers.ts";
import { parseDockerInfo } from "../parsers/docker-info.ts";
import { parseDockerNetworks } from "../parsers/docker-networks.ts";
import { parseIpAddr, parseIpAddrText } from "../parsers/ip-addr.ts";
import { parseIpNetns, parseIpNetnsText } from "../parsers/ip-netns.ts";
import { parseIpRoute, parseIpRouteText } from "../parsers/ip-route.ts";
import { ipRuleParser, ipRuleTextParser } from "../parsers/ip-rule.ts";
import { parseBridgeFdb } from "../parsers/iproute/bridge-fdb.ts";
import { parseBridgeVlan } from "../parsers/iproute/bridge-vlan.ts";
import { parseIpNeigh } from "../parsers/iproute/ip-neigh.ts";
import { parseIpsetSave } from "../parsers/ipset/ipset-save.ts";
import { printIptablesSave } from "../parsers/iptables/print.ts";
import { parseIptablesSave } from "../parsers/iptables-save.ts";
import { printNftRuleset } from "../parsers/nft/print.ts";
import { parseNftRuleset } from "../parsers/nft-ruleset.ts";
import { parseNftRulesetText } from "../parsers/nft-text/nft-text.ts";
import type { Parsed } from "../parsers/parsed.ts";
import { parseConntrackStat } from "../parsers/proc/conntrack-stat.ts";
import { parseNeighStat } from "../parsers/proc/neigh-stat.ts";
import { parseNetDev } from "../parsers/proc/net-dev.ts";
import { parseNetSnmp, parseNetSnmp6 } from "../parsers/proc/net-snmp.ts";
import { parseSoftnetStat } from "../parsers/proc/softnet-stat.ts";
import { parseResolvConf } from "../parsers/resolv-conf.ts";
import { parseSs } from "../parsers/ss.ts";
import { isJson } from "../parsers/support/text-entries.ts";
import { parseSysctl } from "../parsers/sysctl.ts";

/** A parser that may be told the address family, where the output does not say it. */
type FormParser<T> = (text: string, family?: Family) => Parsed<T>;

/** Told apart by how the text begins; `only` where the program has but one form. */
type Forms<T> =
  | { readonly text: FormParser<T>; readonly json: FormParser<T> }
  | { readonly only: FormParser<T> };

/** One format of `docknet parse`: what a program prints for people, what it prints as JSON, or both. */
export interface ParseKind<Name extends string = string, T = unknown> {
  readonly kind: Name;
  /** Commands or files whose output it is, the JSON form last. */
  readonly from: readonly string[];
  readonly forms: Forms<T>;
  /** The text of a ruleset, from its typed form alone. A method, so that the list can hold printers of every type. */
  print?(value: T): string;
}

/** Every format, in the order in which `docknet parse --list` names them. */
export const parseKinds = [
  kind({
    kind: "ip-addr",
    from: ["ip [-d] [-s] addr", "ip -j [-d] [-s] addr"],
    forms: { text: parseIpAddrText, json: parseIpAddr },
  }),
  kind({
    kind: "ip-link",
    from: ["ip [-d] [-s] link", "ip -j [-d] [-s] link"],
    forms: { text: parseIpAddrText, json: parseIpAddr },
  }),
  kind({
    kind: "ip-route",
    from: [
      "ip [-6] [-d] route show table all",
      "ip route get ADDRESS",
      "ip -j [-6] route show table all",
    ],
    forms: { text: parseIpRouteText, json: parseIpRoute },
  }),
  kind({
    kind: "ip-rule",
    from: ["ip [-6] rule", "ip -j [-6] rule"],
    forms: {
      text: (text, family) =>
        ipRuleTextParser(family ?? familyIn(text, /\b(?:from|to) [0-9a-f]*:/i))(text),
      json: (text, family) =>
        ipRuleParser(family ?? familyIn(text, /"(?:src|dst)"\s*:\s*"[0-9a-f]*:/i))(text),
    },
  }),
  kind({
    kind: "ip-neigh",
    from: ["ip [-s] neigh", "ip -j [-s] neigh"],
    forms: { text: parseIpNeigh, json: parseIpNeigh },
  }),
  kind({
    kind: "ip-netns",
    from: ["ip netns list", "ip -j netns list"],
    forms: { text: parseIpNetnsText, json: parseIpNetns },
  }),
  kind({
    kind: "bridge-link",
    from: ["bridge -d link", "bridge -j -d link"],
    forms: { text: parseBridgeLinkText, json: parseBridgeLink },
  }),
  kind({
    kind: "bridge-fdb",
    from: ["bridge [-s] fdb", "bridge -j [-s] fdb"],
    forms: { text: parseBridgeFdb, json: parseBridgeFdb },
  }),
  kind({
    kind: "bridge-vlan",
    from: ["bridge vlan", "bridge -j vlan"],
    forms: { text: parseBridgeVlan, json: parseBridgeVlan },
  }),
  kind({ kind: "brctl-show", from: ["brctl show"], forms: { only: parseBrctlShow } }),
  kind({
    kind: "iptables-save",
    from: ["iptables-save [-c]", "ip6tables-save [-c]"],
    forms: { only: parseIptablesSave },
    print: printIptablesSave,
  }),
  kind({
    kind: "nft-ruleset",
    from: ["nft list ruleset", "nft -j list ruleset"],
    forms: { text: parseNftRulesetText, json: parseNftRuleset },
    print: printNftRuleset,
  }),
  kind({ kind: "ipset", from: ["ipset save"], forms: { only: parseIpsetSave } }),
  kind({ kind: "sysctl", from: ["sysctl -a"], forms: { only: parseSysctl } }),
  kind({ kind: "ss", from: ["ss -lntup", "ss -lntuHp"], forms: { only: parseSs } }),
  kind({
    kind: "conntrack-stat",
    from: ["/proc/net/stat/nf_conntrack", "conntrack -S"],
    forms: { only: parseConntrackStat },
  }),
  kind({
    kind: "neigh-stat",
    from: ["/proc/net/stat/arp_cache", "/proc/net/stat/ndisc_cache"],
    forms: { only: parseNeighStat },
  }),
  kind({ kind: "net-dev", from: ["/proc/net/dev"], forms: { only: parseNetDev } }),
  kind({
    kind: "net-snmp",
    from: ["/proc/net/snmp", "/proc/net/netstat"],
    forms: { only: parseNetSnmp },
  }),
  kind({ kind: "net-snmp6", from: ["/proc/net/snmp6"], forms: { only: parseNetSnmp6 } }),
  kind({
    kind: "softnet-stat",
    from: ["/proc/net/softnet_stat"],
    forms: { only: parseSoftnetStat },
  }),
  kind({
    kind: "docker-info",
    from: ["docker info --format '{{json .}}'", "GET /info"],
    forms: { only: parseDockerInfo },
  }),
  kind({
    kind: "docker-networks",
    from: ["docker network inspect NETWORK…", "GET /networks/ID"],
    forms: { only: parseDockerNetworks },
  }),
  kind({
    kind: "docker-containers",
    from: ["docker inspect CONTAINER…", "GET /containers/ID/json"],
    forms: { only: parseDockerContainers },
  }),
  kind({ kind: "resolv-conf", from: ["/etc/resolv.conf"], forms: { only: parseResolvConf } }),
] as const;

/** Names of all formats. */
export type ParseKindName = (typeof parseKinds)[number]["kind"];

/** Reads a text as the form that it has; where the kind has one form only, as that. */
export function parseAs<T>(
  { forms }: ParseKind<string, T>,
  text: string,
  family?: Family,
): Parsed<T> {
  if ("only" in forms) return forms.only(text, family);
  return isJson(text) ? forms.json(text, family) : forms.text(text, family);
}

function familyIn(text: string, ipv6: RegExp): Family {
  return ipv6.test(text) ? "ipv6" : "ipv4";
}

function kind<const Name extends string, T>(parseKind: ParseKind<Name, T>): ParseKind<Name, T> {
  return parseKind;
}
