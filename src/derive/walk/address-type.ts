import type { AddressWords, Family } from "../../model/ip.ts";
import type { Match } from "../../model/netfilter.ts";
import type { Route } from "../../model/route.ts";
import { type Fib, routeOf } from "./fib.ts";
import type { InFlight } from "./in-flight.ts";
import type { Answer } from "./match.ts";
import { lookUpRoute } from "./routing.ts";

type AddressTypeMatch = Extract<Match, { readonly kind: "address-type" }>;

/** `-m addrtype` (xt_addrtype). IPv4 asks the table `local` alone, and what is not in it is UNICAST (`inet_addr_type`). */
export function addressTypeMatches(match: AddressTypeMatch, flight: InFlight, fib: Fib): Answer {
  const words = match.side === "source" ? flight.sourceWords : flight.destinationWords;
  const link = limitLink(match, flight);
  const of = { words, ...(link === undefined ? {} : { link }) };
  if (flight.family === "ipv6") return ipv6TypeMatches(match.types, of, fib);
  const type = addressTypeOf(of, flight, fib);
  return type === undefined ? "unsure" : match.types.includes(type);
}

/**
 * IPv6: what MULTICAST, UNICAST and UNSPEC say of the address itself must all hold; where any of the others is named, the routing is asked
 * and one of these must hold too (match_type6).
 */
function ipv6TypeMatches(types: readonly string[], of: Asked, fib: Fib): Answer {
  const { words, link } = of;
  const multicast = isMulticast(words);
  const nobody = words.every((word) => word === 0);
  if (types.includes("MULTICAST") && !multicast) return false;
  if (types.includes("UNICAST") && (multicast || nobody)) return false;
  if (types.includes("UNSPEC") && !nobody) return false;
  const routed = types.filter((type) => ["LOCAL", "ANYCAST", "UNREACHABLE"].includes(type));
  if (routed.length === 0) return true;
  // Without LOCAL a link is the one that the route has to go out of, which docknet does not ask.
  if (multicast || (link !== undefined && !routed.includes("LOCAL"))) return "unsure";
  const type = addressTypeOf(of, { family: "ipv6" }, fib);
  if (type === undefined) return "unsure";
  return routed.includes(type) || (link !== undefined && routed.length > 1 ? "unsure" : false);
}

interface Asked {
  readonly words: AddressWords;
  readonly link?: string;
  /** For rules by source; absent = none is asked about. IPv6 only. */
  readonly source?: AddressWords;
}

/** What an address is to this host, in the words of iptables; undefined = docknet cannot tell. With a link, only what is on it is its own. */
export function addressTypeOf(
  of: Asked,
  { family }: Pick<InFlight, "family">,
  fib: Fib,
): string | undefined {
  const { words, link, source } = of;
  if (isMulticast(words)) return "MULTICAST";
  const found = localRoute(fib, family, words);
  const local = found !== undefined && isOn(found, link) ? found : undefined;
  return local?.type.toUpperCase() ?? otherType(fib, family, { words, source });
}

/** 224.0.0.0/4, ff00::/8. */
function isMulticast(words: AddressWords): boolean {
  const [first = 0] = words;
  return words.length === 1 ? first >>> 28 === 0xe : first >>> 24 === 0xff;
}

/** Link that the address has to be on to count as the host's; undefined = any. */
function limitLink(match: AddressTypeMatch, flight: InFlight): string | undefined {
  if (match.limitInterface === undefined) return undefined;
  return match.limitInterface === "in" ? flight.inLink : flight.outLink;
}

function isOn(route: Route, link: string | undefined): boolean {
  return link === undefined || route.nextHops.some((hop) => hop.outputLink === link);
}

function localRoute(fib: Fib, family: Family, words: AddressWords): Route | undefined {
  return routeOf(fib, { family, routeTable: "local" }, { words });
}

function otherType(
  fib: Fib,
  family: Family,
  of: { readonly words: AddressWords; readonly source: AddressWords | undefined },
): string | undefined {
  if (family === "ipv4") return "UNICAST";
  const { words, source = words.map(() => 0) } = of;
  const answer = lookUpRoute(fib, family, { destination: words, source, mark: 0 });
  if (answer.kind === "unsure") return undefined;
  return answer.kind === "refused" ? "UNREACHABLE" : "UNICAST";
}
