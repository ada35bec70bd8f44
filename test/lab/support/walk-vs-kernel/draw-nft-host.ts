import type { Draw } from "./draw.ts";
import type { Network } from "./draw-network.ts";
import {
  type NftPiece,
  nftMaps,
  nftMatches,
  nftSets,
  nftVerdicts,
  someFamily,
  someHost,
  someNet,
  unsureNftMatches,
} from "./draw-nft-pieces.ts";
import { ports } from "./draw-probes.ts";

/** A table of native nftables beside everything else: base chains of their own priority at all hooks, and nat. */
export function drawNft(draw: Draw, network: Network, unsure: boolean): readonly string[] {
  draw.uses("native nft");
  const someMatch = (): NftPiece =>
    draw.pick(unsure && draw.chance(40) ? unsureNftMatches : nftMatches);
  const ruleOf = (verdicts: readonly NftPiece[]): string => {
    if (draw.chance(15)) return piece(draw, network, draw.pick(nftMaps));
    const condition = draw.chance(85) ? [someMatch()] : [];
    const end = draw.pick(verdicts);
    return [...condition, end].map((one) => piece(draw, network, one)).join(" ");
  };
  const rules = (count: number, from: readonly NftPiece[]): readonly string[] =>
    Array.from({ length: count }, () => ruleOf(from));
  const calledRule = (): string =>
    [someMatch(), draw.pick(ends)].map((one) => piece(draw, network, one)).join(" ");
  return [
    "table inet drawn {",
    ...chain(
      "called",
      "",
      Array.from({ length: 1 + draw.below(3) }, () => calledRule()),
    ),
    ...nftSets(draw, network),
    ...chain(
      "pre",
      "type filter hook prerouting priority -140; policy accept;",
      rules(draw.below(3), ends.concat(calling)),
    ),
    ...chain(
      "forward",
      `type filter hook forward priority 10; policy ${policyOf(draw)};`,
      rules(2 + draw.below(5), nftVerdicts),
    ),
    ...chain(
      "input",
      "type filter hook input priority 10; policy accept;",
      rules(1 + draw.below(3), nftVerdicts),
    ),
    ...outputChain(draw, rules(draw.below(3), ends.concat(calling))),
    ...natChains(draw, network),
    "}",
  ];
}

function piece(draw: Draw, network: Network, one: NftPiece): string {
  draw.uses(one.feature);
  return one.text(draw, network);
}

const calling = nftVerdicts.filter(({ feature }) => /jump|goto/.test(feature));
/** What may stand at every hook, and calls nothing. */
const ends = nftVerdicts.filter(({ feature }) => !/jump|goto|reject/.test(feature));

function policyOf(draw: Draw): string {
  if (!draw.chance(15)) return "accept";
  draw.uses("nft policy drop");
  return "drop";
}

function outputChain(draw: Draw, rules: readonly string[]): readonly string[] {
  if (rules.length === 0) return [];
  const type = draw.pick(["filter", "route"]);
  draw.uses(`nft output chain of type ${type}`);
  return chain("output", `type ${type} hook output priority -140; policy accept;`, rules);
}

function chain(name: string, head: string, body: readonly string[]): readonly string[] {
  return [
    `  chain ${name} {`,
    ...(head === "" ? [] : [`    ${head}`]),
    ...body.map((rule) => `    ${rule}`),
    "  }",
  ];
}

const destinations: readonly NftPiece[] = [
  {
    feature: "nft dnat",
    text: (draw, network) =>
      `ip saddr ${someNet(draw, network, "ipv4")} tcp dport ${draw.pick(ports)} dnat ip to ${someHost(draw, network, "ipv4")}:${draw.pick(ports)}`,
  },
  { feature: "nft dnat by a map", text: () => "dnat ip to tcp dport map @targets" },
  {
    feature: "nft dnat by a concatenated map",
    text: () => "dnat ip to ip daddr . udp dport map @services-to",
  },
  {
    feature: "nft dnat of IPv6",
    text: (draw, network) =>
      `ip6 saddr ${someNet(draw, network, "ipv6")} dnat ip6 to ${someHost(draw, network, "ipv6")}`,
  },
  {
    feature: "nft redirect",
    text: (draw) =>
      `${draw.pick(["tcp", "udp"])} dport ${draw.pick(ports)} redirect to :${draw.pick(ports)}`,
  },
];

const sources: readonly NftPiece[] = [
  {
    feature: "nft masquerade",
    text: (draw, network) => {
      const family = someFamily(draw);
      const name = family === "ipv4" ? "ip" : "ip6";
      return `${name} saddr ${someNet(draw, network, family)} masquerade`;
    },
  },
  {
    feature: "nft snat",
    text: (draw, network) =>
      `ip daddr ${someNet(draw, network, "ipv4")} snat ip to ${someHost(draw, network, "ipv4")}`,
  },
];

function natChains(draw: Draw, network: Network): readonly string[] {
  if (!draw.chance(50)) return [];
  draw.uses("nft nat");
  const one = (from: readonly NftPiece[]) => piece(draw, network, draw.pick(from));
  return [
    ...chain("own-dst", "type nat hook prerouting priority -90; policy accept;", [
      one(destinations),
      one(destinations),
    ]),
    ...chain("own-src", "type nat hook postrouting priority 110; policy accept;", [one(sources)]),
  ];
}

/** What drawn tables of nftables may hold. */
export const nftPieces: readonly NftPiece[] = [
  ...nftMatches,
  ...unsureNftMatches,
  ...nftVerdicts,
  ...nftMaps,
  ...destinations,
  ...sources,
];
