import { addressWords } from "../../../model/ip.ts";
import type { NftPacketField } from "../../../model/nft-rule.ts";
import { addressTypeOf } from "../address-type.ts";
import { lookUpRoute } from "../routing.ts";
import { addressTypes } from "./names.ts";
import type { Field, Seen, Surroundings } from "./seen.ts";
import { type Reading, unknownValue } from "./values.ts";

type FibField = Extract<NftPacketField, { readonly kind: "fib" }>;

/** `fib` (nft_fib.c, nft_fib_ipv4.c, nft_fib_ipv6.c). undefined = docknet does not model this question. */
export function fibField({ result, flags }: FibField, around: Surroundings): Field | undefined {
  const asks = new Set(flags);
  if (result === "type")
    return { type: "address-type", read: (seen) => typeOf(seen, asks, around) };
  if (result !== "oif" && result !== "oifname") return undefined;
  return { type: "link-name", read: (seen) => linkOf(seen, asks, around) };
}

type Asks = ReadonlySet<string>;

/** What the address is to this host, on one link alone where the question names one. */
function typeOf({ flight, hook }: Seen, asks: Asks, { fib }: Surroundings): Reading {
  const onLink = asks.has("iif") || asks.has("oif");
  const routed = hook === "prerouting" || hook === "input" ? undefined : flight.outLink;
  const link = asks.has("iif") ? flight.inLink : routed;
  if (onLink && link === undefined) return unknownValue;
  const { destinationWords, sourceWords } = flight;
  // The route is asked as from the packet's other end (nft_fib6_flowi_init).
  const [words, source] = asks.has("daddr")
    ? [destinationWords, sourceWords]
    : [sourceWords, destinationWords];
  const of = onLink && link !== undefined ? { words, source, link } : { words, source };
  const type = addressTypeOf(of, flight, fib);
  return type === undefined ? unknownValue : (addressTypes.get(type.toLowerCase()) ?? unknownValue);
}

/** The link that the address is reached by; "" = by none (`missing`), or not by the one that the question names. */
function linkOf({ flight, hook }: Seen, asks: Asks, { fib }: Surroundings): Reading {
  const routed = hook === "prerouting" || hook === "input" ? undefined : flight.outLink;
  const wanted = asks.has("oif") ? routed : asks.has("iif") ? flight.inLink : undefined;
  if (hook === "prerouting" && flight.inLink === "lo") return "lo";
  const forward = asks.has("daddr");
  const answer = lookUpRoute(fib, flight.family, {
    destination: forward ? flight.destinationWords : flight.sourceWords,
    source: forward ? flight.sourceWords : flight.destinationWords,
    mark: asks.has("mark") ? flight.mark : 0,
  });
  if (isUnspecified(flight.packet.source)) return unknownValue;
  if (answer.kind === "unsure") return unknownValue;
  if (answer.kind !== "unicast") return "";
  return wanted === undefined || answer.outputLink === wanted ? answer.outputLink : "";
}

function isUnspecified(address: string): boolean {
  return addressWords(address)?.every((word) => word === 0) ?? true;
}
