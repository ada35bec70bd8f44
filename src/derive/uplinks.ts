import type { DockerNetwork } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import {
  type Address,
  addressText,
  addressWords,
  contains,
  type Family,
  type Prefix,
  prefixOf,
} from "../model/ip.ts";
import type { Link, LinkAddress } from "../model/link.ts";
import type { Route } from "../model/route.ts";
import { farAddress } from "../model/routing/route-sighting.ts";

/** A link by which the host meets the outside, and who may be there. */
export interface Uplink {
  readonly ifname: string;
  readonly family: Family;
  /** The host's own address on it. */
  readonly hostAddress: Address;
  /** Stand-ins for clients and servers outside: a neighbour on the link, and a far one where a default route leads out. */
  readonly outside: readonly [Address, ...Address[]];
}

/** The links of the default routes; without any, every link in use with a global address that is not Docker's. */
export function uplinks(
  facts: Pick<Facts, "links" | "routes" | "dockerNetworks">,
  family: Family,
): readonly Uplink[] {
  const bridges = new Set(facts.dockerNetworks.flatMap(({ bridge }) => bridge ?? []));
  const candidates = facts.links.filter((link) => isOutward(link, bridges));
  const defaults = defaultRoutes(facts.routes, family);
  const own = ownOf(facts);
  const all = candidates.flatMap((link) => uplinkOf(link, { family, defaults, own }) ?? []);
  const onDefault = all.filter(({ ifname }) => defaults.some((route) => leavesBy(route, ifname)));
  if (onDefault.length > 0) return onDefault;
  const inUse = new Set(candidates.filter(isInUse).map(({ ifname }) => ifname));
  return all.filter(({ ifname }) => inUse.has(ifname));
}

/** Such as not the empty bridge of a hypervisor, behind which nobody is. */
export function isInUse({ adminUp, flags }: Link): boolean {
  return adminUp && !flags.includes("NO-CARRIER");
}

/** A link as the place where clients of its own subnet are, whether or not it leads further. */
export function linkAsUplink(
  facts: Pick<Facts, "links" | "routes">,
  ifname: string,
  family: Family,
): Uplink | undefined {
  const link = facts.links.find((candidate) => candidate.ifname === ifname);
  const defaults = defaultRoutes(facts.routes, family);
  return link === undefined ? undefined : uplinkOf(link, { family, defaults, own: ownOf(facts) });
}

function ownOf({ links }: Pick<Facts, "links">): ReadonlySet<Address> {
  return new Set(links.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
}

/** Link names of Docker's bridges. */
export function dockerBridges(networks: readonly DockerNetwork[]): ReadonlySet<string> {
  return new Set(networks.flatMap(({ bridge }) => bridge ?? []));
}

/** Not loopback, no bridge of Docker's, and no port of one. */
export function isOutward(link: Link, bridges: ReadonlySet<string>): boolean {
  if (link.flags.includes("LOOPBACK") || bridges.has(link.ifname)) return false;
  return link.master === undefined || !bridges.has(link.master);
}

function uplinkOf(
  link: Link,
  so: {
    readonly family: Family;
    readonly defaults: readonly Route[];
    /** Addresses of the host: nobody else has them. */
    readonly own: ReadonlySet<Address>;
  },
): Uplink | undefined {
  const own = link.addresses.find(
    ({ family, scope }) => family === so.family && scope === "global",
  );
  if (own === undefined) return undefined;
  const route = so.defaults.find((candidate) => leavesBy(candidate, link.ifname));
  const hop = route?.nextHops.find(({ outputLink }) => outputLink === link.ifname);
  const neighbour = neighbourOf(own, hop?.gateway, so.own);
  const far = route === undefined ? [] : [farAddress[so.family]];
  const outside = [...far, ...(neighbour === undefined ? [] : [neighbour])];
  const [first, ...rest] = outside;
  if (first === undefined) return undefined;
  return {
    ifname: link.ifname,
    family: so.family,
    hostAddress: own.address,
    outside: [first, ...rest],
  };
}

/** The gateway where it is on the link, else the next address of the subnet. */
function neighbourOf(
  own: LinkAddress,
  gateway: Address | undefined,
  hosts: ReadonlySet<Address>,
): Address | undefined {
  const subnet = subnetOf(own);
  const onLink = gateway !== undefined && subnet !== undefined && contains(subnet, gateway);
  return onLink && own.peer === undefined ? gateway : neighboursOf(own, hosts)[0];
}

/** Addresses of the subnet next to one's own that somebody else may have, the nearest first. */
export function neighboursOf(own: LinkAddress, hosts: ReadonlySet<Address>): readonly Address[] {
  if (own.peer !== undefined) return [own.peer];
  const subnet = subnetOf(own);
  const words = addressWords(own.address);
  if (subnet === undefined || words === undefined) return [];
  return [1, -1, 2, -2, 3, -3].flatMap((step) => {
    const next = [...words.slice(0, -1), ((words.at(-1) ?? 0) + step) >>> 0];
    const address = addressText(next);
    const taken = hosts.has(address) || isNetworkAddress(subnet, address);
    return contains(subnet, address) && !taken && !isBroadcast(subnet, next) ? [address] : [];
  });
}

/** The prefix that an address puts its link into. */
export function subnetOf(own: LinkAddress): Prefix | undefined {
  const words = addressWords(own.address);
  return words === undefined ? undefined : prefixOf(words, own.prefixLength);
}

/** The first address of a subnet is nobody's, but for point-to-point ones (RFC 3021) and IPv6, where it is the routers'. */
function isNetworkAddress(subnet: Prefix, address: Address): boolean {
  const pair = subnet.family === "ipv4" ? 31 : 127;
  return address === subnet.address && subnet.length < pair;
}

function isBroadcast(subnet: Prefix, words: readonly number[]): boolean {
  if (subnet.family === "ipv6" || subnet.length >= 31) return false;
  const hostMask = 0xffffffff >>> subnet.length;
  return ((words[0] ?? 0) & hostMask) >>> 0 === hostMask >>> 0;
}

export function defaultRoutes(routes: readonly Route[], family: Family): readonly Route[] {
  return routes.filter(
    (route) =>
      route.family === family &&
      route.type === "unicast" &&
      route.routeTable === "main" &&
      route.destination.length === 0,
  );
}

export function leavesBy(route: Route, ifname: string): boolean {
  return route.nextHops.some(({ outputLink }) => outputLink === ifname);
}
