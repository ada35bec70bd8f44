import type { Draw } from "./draw.ts";
import type { Hook, Place } from "./draw-matches.ts";
import { farHost, hostIn, hostNumbers } from "./draw-network.ts";
import { ports } from "./draw-probes.ts";

export interface TargetPiece {
  readonly feature: string;
  /** Out of how often it is drawn beside the others. */
  readonly weight: number;
  readonly tables?: readonly string[];
  readonly hooks?: readonly Hook[];
  readonly protocol?: "tcp" | "udp";
  readonly unsure?: true;
  text(draw: Draw, place: Place): string;
}

function someHost(draw: Draw, { family, network }: Place): string {
  return draw.chance(80)
    ? hostIn(family, draw.pick(network.faces).number, draw.pick([1, ...hostNumbers]))
    : farHost(family, 1 + draw.below(4), 10);
}

const bracketed = (address: string): string => (address.includes(":") ? `[${address}]` : address);
const destinations: readonly Hook[] = ["PREROUTING", "OUTPUT"];
const sources: readonly Hook[] = ["POSTROUTING", "INPUT"];

function kindsOf({ family }: Place): readonly string[] {
  return family === "ipv4"
    ? [
        "icmp-net-unreachable",
        "icmp-host-unreachable",
        "icmp-port-unreachable",
        "icmp-proto-unreachable",
        "icmp-net-prohibited",
        "icmp-host-prohibited",
        "icmp-admin-prohibited",
      ]
    : [
        "icmp6-no-route",
        "icmp6-adm-prohibited",
        "icmp6-addr-unreachable",
        "icmp6-port-unreachable",
        "icmp6-policy-fail",
        "icmp6-reject-route",
      ];
}

/** Every target that the walk knows. */
export const targetPieces: readonly TargetPiece[] = [
  { feature: "target ACCEPT", weight: 14, text: () => "-j ACCEPT" },
  {
    feature: "target DROP",
    weight: 4,
    tables: ["filter", "raw", "mangle", "security"],
    text: () => "-j DROP",
  },
  { feature: "target RETURN", weight: 8, text: () => "-j RETURN" },
  { feature: "target none", weight: 4, text: () => "" },
  { feature: "target LOG", weight: 2, tables: ["filter"], text: () => "-j NFLOG --nflog-group 7" },
  {
    feature: "target REJECT",
    weight: 6,
    tables: ["filter"],
    text: (draw, place) => `-j REJECT --reject-with ${draw.pick(kindsOf(place))}`,
  },
  {
    feature: "target REJECT with a reset",
    weight: 4,
    tables: ["filter"],
    protocol: "tcp",
    text: () => "-j REJECT --reject-with tcp-reset",
  },
  {
    feature: "target MARK",
    weight: 8,
    tables: ["mangle", "raw"],
    text: (draw) =>
      `-j MARK --set-xmark ${draw.pick(["0x1/0xffffffff", "0x2/0x2", "0x0/0x1", "0x1/0x0", "0x10/0xff"])}`,
  },
  {
    feature: "target CONNMARK set",
    weight: 4,
    tables: ["mangle"],
    text: (draw) => `-j CONNMARK --set-xmark ${draw.pick(["0x1/0xffffffff", "0x2/0x2"])}`,
  },
  {
    feature: "target CONNMARK save",
    weight: 4,
    tables: ["mangle"],
    text: (draw) => `-j CONNMARK --save-mark${draw.pick(["", " --nfmask 0x3 --ctmask 0x3"])}`,
  },
  {
    feature: "target CONNMARK restore",
    weight: 4,
    tables: ["mangle"],
    text: (draw) => `-j CONNMARK --restore-mark${draw.pick(["", " --nfmask 0x1 --ctmask 0x1"])}`,
  },
  { feature: "target NOTRACK", weight: 4, tables: ["raw"], text: () => "-j CT --notrack" },
  {
    feature: "target TCPMSS",
    weight: 2,
    tables: ["mangle"],
    hooks: ["FORWARD", "POSTROUTING"],
    protocol: "tcp",
    text: (draw) =>
      `-m tcp --tcp-flags SYN,RST SYN -j TCPMSS ${draw.pick(["--clamp-mss-to-pmtu", "--set-mss 1300"])}`,
  },
  {
    feature: "target TTL",
    weight: 2,
    tables: ["mangle"],
    hooks: ["PREROUTING", "FORWARD"],
    text: (draw, { family }) =>
      family === "ipv4"
        ? `-j TTL --ttl-set ${draw.pick([5, 64])}`
        : `-j HL --hl-set ${draw.pick([5, 64])}`,
  },
  { feature: "target DSCP", weight: 2, tables: ["mangle"], text: () => "-j DSCP --set-dscp 0x08" },
  {
    feature: "target DNAT",
    weight: 14,
    tables: ["nat"],
    hooks: destinations,
    text: (draw, place) => `-j DNAT --to-destination ${someHost(draw, place)}`,
  },
  {
    feature: "target DNAT to a port",
    weight: 10,
    tables: ["nat"],
    hooks: destinations,
    protocol: "tcp",
    text: (draw, place) =>
      `-j DNAT --to-destination ${bracketed(someHost(draw, place))}:${draw.pick(ports)}`,
  },
  {
    feature: "target DNAT port only",
    weight: 3,
    tables: ["nat"],
    hooks: destinations,
    protocol: "udp",
    text: (draw) => `-j DNAT --to-destination :${draw.pick(ports)}`,
  },
  {
    feature: "target REDIRECT",
    weight: 6,
    tables: ["nat"],
    hooks: destinations,
    text: () => "-j REDIRECT",
  },
  {
    feature: "target REDIRECT to a port",
    weight: 6,
    tables: ["nat"],
    hooks: destinations,
    protocol: "udp",
    text: (draw) => `-j REDIRECT --to-ports ${draw.pick(ports)}`,
  },
  {
    feature: "target MASQUERADE",
    weight: 16,
    tables: ["nat"],
    hooks: ["POSTROUTING"],
    text: () => "-j MASQUERADE",
  },
  {
    feature: "target MASQUERADE to ports",
    weight: 3,
    tables: ["nat"],
    hooks: ["POSTROUTING"],
    protocol: "tcp",
    text: () => "-j MASQUERADE --to-ports 40000-40100",
  },
  {
    feature: "target SNAT",
    weight: 10,
    tables: ["nat"],
    hooks: sources,
    text: (draw, { family, network }) =>
      `-j SNAT --to-source ${hostIn(family, draw.pick(network.faces).number, draw.pick([1, 99]))}`,
  },
  {
    feature: "target SNAT with a port",
    weight: 3,
    tables: ["nat"],
    hooks: sources,
    protocol: "udp",
    text: (draw, { family, network }) =>
      `-j SNAT --to-source ${bracketed(hostIn(family, draw.pick(network.faces).number, 98))}:20000-60000`,
  },
  {
    feature: "target NETMAP",
    weight: 4,
    tables: ["nat"],
    hooks: ["PREROUTING", "POSTROUTING"],
    text: (draw, { family, network }) =>
      `-j NETMAP --to ${family === "ipv4" ? `10.0.${draw.pick(network.faces).number}.0/24` : `fd00:${draw.pick(network.faces).number}::/64`}`,
  },
  {
    feature: "target DNAT to a range",
    weight: 6,
    unsure: true,
    tables: ["nat"],
    hooks: destinations,
    text: (draw, { family, network }) => {
      const { number } = draw.pick(network.faces);
      return `-j DNAT --to-destination ${hostIn(family, number, 10)}-${hostIn(family, number, 13)}`;
    },
  },
];
