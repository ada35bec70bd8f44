import type { ExposureSource } from "../../model/exposure/exposure-report.ts";
import type { Facts } from "../../model/facts.ts";
import {
  type Address,
  addressText,
  addressWords,
  contains,
  type Family,
  type Prefix,
  parsePrefix,
  prefixText,
} from "../../model/ip.ts";
import type { Link, LinkAddress } from "../../model/link.ts";
import type { Entry } from "../../model/packet.ts";
import {
  defaultRoutes,
  dockerBridges,
  isInUse,
  isOutward,
  leavesBy,
  neighboursOf,
  subnetOf,
} from "../uplinks.ts";
import type { Fib } from "../walk/fib.ts";
import { lookUpRoute } from "../walk/routing.ts";
import { namedSources } from "./named-sources.ts";

type VantageFacts = Pick<Facts, "links" | "routes" | "dockerNetworks" | "rulesets" | "nativeNft"> &
  Partial<Pick<Facts, "ipsets">>;

/** Somewhere that packets come from, and how they come in. */
export interface Vantage {
  readonly source: ExposureSource;
  readonly entry: Entry;
  /** Source address; 0.0.0.0 or :: where the kernel chooses. */
  readonly address: Address;
}

/** An address of the host on a link that leads outside. */
export interface Door {
  readonly address: Address;
  readonly ifname: string;
  /** Only neighbours on this link can send to it. */
  readonly linkLocal: boolean;
}

export interface Surroundings {
  readonly vantages: readonly Vantage[];
  readonly doors: readonly Door[];
  readonly notes: readonly string[];
  /** Sources that rules may let in by name were not tried: some of them may reach what others do not. */
  readonly untried: boolean;
}

/** So many links are tried; a host with a VLAN for each of its customers has hundreds. */
const mostLinks = 12;

/** Where packets of one family may come from, and the host's addresses that they may go to. */
export function surroundings(facts: VantageFacts, fib: Fib, family: Family): Surroundings {
  const bridges = dockerBridges(facts.dockerNetworks);
  const defaults = defaultRoutes(facts.routes, family);
  const hosts = new Set(
    facts.links.flatMap((link) => link.addresses.map(({ address }) => address)),
  );
  const leadsOut = ({ ifname }: Link): boolean => defaults.some((route) => leavesBy(route, ifname));
  const outward = facts.links
    .filter((link) => isOutward(link, bridges) && isInUse(link))
    .filter((link) => link.addresses.some((own) => own.family === family))
    .sort((a, b) => Number(leadsOut(b)) - Number(leadsOut(a)));
  const links = outward.slice(0, mostLinks);
  const named = namedSources(facts, family);
  const around: Around = { family, named: named.prefixes, hosts };
  const gatewayOn = ({ ifname }: Link): readonly Address[] =>
    defaults.flatMap(({ nextHops }) =>
      nextHops.flatMap(({ outputLink, gateway }) =>
        outputLink === ifname && gateway ? [gateway] : [],
      ),
    );
  return {
    vantages: [
      ...links.filter(leadsOut).map((link) => far(link, around)),
      ...links.flatMap((link) => neighbours(link, gatewayOn(link), around)),
      ...namedVantages(facts, fib, around),
      host(family),
    ],
    doors: links.flatMap((link) => doorsOf(link, family)),
    untried: named.leftLetIn,
    notes: notesOf({
      family,
      left: named.left,
      unlisted: named.leftLetIn && named.left === 0,
      links: outward.length - links.length,
      leadsOut: links.some(leadsOut),
    }),
  };
}

interface Around {
  readonly family: Family;
  readonly named: readonly Prefix[];
  readonly hosts: ReadonlySet<Address>;
}

function notesOf(so: {
  readonly family: Family;
  readonly left: number;
  readonly links: number;
  readonly leadsOut: boolean;
  readonly unlisted: boolean;
}): readonly string[] {
  const { family, left, links, leadsOut, unlisted } = so;
  return [
    ...(leadsOut ? [] : [`no default route for ${family}: nobody beyond the LAN was tried`]),
    ...(left > 0
      ? [`${left} more ${family} sources that rules name were not tried one by one`]
      : []),
    ...(unlisted
      ? [`${family} sources that rules let in by maps or sets of several kinds were not tried`]
      : []),
    ...(links > 0 ? [`${links} more links with ${family} addresses were not tried`] : []),
  ];
}

/** Far addresses for the model; nothing is ever sent to them. */
const farAddresses: Readonly<Record<Family, readonly [Address, ...Address[]]>> = {
  ipv4: ["1.1.1.1", "8.8.8.8", "151.101.1.140", "203.0.113.77", "80.80.80.80"],
  ipv6: ["2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::64"],
};

/** One that no rule singles out stands for anyone. */
function far({ ifname }: Link, { family, named, hosts }: Around): Vantage {
  const all = farAddresses[family];
  const isNobodys = (address: Address): boolean =>
    !hosts.has(address) && !named.some((prefix) => contains(prefix, address));
  const address = all.find(isNobodys) ?? all[0];
  return {
    source: { kind: "far", link: ifname, address },
    entry: { kind: "link", ifname },
    address,
  };
}

/** One for each subnet of the link: its gateway, or an address beside the host's own, that no rule singles out. */
function neighbours(link: Link, gateways: readonly Address[], around: Around): readonly Vantage[] {
  const { ifname } = link;
  const own = link.addresses.filter(({ family }) => family === around.family);
  const subnets = new Map(own.map((each) => [subnetKey(each), each]));
  return [...subnets.values()].flatMap((each) => {
    const subnet = subnetOf(each);
    if (subnet === undefined) return [];
    const onLink = gateways.filter((gateway) => contains(subnet, gateway));
    const candidates = [...onLink, ...neighboursOf(each, around.hosts)];
    const narrower = around.named.filter((prefix) => prefix.length > subnet.length);
    const free = candidates.find(
      (address) => !narrower.some((prefix) => contains(prefix, address)),
    );
    const address = free ?? candidates[0];
    if (address === undefined) return [];
    const source = { kind: "neighbour", link: ifname, address } as const;
    return [{ source, entry: { kind: "link", ifname }, address }];
  });
}

function subnetKey(own: LinkAddress): string {
  const subnet = subnetOf(own);
  return own.peer ?? (subnet === undefined ? own.address : prefixText(subnet));
}

/** They come in by the link on which the host would answer them. */
function namedVantages(facts: VantageFacts, fib: Fib, around: Around): readonly Vantage[] {
  const bridges = dockerBridges(facts.dockerNetworks);
  return around.named.flatMap((prefix) => {
    const address = addressIn(prefix, around);
    const words = address === undefined ? undefined : addressWords(address);
    if (address === undefined || words === undefined) return [];
    const source = words.map(() => 0);
    const answer = lookUpRoute(fib, around.family, { destination: words, source, mark: 0 });
    if (answer.kind !== "unicast" || bridges.has(answer.outputLink)) return [];
    const ifname = answer.outputLink;
    return [
      {
        source: { kind: "named" as const, link: ifname, address, prefix: prefixText(prefix) },
        entry: { kind: "link" as const, ifname },
        address,
      },
    ];
  });
}

/** An address that somebody may have in the prefix, and in no narrower one. */
function addressIn(prefix: Prefix, { named, hosts }: Around): Address | undefined {
  const words = addressWords(prefix.address);
  if (words === undefined) return undefined;
  const narrower = named.filter(
    ({ address, length }) => length > prefix.length && contains(prefix, address),
  );
  const last = words.at(-1) ?? 0;
  // The first addresses of half of all are nobody's.
  const wide = prefix.family === "ipv4" && prefix.length < 8 ? [0x01010101, 0x08080808] : [];
  const candidates = [...wide, 1, 2, 3, 9, 77, 130, 200, 0].map((step) =>
    addressText([...words.slice(0, -1), (last + step) >>> 0]),
  );
  return candidates.find(
    (address) =>
      contains(prefix, address) &&
      !hosts.has(address) &&
      !narrower.some((inner) => contains(inner, address)),
  );
}

function host(family: Family): Vantage {
  return {
    source: { kind: "host" },
    entry: { kind: "local" },
    address: family === "ipv4" ? "0.0.0.0" : "::",
  };
}

const linkLocal = parsePrefix("fe80::/10");

function doorsOf({ ifname, addresses }: Link, family: Family): readonly Door[] {
  return addresses
    .filter((own) => own.family === family)
    .map(({ address }) => ({
      address,
      ifname,
      linkLocal: linkLocal !== undefined && contains(linkLocal, address),
    }));
}
