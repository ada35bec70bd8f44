import {
  type Address,
  type AddressWords,
  addressWords,
  contains,
  type Family,
  parsePrefix,
  wordsMatch,
} from "../../../model/ip.ts";
import type { Link, LinkAddress } from "../../../model/link.ts";

/** What an address is chosen for. */
export interface SourceWish {
  readonly family: Family;
  readonly outLink: string;
  readonly destination: Address;
  /** Next hop; absent = the destination itself. */
  readonly gateway?: Address;
  /** Scope of the route: link for a connected one, global for one through a gateway. */
  readonly scope: "global" | "link" | "host";
}

type Links = ReadonlyMap<string, Link>;

/** The address that the kernel gives a packet that leaves by a link; undefined = there is none. */
export function sourceAddress(links: Links, wish: SourceWish): Address | undefined {
  return wish.family === "ipv4" ? ipv4Source(links, wish) : ipv6Source(links, wish);
}

const scopeNumbers: Readonly<Record<LinkAddress["scope"], number>> = {
  global: 0,
  site: 200,
  link: 253,
  host: 254,
  other: 0,
};

/**
 * inet_select_addr: of the link's primary addresses the one whose subnet holds the next hop, else the first; of another link where
 * the link has none.
 */
function ipv4Source(links: Links, wish: SourceWish): Address | undefined {
  const limit = scopeNumbers[wish.scope];
  const nextHop = wish.gateway ?? wish.destination;
  const fits = ({ family, flags, scope }: LinkAddress): boolean =>
    family === "ipv4" && !flags.includes("secondary") && scopeNumbers[scope] <= limit;
  const own = (links.get(wish.outLink)?.addresses ?? []).filter(fits);
  const near = own.find((address) => holds(address, nextHop));
  const found = near ?? own[0];
  if (found !== undefined) return found.address;
  const others = [...links.values()].flatMap(({ addresses }) => addresses);
  return others.find((address) => fits(address) && address.scope !== "link")?.address;
}

function holds({ address, prefixLength, peer }: LinkAddress, other: Address): boolean {
  const prefix = parsePrefix(`${peer ?? address}/${prefixLength}`);
  return prefix !== undefined && contains(prefix, other);
}

/** RFC 6724 as ipv6_dev_get_saddr has it: scope, deprecation, the outgoing link, the label, the longest common prefix. */
function ipv6Source(links: Links, wish: SourceWish): Address | undefined {
  const to = addressWords(wish.destination);
  if (to === undefined) return undefined;
  // A destination of the link's scope takes an address of that link only.
  const near = scopeOf(to) <= linkScope;
  const candidates = [...links.values()]
    .filter((link) => (near ? link.ifname === wish.outLink : link.adminUp))
    .flatMap((link) => link.addresses.flatMap((own) => candidateOf(own, link.ifname, wish)));
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    if (best === undefined || isBetter(candidate, best, to)) best = candidate;
  }
  return best?.address;
}

interface Candidate {
  readonly address: Address;
  readonly words: AddressWords;
  readonly prefixLength: number;
  readonly deprecated: boolean;
  readonly onLink: boolean;
  readonly temporary: boolean;
}

function candidateOf(own: LinkAddress, ifname: string, wish: SourceWish): readonly Candidate[] {
  const { address, flags, prefixLength } = own;
  const words = addressWords(address);
  const tentative = flags.includes("tentative") && !flags.includes("optimistic");
  if (own.family !== "ipv6" || words === undefined || tentative || flags.includes("dadfailed"))
    return [];
  return [
    {
      address,
      words,
      prefixLength,
      deprecated: flags.includes("deprecated"),
      onLink: ifname === wish.outLink,
      temporary: flags.includes("temporary"),
    },
  ];
}

/** The rules in their order; the first that tells the two apart decides. */
function isBetter(a: Candidate, b: Candidate, to: AddressWords): boolean {
  const same = Number(isSame(a.words, to)) - Number(isSame(b.words, to));
  if (same !== 0) return same > 0;
  const [scopeA, scopeB, scope] = [scopeOf(a.words), scopeOf(b.words), scopeOf(to)];
  if (scopeA !== scopeB) return scopeA < scopeB ? scopeA >= scope : scopeB < scope;
  if (a.deprecated !== b.deprecated) return !a.deprecated;
  if (a.onLink !== b.onLink) return a.onLink;
  const label = Number(labelOf(a.words) === labelOf(to)) - Number(labelOf(b.words) === labelOf(to));
  if (label !== 0) return label > 0;
  if (a.temporary !== b.temporary) return !a.temporary;
  return commonBits(a, to) > commonBits(b, to);
}

function isSame(a: AddressWords, b: AddressWords): boolean {
  return wordsMatch(a, b, 128);
}

const linkScope = 2;
const globalScope = 14;

/** Scope as RFC 4291 numbers it: loopback and link-local are 2, everything else global. */
function scopeOf(words: AddressWords): number {
  const [first = 0] = words;
  if (first >>> 24 === 0xff) return (first >>> 16) & 0xf;
  const loopback = words[3] === 1 && words.slice(0, 3).every((word) => word === 0);
  if (loopback || first >>> 22 === 0xfe80 >>> 6) return linkScope;
  return first >>> 22 === 0xfec0 >>> 6 ? 5 : globalScope;
}

/** Policy table of the kernel (ip6_addrlbl_init_table), the longest prefixes first. */
const labels = (
  [
    ["::1/128", 0],
    ["::ffff:0:0/96", 4],
    ["::/96", 3],
    ["2001::/32", 6],
    ["2001:10::/28", 7],
    ["3ffe::/16", 12],
    ["2002::/16", 2],
    ["fec0::/10", 11],
    ["fc00::/7", 5],
  ] as const
).flatMap(([text, label]) => {
  const prefix = parsePrefix(text);
  const words = prefix === undefined ? undefined : addressWords(prefix.address);
  return words === undefined || prefix === undefined
    ? []
    : [{ words, length: prefix.length, label }];
});

function labelOf(words: AddressWords): number {
  return labels.find((one) => wordsMatch(words, one.words, one.length))?.label ?? 1;
}

/** No more than the prefix of the address itself. */
function commonBits({ words, prefixLength }: Candidate, to: AddressWords): number {
  let bits = 0;
  for (const [at, word] of words.entries()) {
    const difference = (word ^ (to[at] ?? 0)) >>> 0;
    bits += Math.clz32(difference);
    if (difference !== 0) break;
  }
  return Math.min(bits, prefixLength);
}
