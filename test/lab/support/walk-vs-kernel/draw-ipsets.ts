import type { Draw } from "./draw.ts";
import type { MatchPiece } from "./draw-matches.ts";
import { type Family, farNet, hostIn, hostNumbers, type Network, nets } from "./draw-network.ts";
import { ports } from "./draw-probes.ts";

interface SetKind {
  readonly type: string;
  /** Directions that a rule may ask it with. */
  readonly directions: readonly string[];
  readonly options?: string;
  element(draw: Draw, network: Network, family: Family): string;
}

function host(draw: Draw, { faces }: Network, family: Family): string {
  return hostIn(family, draw.pick(faces).number, draw.pick([1, ...hostNumbers]));
}

function net(draw: Draw, { faces }: Network, family: Family): string {
  return draw.chance(70)
    ? nets[family](draw.pick(faces).number)
    : farNet(family, 1 + draw.below(4));
}

const port = (draw: Draw): string => `${draw.pick(["tcp", "udp"])}:${draw.pick(ports)}`;
const sides = ["src", "dst"] as const;
const pairs = ["src,dst", "dst,dst", "dst,src", "src,src"] as const;

const kinds: readonly SetKind[] = [
  { type: "hash:ip", directions: sides, element: host },
  {
    type: "hash:net",
    directions: sides,
    element: (draw, network, family) =>
      draw.chance(70)
        ? net(draw, network, family)
        : `${host(draw, network, family)} ${draw.pick(["", "nomatch"])}`,
  },
  {
    type: "hash:ip,port",
    directions: pairs,
    element: (...of) => `${host(...of)},${port(of[0])}`,
  },
  {
    type: "hash:net,port",
    directions: pairs,
    element: (...of) => `${net(...of)},${port(of[0])}`,
  },
  {
    type: "hash:net,iface",
    directions: ["src,src", "dst,dst", "src,dst"],
    element: (...of) => `${net(...of)},${of[0].pick(of[1].faces).name}`,
  },
  {
    type: "hash:ip,port,ip",
    directions: ["src,dst,dst", "dst,dst,src"],
    element: (...of) => `${host(...of)},${port(of[0])},${host(...of)}`,
  },
  {
    type: "hash:ip,port,net",
    directions: ["src,dst,dst", "dst,dst,src"],
    element: (...of) => `${host(...of)},${port(of[0])},${net(...of)}`,
  },
];

function nameOf(family: Family, type: string): string {
  return `${family}-${type.replaceAll(/[:,]/g, "-")}`;
}

/** Sets of every kind that the lab's kernel has, for `ipset restore`. */
export function drawIpsets(draw: Draw, network: Network): readonly string[] {
  draw.uses("ipset");
  const of = (family: Family): readonly string[] => [
    ...kinds.flatMap((kind) => {
      const name = nameOf(family, kind.type);
      const drawn = Array.from({ length: 2 + draw.below(5) }, () =>
        kind.element(draw, network, family),
      );
      const elements = new Map(drawn.map((element) => [element.split(" ")[0], element.trimEnd()]));
      return [
        `create ${name} ${kind.type} family ${family === "ipv4" ? "inet" : "inet6"}`,
        ...[...elements.values()].map((element) => `add ${name} ${element}`),
      ];
    }),
    `create ${family}-list list:set`,
    `add ${family}-list ${nameOf(family, "hash:ip")}`,
    `add ${family}-list ${nameOf(family, "hash:net")}`,
  ];
  return [
    "create ports bitmap:port range 0-65535",
    ...[...new Set(Array.from({ length: 3 }, () => draw.pick(ports)))].map(
      (one) => `add ports ${one}`,
    ),
    ...of("ipv4"),
    ...of("ipv6"),
  ];
}

const not = (draw: Draw): string => (draw.chance(25) ? "! " : "");

/** Matches that ask the sets. */
export const setPieces: readonly MatchPiece[] = [
  ...kinds.map(
    ({ type, directions }): MatchPiece => ({
      feature: `match set ${type}`,
      text: (draw, { family }) =>
        `-m set ${not(draw)}--match-set ${nameOf(family, type)} ${draw.pick(directions)}`,
    }),
  ),
  {
    feature: "match set bitmap:port",
    text: (draw) => `-m set ${not(draw)}--match-set ports ${draw.pick(sides)}`,
  },
  {
    feature: "match set list:set",
    text: (draw, { family }) => `-m set ${not(draw)}--match-set ${family}-list ${draw.pick(sides)}`,
  },
];
