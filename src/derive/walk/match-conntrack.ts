import { addressWords, wordsMatch } from "../../model/ip.ts";
import type { CtState, Match } from "../../model/netfilter.ts";
import type { Tuple } from "../../model/packet.ts";
import type { InFlight } from "./in-flight.ts";
import { type Answer, inverting, not, type Test, unsure } from "./match-answer.ts";
import { inRange, isProtocol } from "./match-header.ts";

/** What conntrack knows of a packet when a rule looks (nf_ct_get). */
type Tracking = "tracked" | "untracked" | "not-yet" | "unsure";

/** Before conntrack's own hook nothing is known, but for what comes back by lo: it was tracked when it was sent. */
export function trackingOf(flight: InFlight, table: string): Tracking {
  if (flight.untracked) return "untracked";
  if (table !== "raw") return "tracked";
  return flight.natDecided ? "unsure" : "not-yet";
}

/** `--ctstate` and `--state`: a packet of no connection is UNTRACKED where a rule said so, otherwise INVALID (xt_conntrack). */
export function ctStateTest(
  { states, inverted }: Extract<Match, { readonly kind: "ct-state" }>,
  table: string,
): Test {
  return inverting(inverted, (flight) => {
    switch (trackingOf(flight, table)) {
      case "unsure":
        return "unsure";
      case "untracked":
        return states.includes("UNTRACKED");
      case "not-yet":
        return states.includes("INVALID");
      case "tracked":
        return isInState(states, flight);
    }
  });
}

function isInState(states: readonly CtState[], flight: InFlight): boolean {
  if (states.includes(flight.packet.ctState)) return true;
  if (states.includes("DNAT") && flight.destinationTranslated) return true;
  return states.includes("SNAT") && flight.sourceTranslated;
}

/** Any other word about a connection does not hold of a packet without one, inverted or not. */
export function ofConnection(
  so: { readonly table: string; readonly inverted: boolean },
  test: Test,
): Test {
  return (flight) => {
    const tracking = trackingOf(flight, so.table);
    if (tracking === "unsure") return "unsure";
    if (tracking !== "tracked") return false;
    const answer = test(flight);
    return so.inverted ? not(answer) : answer;
  };
}

/** Bits of a connection's status. NONE is no bit, so it never holds; EXPECTED comes from helpers only. */
export function ctStatusTest(statuses: readonly string[]): Test {
  const bits = statuses.filter((status) => status !== "NONE");
  return ({ packet, natDecided }) => {
    if (bits.length === 0) return false;
    // What comes back by lo was confirmed when it left.
    if (packet.ctState === "NEW") return natDecided === true && bits.includes("CONFIRMED");
    if (bits.includes("CONFIRMED")) return true;
    if (bits.includes("SEEN_REPLY")) return packet.ctDirection === "REPLY" ? true : "unsure";
    return bits.includes("ASSURED") ? "unsure" : false;
  };
}

export function ctProtocolTest(protocol: string): Test {
  return ({ packet }) => isProtocol(protocol, packet);
}

export function ctAddressTest(match: Extract<Match, { readonly kind: "ct-address" }>): Test {
  const base = addressWords(match.prefix.address);
  if (base === undefined) return unsure;
  return (flight) => {
    const words = addressWords(ctTuple(match.tuple, flight)[match.side]);
    return (
      words !== undefined &&
      words.length === base.length &&
      wordsMatch(words, base, match.prefix.length)
    );
  };
}

/** For ICMP the kernel compares the identifier, or type and code. */
export function ctPortTest(match: Extract<Match, { readonly kind: "ct-port" }>): Test {
  return (flight): Answer => {
    if (flight.packet.protocol === "icmp") return "unsure";
    const tuple = ctTuple(match.tuple, flight);
    const port = match.side === "source" ? tuple.sourcePort : tuple.destinationPort;
    return inRange(port, match.ports, flight.packet);
  };
}

/** The reply tuple is the current packet turned round (first packet), or the reply as it came in. */
function ctTuple(tuple: "original" | "reply", { packet, original, reply }: InFlight): Tuple {
  if (tuple === "original") return original;
  if (reply !== undefined) return reply;
  const { source, destination, sourcePort, destinationPort } = packet;
  return {
    source: destination,
    destination: source,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
  };
}

export function connmarkTest({
  value,
  mask,
}: {
  readonly value: number;
  readonly mask: number;
}): Test {
  return ({ connmark }) => (connmark === undefined ? "unsure" : (connmark & mask) >>> 0 === value);
}
