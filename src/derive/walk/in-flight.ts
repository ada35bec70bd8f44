import type { Attempt } from "../../model/intent.ts";
import { type Address, type AddressWords, addressWords, type Family } from "../../model/ip.ts";
import type { Entry, Packet, Tuple } from "../../model/packet.ts";

/** A packet on its way: what it looks like now, and what conntrack remembers of it. */
export interface InFlight {
  readonly family: Family;
  readonly packet: Packet;
  readonly sourceWords: AddressWords;
  readonly destinationWords: AddressWords;
  /** First packet of the connection, before any translation. */
  readonly original: Tuple;
  /** A reply as it is before it is translated back; absent on the first packet, whose translations are not all known yet. */
  readonly reply?: Tuple;
  /** Firewall mark; undefined = a rule may have set it, docknet cannot tell. */
  readonly mark: number | undefined;
  /** Mark of the connection; absent = not known. */
  readonly connmark?: number | undefined;
  readonly inLink?: string;
  readonly outLink?: string;
  /** Next hop of the route that it takes; absent = its destination. */
  readonly gateway?: Address;
  /** Rules at OUTPUT changed its destination or mark: it is routed again, by this mark (ip_route_me_harder). */
  readonly routeAgain?: { readonly mark: number | undefined };
  /** Ports of bridges by which a bridged frame came in and goes out (`-m physdev`). */
  readonly inPort?: string;
  readonly outPort?: string;
  /** It goes from one port of a bridge to another and is not routed. */
  readonly bridged?: true;
  /** Conntrack's states DNAT and SNAT: they hold for a connection, in both directions. */
  readonly destinationTranslated: boolean;
  readonly sourceTranslated: boolean;
  /** A rule took it away from conntrack: no state, no translation. */
  readonly untracked?: true;
  /** Came back by lo: conntrack has asked the nat tables already (nf_nat_initialized). */
  readonly natDecided?: true;
  /** The socket that sent it, for packets of this namespace itself. */
  readonly sender?: Extract<Entry, { readonly kind: "local" }>;
  readonly sourceMac?: string;
}

export function inFlight(attempt: Attempt): InFlight | undefined {
  const { packet, connection, entry } = attempt;
  const original = connection?.original;
  const sourceWords = addressWords(packet.source);
  const destinationWords = addressWords(packet.destination);
  if (sourceWords === undefined || destinationWords === undefined) return undefined;
  return {
    family: packet.family,
    packet,
    sourceWords,
    destinationWords,
    original: original ?? tupleOf(packet),
    ...(packet.ctDirection === "REPLY" ? { reply: tupleOf(packet) } : {}),
    mark: 0,
    ...(packet.ctState === "NEW" ? { connmark: 0 } : rememberedMark(attempt)),
    ...(entry.kind === "link" ? { inLink: entry.ifname } : { sender: entry }),
    ...(entry.kind === "local" || entry.sourceMac === undefined
      ? {}
      : { sourceMac: entry.sourceMac }),
    destinationTranslated: original !== undefined && isOther(original, "destination", packet),
    sourceTranslated: original !== undefined && isOther(original, "source", packet),
  };
}

function rememberedMark({ connection }: Attempt): Pick<InFlight, "connmark"> {
  const connmark = connection?.connmark;
  return connmark === undefined ? {} : { connmark };
}

/** The reply does not go to, or come from, what the first packet said. */
function isOther(original: Tuple, side: "source" | "destination", reply: Packet): boolean {
  if (side === "source")
    return (
      original.source !== reply.destination ||
      (original.sourcePort ?? reply.destinationPort) !== reply.destinationPort
    );
  return (
    original.destination !== reply.source ||
    (original.destinationPort ?? reply.sourcePort) !== reply.sourcePort
  );
}

/** A reply's destination is again what opened the connection: what nat does at PREROUTING and OUTPUT (nf_nat_packet). */
export function withDestinationBack(flight: InFlight): InFlight {
  if (!flight.sourceTranslated) return flight;
  const { source, sourcePort } = flight.original;
  const { destinationTranslated } = flight;
  return { ...withDestination(flight, source, sourcePort), destinationTranslated };
}

/** A reply's source is again what the connection was opened to: what nat does at INPUT and POSTROUTING. */
export function withSourceBack(flight: InFlight): InFlight {
  if (!flight.destinationTranslated) return flight;
  const { destination, destinationPort } = flight.original;
  const { sourceTranslated } = flight;
  return { ...withSource(flight, destination, destinationPort), sourceTranslated };
}

/** The packet with another destination, as DNAT leaves it. Only what changed is translated (nf_nat_setup_info). */
export function withDestination(flight: InFlight, to: Address, port?: number): InFlight {
  const packet: Packet = {
    ...flight.packet,
    destination: to,
    ...(port === undefined ? {} : { destinationPort: port }),
  };
  const destinationWords = addressWords(to) ?? flight.destinationWords;
  const changed =
    to !== flight.packet.destination ||
    packet.destinationPort !== flight.packet.destinationPort ||
    flight.destinationTranslated;
  return { ...flight, packet, destinationWords, destinationTranslated: changed };
}

export function withSource(flight: InFlight, to: Address, port?: number): InFlight {
  const packet: Packet = {
    ...flight.packet,
    source: to,
    ...(port === undefined ? {} : { sourcePort: port }),
  };
  const sourceWords = addressWords(to) ?? flight.sourceWords;
  const changed =
    to !== flight.packet.source ||
    packet.sourcePort !== flight.packet.sourcePort ||
    flight.sourceTranslated;
  return { ...flight, packet, sourceWords, sourceTranslated: changed };
}

/** Its source port becomes one that nobody can foresee. */
export function withoutSourcePort(flight: InFlight): InFlight {
  const { sourcePort: _port, ...packet } = flight.packet;
  return { ...flight, packet, sourceTranslated: true };
}

export function tupleOf(packet: Packet): Tuple {
  return {
    source: packet.source,
    destination: packet.destination,
    ...(packet.sourcePort === undefined ? {} : { sourcePort: packet.sourcePort }),
    ...(packet.destinationPort === undefined ? {} : { destinationPort: packet.destinationPort }),
  };
}
