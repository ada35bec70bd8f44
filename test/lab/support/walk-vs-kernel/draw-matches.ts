import type { Draw } from "./draw.ts";
import { type Family, farNet, hostIn, hostNumbers, type Network, nets } from "./draw-network.ts";
import { ports } from "./draw-probes.ts";

/** Where a rule stands: what its matches may look at depends on it. */
export interface Place {
  readonly family: Family;
  readonly network: Network;
  readonly table: string;
  /** Hooks that a packet may be at when it meets the rule. */
  readonly hooks: readonly Hook[];
}

export type Hook = "PREROUTING" | "INPUT" | "FORWARD" | "OUTPUT" | "POSTROUTING";

export interface MatchPiece {
  readonly feature: string;
  readonly protocol?: "tcp" | "udp" | "icmp";
  /** Where alone iptables takes it. */
  readonly hooks?: readonly Hook[];
  readonly tables?: readonly string[];
  readonly family?: Family;
  /** docknet cannot tell by its nature whether it holds. */
  readonly unsure?: true;
  text(draw: Draw, place: Place): string;
}

const not = (draw: Draw): string => (draw.chance(25) ? "! " : "");

function anyNet(draw: Draw, { family, network }: Place): string {
  const number = draw.pick(network.faces).number;
  switch (draw.below(4)) {
    case 0:
      return hostIn(family, number, draw.pick([1, ...hostNumbers]));
    case 1:
      return farNet(family, 1 + draw.below(4));
    case 2:
      return family === "ipv4" ? "10.0.0.0/8" : "fd00::/15";
    default:
      return nets[family](number);
  }
}

function anyLink(draw: Draw, { network }: Place): string {
  return draw.pick([...network.faces.map(({ name }) => name), "r+", "lo", "br+"]);
}

function range(draw: Draw, { family, network }: Place): string {
  const { number } = draw.pick(network.faces);
  return `${hostIn(family, number, draw.pick([1, 10]))}-${hostIn(family, number, draw.pick([11, 12, 20]))}`;
}

function somePorts(draw: Draw): string {
  return draw.pick([...ports.map(String), "1:1023", "443:5432", "8080:"]);
}

const states = [
  "NEW",
  "ESTABLISHED",
  "RELATED,ESTABLISHED",
  "INVALID",
  "NEW,ESTABLISHED",
  "UNTRACKED",
  "NEW,UNTRACKED",
  "DNAT",
  "SNAT",
];
const local: readonly Hook[] = ["OUTPUT", "POSTROUTING"];
const incoming: readonly Hook[] = ["PREROUTING", "INPUT", "FORWARD"];
const outgoing: readonly Hook[] = ["FORWARD", "OUTPUT", "POSTROUTING"];

/** Every match that the walk knows, as rules of a drawn router have it. */
export const matchPieces: readonly MatchPiece[] = [
  { feature: "match source", text: (draw, place) => `${not(draw)}-s ${anyNet(draw, place)}` },
  { feature: "match destination", text: (draw, place) => `${not(draw)}-d ${anyNet(draw, place)}` },
  {
    feature: "match masked address",
    text: (draw, { family }) =>
      family === "ipv4"
        ? `-s 10.0.0.${draw.pick([10, 11])}/255.0.0.255`
        : `-s fd00::${draw.pick(["a", "b"])}/ff00::ff`,
  },
  {
    feature: "match input link",
    hooks: incoming,
    text: (draw, place) => `${not(draw)}-i ${anyLink(draw, place)}`,
  },
  {
    feature: "match output link",
    hooks: outgoing,
    text: (draw, place) => `${not(draw)}-o ${anyLink(draw, place)}`,
  },
  {
    feature: "match protocol",
    text: (draw, { family }) =>
      `${not(draw)}-p ${draw.pick(["6", "17", "udp", "tcp", "esp", family === "ipv4" ? "icmp" : "ipv6-icmp"])}`,
  },
  { feature: "match fragment", family: "ipv4", text: (draw) => `${draw.pick(["", "! "])}-f` },
  {
    feature: "match tcp port",
    protocol: "tcp",
    text: (draw) => `-m tcp ${not(draw)}--dport ${somePorts(draw)}`,
  },
  {
    feature: "match udp port",
    protocol: "udp",
    text: (draw) => `-m udp ${not(draw)}--dport ${somePorts(draw)}`,
  },
  {
    feature: "match source port",
    protocol: "tcp",
    text: (draw) => `-m tcp ${not(draw)}--sport ${draw.pick(["10000:12000", ":13000", "1:9999"])}`,
  },
  {
    feature: "match multiport",
    protocol: "tcp",
    text: (draw) =>
      `-m multiport ${not(draw)}--dports ${draw.pick(["22,80", "443,5000:9000", "53"])}`,
  },
  {
    feature: "match multiport either",
    protocol: "udp",
    text: (draw) =>
      `-m multiport --${draw.pick(["ports", "sports"])} ${draw.pick(["53,80", "10000:11000,443"])}`,
  },
  {
    feature: "match tcp flags",
    protocol: "tcp",
    text: (draw) =>
      `-m tcp ${not(draw)}--tcp-flags ${draw.pick(["FIN,SYN,RST,ACK SYN", "SYN,ACK SYN,ACK", "ALL NONE", "RST RST", "SYN,RST SYN"])}`,
  },
  {
    feature: "match icmp type",
    protocol: "icmp",
    text: (draw, { family }) =>
      family === "ipv4"
        ? `-m icmp ${not(draw)}--icmp-type ${draw.pick(["8", "0", "3/1", "any", "13"])}`
        : `-m icmp6 ${not(draw)}--icmpv6-type ${draw.pick(["128", "129", "1", "135", "144"])}`,
  },
  {
    feature: "match ct state",
    text: (draw) => `-m conntrack ${not(draw)}--ctstate ${draw.pick(states)}`,
  },
  {
    feature: "match state",
    text: (draw) =>
      `-m state ${not(draw)}--state ${draw.pick(["NEW", "ESTABLISHED,RELATED", "INVALID", "UNTRACKED"])}`,
  },
  {
    feature: "match ct status",
    text: (draw) =>
      `-m conntrack ${not(draw)}--ctstatus ${draw.pick(["SEEN_REPLY", "NONE", "CONFIRMED", "EXPECTED", "ASSURED", "ASSURED,SEEN_REPLY"])}`,
  },
  {
    feature: "match ct direction",
    text: (draw) => `-m conntrack --ctdir ${draw.pick(["ORIGINAL", "REPLY"])}`,
  },
  {
    feature: "match ct protocol",
    text: (draw) => `-m conntrack ${not(draw)}--ctproto ${draw.pick(["tcp", "udp", "17"])}`,
  },
  {
    feature: "match ct address",
    text: (draw, place) =>
      `-m conntrack ${not(draw)}--${draw.pick(["ctorigsrc", "ctorigdst", "ctreplsrc", "ctrepldst"])} ${anyNet(draw, place)}`,
  },
  {
    feature: "match ct port",
    protocol: "tcp",
    text: (draw) =>
      `-m conntrack ${not(draw)}--${draw.pick(["ctorigdstport", "ctreplsrcport"])} ${somePorts(draw)}`,
  },
  {
    feature: "match addrtype",
    text: (draw) =>
      `-m addrtype ${not(draw)}--${draw.pick(["src", "dst"])}-type ${draw.pick(["LOCAL", "UNICAST", "LOCAL,UNICAST", "MULTICAST"])}`,
  },
  {
    feature: "match addrtype other",
    text: (draw, { family }) =>
      `-m addrtype --dst-type ${draw.pick(family === "ipv4" ? ["BROADCAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT", "UNREACHABLE,BROADCAST"] : ["UNREACHABLE", "ANYCAST", "LOCAL,UNREACHABLE"])}`,
  },
  {
    feature: "match addrtype limited to the input link",
    hooks: ["PREROUTING", "INPUT"],
    text: (draw) =>
      `-m addrtype --${draw.pick(["src", "dst"])}-type ${draw.pick(["LOCAL", "UNICAST"])} --limit-iface-in`,
  },
  {
    feature: "match addrtype limited to the output link",
    hooks: ["OUTPUT", "POSTROUTING"],
    text: (draw) => `-m addrtype --dst-type ${draw.pick(["LOCAL", "UNICAST"])} --limit-iface-out`,
  },
  {
    feature: "match mark",
    text: (draw) =>
      `-m mark ${not(draw)}--mark ${draw.pick(["0x1", "0x2/0x2", "0x0", "0x0/0x1", "0x10/0xff"])}`,
  },
  {
    feature: "match connmark",
    text: (draw) =>
      `-m connmark ${not(draw)}--mark ${draw.pick(["0x1", "0x2/0x2", "0x0", "0x0/0x1"])}`,
  },
  {
    feature: "match physdev",
    hooks: ["FORWARD", "INPUT"],
    text: (draw) => `-m physdev ${not(draw)}--physdev-in ${draw.pick(["b0", "b1", "b+"])}`,
  },
  {
    feature: "match physdev bridged",
    hooks: ["FORWARD"],
    text: (draw) => `-m physdev ${not(draw)}--physdev-is-bridged`,
  },
  {
    feature: "match pkttype",
    text: (draw) =>
      `-m pkttype ${not(draw)}--pkt-type ${draw.pick(["unicast", "broadcast", "multicast"])}`,
  },
  {
    feature: "match mac",
    hooks: incoming,
    text: (draw, { network }) =>
      `-m mac ${not(draw)}--mac-source 02:00:00:00:01:0${draw.below(network.faces.length)}`,
  },
  {
    feature: "match iprange",
    text: (draw, place) =>
      `-m iprange ${not(draw)}--${draw.pick(["src", "dst"])}-range ${range(draw, place)}`,
  },
  {
    feature: "match length",
    text: (draw) => `-m length ${not(draw)}--length ${draw.pick(["0:60", "61:500", "48", "60:"])}`,
  },
  {
    feature: "match ttl",
    text: (draw, { family }) =>
      family === "ipv4"
        ? `-m ttl ${draw.pick(["--ttl-eq 64", "! --ttl-eq 64", "--ttl-lt 10", "--ttl-gt 63"])}`
        : `-m hl ${draw.pick(["--hl-eq 64", "! --hl-eq 64", "--hl-lt 10", "--hl-gt 63"])}`,
  },
  {
    feature: "match dscp",
    text: (draw) => `-m dscp ${not(draw)}--dscp ${draw.pick(["0x00", "0x08", "0x2e"])}`,
  },
  {
    feature: "match tos",
    text: (draw) =>
      `-m tos ${not(draw)}--tos ${draw.pick(["0x00/0xfc", "0x20/0xfc", "0xb8/0xfc", "0x20/0xff"])}`,
  },
  {
    feature: "match comment",
    text: (draw) => `-m comment --comment ${draw.pick(["web", '"two words"'])}`,
  },
  {
    feature: "match rpfilter",
    unsure: true,
    hooks: ["PREROUTING"],
    tables: ["raw", "mangle"],
    text: (draw) =>
      `-m rpfilter ${draw.pick(["", "--loose ", "--validmark ", "--accept-local "])}${draw.pick(["", "--invert"])}`,
  },
  {
    feature: "match socket",
    unsure: true,
    hooks: ["PREROUTING", "INPUT"],
    tables: ["raw", "mangle"],
    text: (draw) => `-m socket ${draw.pick(["", "--nowildcard"])}`,
  },
  {
    feature: "match owner",
    hooks: local,
    text: (draw) =>
      `-m owner ${not(draw)}${draw.pick(["--uid-owner 0", "--uid-owner 1000-2000", "--gid-owner 0", "--socket-exists"])}`,
  },
  {
    feature: "match policy",
    hooks: outgoing,
    text: (draw) => `-m policy --dir out --pol ${draw.pick(["none", "ipsec"])}`,
  },
  {
    feature: "match statistic",
    unsure: true,
    text: (draw) => `-m statistic --mode random --probability 0.${1 + draw.below(9)}`,
  },
  {
    feature: "match limit",
    unsure: true,
    text: (draw) =>
      `-m limit --limit ${1 + draw.below(9)}/minute --limit-burst ${1 + draw.below(9)}`,
  },
  {
    feature: "match hashlimit",
    unsure: true,
    text: (draw) =>
      `-m hashlimit --hashlimit-upto ${1 + draw.below(9)}/min --hashlimit-burst 2 --hashlimit-mode srcip --hashlimit-name h${draw.below(1_000)}`,
  },
  {
    feature: "match recent",
    unsure: true,
    text: (draw) => `-m recent --name lately ${draw.pick(["--set", "--rcheck", "--update"])}`,
  },
  {
    feature: "match bpf",
    unsure: true,
    text: (draw) => `-m bpf --bytecode "1,6 0 0 ${draw.pick([0, 65_535])}"`,
  },
  {
    feature: "match u32",
    unsure: true,
    text: (draw) => `-m u32 --u32 "6&0xFF=${draw.pick([1, 6, 17])}"`,
  },
];
