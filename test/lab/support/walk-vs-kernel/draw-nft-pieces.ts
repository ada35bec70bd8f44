import type { Draw } from "./draw.ts";
import { type Family, farNet, hostIn, hostNumbers, type Network, nets } from "./draw-network.ts";
import { ports } from "./draw-probes.ts";

export interface NftPiece {
  readonly feature: string;
  text(draw: Draw, network: Network): string;
}

const word: Readonly<Record<Family, string>> = { ipv4: "ip", ipv6: "ip6" };

export function someFamily(draw: Draw): Family {
  return draw.pick(["ipv4", "ipv6"]);
}

export function someNet(draw: Draw, { faces }: Network, family: Family): string {
  return draw.chance(60)
    ? nets[family](draw.pick(faces).number)
    : farNet(family, 1 + draw.below(4));
}

export function someHost(draw: Draw, { faces }: Network, family: Family): string {
  return hostIn(family, draw.pick(faces).number, draw.pick([1, ...hostNumbers]));
}

/** Distinct elements of a set, which nft would merge or refuse otherwise. */
export function several<T>(draw: Draw, count: number, one: () => T): readonly T[] {
  return [...new Set(Array.from({ length: 1 + draw.below(count) }, one))];
}

const somePorts = (draw: Draw): string =>
  draw.pick([...ports.map(String), "{ 22, 80, 443 }", "5000-9000", "!= 53"]);
const side = (draw: Draw): string => draw.pick(["saddr", "daddr"]);
const no = (draw: Draw): string => draw.pick(["", "", "!= "]);

/** Conditions that docknet cannot tell by their nature. */
export const unsureNftMatches: readonly NftPiece[] = [
  { feature: "nft limit", text: (draw) => `limit rate ${1 + draw.below(9)}/minute` },
  { feature: "nft numgen", text: () => "numgen random mod 2 == 0" },
];

/** Conditions; the sets are those of `nftSets`. */
export const nftMatches: readonly NftPiece[] = [
  {
    feature: "nft address",
    text: (draw, network) => {
      const family = someFamily(draw);
      return `${word[family]} ${side(draw)} ${no(draw)}${someNet(draw, network, family)}`;
    },
  },
  {
    feature: "nft anonymous set",
    text: (draw, network) => {
      const family = someFamily(draw);
      const elements = several(draw, 4, () => someHost(draw, network, family));
      return `${word[family]} ${side(draw)} ${no(draw)}{ ${elements.join(", ")} }`;
    },
  },
  {
    feature: "nft named set",
    text: (draw) => `${draw.pick(["ip saddr @hosts", "ip daddr @hosts", "ip6 daddr @hosts6"])}`,
  },
  {
    feature: "nft set with intervals",
    text: (draw) => draw.pick(["ip saddr @nets", "ip daddr != @nets", "ip6 saddr @nets6"]),
  },
  {
    feature: "nft concatenation",
    text: (draw) => draw.pick(["ip daddr . tcp dport @services", "ip saddr . udp dport @services"]),
  },
  {
    feature: "nft concatenation with intervals",
    text: (draw) =>
      draw.pick([
        "ip daddr . meta l4proto . th dport @wide",
        "ip saddr . meta l4proto . th dport @wide",
      ]),
  },
  {
    feature: "nft concatenation with a link",
    text: (draw, { faces }) =>
      `iifname . meta l4proto { ${several(draw, 3, () => `"${draw.pick(faces).name}" . ${draw.pick(["tcp", "udp", "icmp"])}`).join(", ")} }`,
  },
  {
    feature: "nft iifname",
    text: (draw, { faces }) =>
      `iifname ${no(draw)}"${draw.pick([...faces.map(({ name }) => name), "r*"])}"`,
  },
  { feature: "nft tcp dport", text: (draw) => `tcp dport ${somePorts(draw)}` },
  { feature: "nft udp dport", text: (draw) => `udp dport ${somePorts(draw)}` },
  {
    feature: "nft tcp flags",
    text: (draw) => `tcp flags ${draw.pick(["syn / syn,ack", "& (syn | rst) == syn", "ack"])}`,
  },
  {
    feature: "nft l4proto",
    text: (draw) =>
      `meta l4proto ${draw.pick(["tcp", "udp", "{ tcp, udp }", "icmp", "ipv6-icmp"])}`,
  },
  { feature: "nft nfproto", text: (draw) => `meta nfproto ${draw.pick(["ipv4", "ipv6"])}` },
  {
    feature: "nft icmp type",
    text: (draw) =>
      draw.pick(["icmp type echo-request", "icmpv6 type echo-reply", "icmp type { 13, 8 }"]),
  },
  {
    feature: "nft ct state",
    text: (draw) => `ct state ${draw.pick(["new", "established,related", "invalid", "!= new"])}`,
  },
  {
    feature: "nft ct direction",
    text: (draw) => `ct direction ${draw.pick(["original", "reply"])}`,
  },
  {
    feature: "nft ct status",
    text: (draw) => `ct status ${draw.pick(["dnat", "snat", "seen-reply"])}`,
  },
  {
    feature: "nft ct original",
    text: (draw, network) => `ct original ip ${side(draw)} ${someNet(draw, network, "ipv4")}`,
  },
  {
    feature: "nft meta mark",
    text: (draw) => `meta mark ${draw.pick(["0x1", "!= 0x0", "and 0x2 == 0x2"])}`,
  },
  {
    feature: "nft meta length",
    text: (draw) => `meta length ${draw.pick(["< 60", "> 100", "40-48"])}`,
  },
  {
    feature: "nft fib",
    text: (draw) =>
      `fib ${draw.pick(["saddr", "daddr"])} type ${draw.pick(["local", "unicast", "{ local, broadcast }"])}`,
  },
];

const calls = (draw: Draw): string => draw.pick(["accept", "drop", "return", "jump called"]);

/** What a rule does. */
export const nftVerdicts: readonly NftPiece[] = [
  { feature: "nft accept", text: () => "accept" },
  { feature: "nft accept", text: () => "accept" },
  { feature: "nft return", text: () => "return" },
  { feature: "nft drop", text: () => "drop" },
  { feature: "nft reject", text: () => "reject with icmpx admin-prohibited" },
  { feature: "nft jump", text: () => "jump called" },
  { feature: "nft goto", text: () => "goto called" },
  { feature: "nft counter", text: () => "counter" },
  {
    feature: "nft mark set",
    text: (draw) => `meta mark set ${draw.pick(["0x1", "0x2", "mark or 0x2"])}`,
  },
];

/** Rules of their own: verdict maps, whose keys are the conditions. */
export const nftMaps: readonly NftPiece[] = [
  { feature: "nft named verdict map", text: () => "ip daddr vmap @ways" },
  { feature: "nft map", text: () => "meta mark set ip saddr map @marks" },
  {
    feature: "nft verdict map",
    text: (draw, { faces }) =>
      `iifname vmap { ${several(draw, 3, () => draw.pick(faces).name)
        .map((name) => `"${name}" : ${calls(draw)}`)
        .join(", ")} }`,
  },
  {
    feature: "nft verdict map of concatenations",
    text: (draw) =>
      `meta l4proto . th dport vmap { ${several(
        draw,
        4,
        () => `${draw.pick(["tcp", "udp"])} . ${draw.pick(ports)}`,
      )
        .map((key) => `${key} : ${calls(draw)}`)
        .join(", ")} }`,
  },
  {
    feature: "nft verdict map of intervals",
    text: (draw, { faces }) =>
      `ip daddr vmap { ${hostIn("ipv4", draw.pick(faces).number, 10)} : accept, 10.0.200.0/24 : drop, 10.9.${1 + draw.below(4)}.0/24 : ${calls(draw)} }`,
  },
];

/** Named sets and maps of the table. */
export function nftSets(draw: Draw, network: Network): readonly string[] {
  const set = (head: string, elements: readonly string[]): string =>
    `  ${head} elements = { ${elements.join(", ")} } }`;
  const hosts = (family: Family) => several(draw, 5, () => someHost(draw, network, family));
  const lasts = several(draw, 3, () => 1 + draw.below(network.faces.length));
  return [
    set("set hosts { type ipv4_addr;", hosts("ipv4")),
    set("set hosts6 { type ipv6_addr;", hosts("ipv6")),
    set("set nets { type ipv4_addr; flags interval;", [
      ...lasts.map((number) =>
        `10.0.${number}.${draw.pick(["0/24", "8/30", "10-10.0.NN.12", "20"])}`.replace(
          "NN",
          String(number),
        ),
      ),
      "10.9.2.0/23",
    ]),
    set(
      "set nets6 { type ipv6_addr; flags interval;",
      lasts.map((number) => nets.ipv6(number)),
    ),
    set(
      "set services { type ipv4_addr . inet_service;",
      several(draw, 6, () => `${someHost(draw, network, "ipv4")} . ${draw.pick(ports)}`),
    ),
    set(
      "set wide { type ipv4_addr . inet_proto . inet_service; flags interval;",
      lasts.map(
        (number) =>
          `10.0.${number}.0/${draw.pick([24, 28])} . ${draw.pick(["tcp", "udp"])} . ${draw.pick(["1-1023", "80", "443-6000"])}`,
      ),
    ),
    set(
      "map ways { type ipv4_addr : verdict;",
      hosts("ipv4").map((one) => `${one} : ${calls(draw)}`),
    ),
    set(
      "map marks { type ipv4_addr : mark;",
      hosts("ipv4").map((one) => `${one} : ${draw.pick(["0x1", "0x2"])}`),
    ),
    set(
      "map targets { type inet_service : ipv4_addr;",
      ports.slice(1).map((port) => `${port} : ${someHost(draw, network, "ipv4")}`),
    ),
    set(
      "map services-to { type ipv4_addr . inet_service : ipv4_addr . inet_service;",
      several(draw, 5, () => `${someHost(draw, network, "ipv4")} . ${draw.pick(ports)}`).map(
        (key) => `${key} : ${someHost(draw, network, "ipv4")} . ${draw.pick(ports)}`,
      ),
    ),
  ];
}
