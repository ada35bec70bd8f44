import type { NftPacketField } from "../../../model/nft-rule.ts";
import type { InFlight } from "../in-flight.ts";
import { type Field, protocolNumber, type Seen } from "./seen.ts";
import { type Reading, unknownValue, type Value, type ValueType } from "./values.ts";

type Payload = Extract<NftPacketField, { readonly kind: "payload" }>;
type RawPayload = Extract<NftPacketField, { readonly kind: "raw-payload" }>;

/**
 * Fields of headers (nft_payload.c). A header that the packet does not have ends the rule: nft puts the condition on the protocol
 * before it, and leaves it out where it prints. undefined = docknet does not model this header at all.
 */
export function payloadField({ protocol, field, tunnel }: Payload): Field | undefined {
  if (tunnel !== undefined) return undefined;
  switch (protocol) {
    case "ip":
      return ofFamily("ipv4", field);
    case "ip6":
      return ofFamily("ipv6", field);
    case "tcp":
      return field === "flags" ? tcpFlags : portField(field, ["tcp"]);
    case "udp":
      return portField(field, ["udp"]);
    case "th":
      return portField(field, ["tcp", "udp"]);
    case "icmp":
    case "icmpv6":
      return icmpField(protocol, field);
    case "ether":
      return etherField(field);
    case "udplite":
    case "sctp":
    case "dccp":
    case "ah":
    case "esp":
    case "comp":
    case "igmp":
    case "arp":
      // docknet's packets are of none of these protocols.
      return { type: "number", read: () => undefined };
    default:
      return undefined;
  }
}

/** `@th,0,16` and `@th,16,16`: the ports of any protocol that begins with them. */
export function rawPayloadField({ base, offset, length }: RawPayload): Field | undefined {
  if (base !== "th" || length !== 16 || (offset !== 0 && offset !== 16)) return undefined;
  return portField(offset === 0 ? "sport" : "dport", ["tcp", "udp"]);
}

function ofFamily(family: "ipv4" | "ipv6", field: string): Field {
  const own = ipField(family, field);
  return {
    type: own.type,
    read: (seen) => (seen.flight.family === family ? own.read(seen) : undefined),
  };
}

function ipField(family: "ipv4" | "ipv6", field: string): Field {
  switch (field) {
    case "saddr":
      return { type: family, read: ({ flight }) => address(flight.sourceWords) };
    case "daddr":
      return { type: family, read: ({ flight }) => address(flight.destinationWords) };
    case "protocol":
    case "nexthdr":
      return { type: "protocol", read: ({ flight }) => protocolNumber(flight) };
    case "version":
      return { type: "number", read: () => (family === "ipv4" ? 4 : 6) };
    case "ttl":
    case "hoplimit":
      return { type: "number", read: ({ flight }) => flight.packet.ttl ?? unknownValue };
    case "dscp":
      return { type: "dscp", read: ({ flight }) => flight.packet.dscp ?? unknownValue };
    case "frag-off":
      // No packet of docknet is a fragment; whether it may become one (DF) is not known.
      return { type: "number", read: () => ({ value: 0, unknown: 0x4000 }) };
    default:
      return { type: "number", read: () => unknownValue };
  }
}

/** One word alone is an address of IPv4. */
export function address(words: readonly number[]): Value {
  const [first = 0] = words;
  return words.length === 1 ? first : words;
}

function portField(field: string, of: readonly string[]): Field {
  const type: ValueType = "number";
  const read = (flight: InFlight): Reading => {
    const { packet } = flight;
    // The first bytes of ICMP are its type and code, not ports.
    if (packet.protocol === "icmp") return of.length > 1 ? unknownValue : undefined;
    if (!of.includes(packet.protocol)) return undefined;
    if (field === "sport") return packet.sourcePort ?? unknownValue;
    return field === "dport" ? (packet.destinationPort ?? unknownValue) : unknownValue;
  };
  return { type, read: ({ flight }) => read(flight) };
}

/** The first packet of a connection carries SYN alone; any other carries ACK (answers of the first one SYN too). */
const tcpFlags: Field = {
  type: "tcp-flags",
  read: ({ flight: { packet } }) => {
    if (packet.protocol !== "tcp") return undefined;
    return packet.ctState === "NEW" ? 2 : { value: 16, unknown: 0b1110_1111 };
  },
};

function icmpField(protocol: "icmp" | "icmpv6", field: string): Field {
  const family = protocol === "icmp" ? "ipv4" : "ipv6";
  const read = ({ flight }: Seen): Reading => {
    if (flight.packet.protocol !== "icmp" || flight.family !== family) return undefined;
    if (field === "type") return icmpType(flight);
    return field === "code" ? (flight.packet.icmpCode ?? 0) : unknownValue;
  };
  return { type: field === "type" ? `${protocol}-type` : "number", read };
}

/** Where nothing else is said it is an echo request, or the answer to one. */
function icmpType({ family, packet }: InFlight): number {
  if (packet.icmpType !== undefined) return packet.icmpType;
  if (packet.ctDirection === "REPLY") return family === "ipv4" ? 0 : 129;
  return family === "ipv4" ? 8 : 128;
}

function etherField(field: string): Field {
  if (field !== "type") return { type: "ether", read: () => unknownValue };
  return {
    type: "ether-type",
    read: ({ flight, hook }) =>
      hook === "output" ? unknownValue : flight.family === "ipv4" ? 0x0800 : 0x86dd,
  };
}
