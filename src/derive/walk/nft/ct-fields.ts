import { addressWords } from "../../../model/ip.ts";
import type { NftPacketField } from "../../../model/nft-rule.ts";
import type { Tuple } from "../../../model/packet.ts";
import type { InFlight } from "../in-flight.ts";
import { address } from "./payload-fields.ts";
import { type Field, protocolNumber, type Seen } from "./seen.ts";
import { type Bits, type Reading, unknownValue, type ValueType } from "./values.ts";

type CtField = Extract<NftPacketField, { readonly kind: "ct" }>;

/** NF_IP_PRI_CONNTRACK: a packet belongs to no connection before. */
const CONNTRACK = -200;

/** `ct KEY` (nft_ct.c). undefined = docknet does not model this key. */
export function ctField(field: CtField): Field | undefined {
  switch (field.key) {
    case "state":
      return { type: "ct-state", read: (seen) => stateOf(seen) };
    case "status":
      return tracked("ct-status", statusOf);
    case "direction":
      return tracked("ct-direction", ({ packet }) => (packet.ctDirection === "REPLY" ? 1 : 0));
    case "mark":
      return tracked("number", ({ connmark }) => connmark ?? unknownValue);
    case "l3proto":
      return tracked("nf-protocol", ({ family }) => (family === "ipv4" ? 2 : 10));
    case "protocol":
      return tracked("protocol", protocolNumber);
    case "saddr":
    case "daddr":
    case "ip saddr":
    case "ip daddr":
    case "ip6 saddr":
    case "ip6 daddr":
      return addressField(field);
    case "proto-src":
    case "proto-dst":
      return portField(field);
    case "expiration":
    case "helper":
    case "label":
    case "bytes":
    case "packets":
    case "avgpkt":
    case "zone":
    case "id":
    case "count":
      return tracked("number", () => unknownValue);
    default:
      return undefined;
  }
}

/** Connection tracking has not seen the packet yet (yes), has (no), or docknet cannot tell. */
function isUntracked({ hook, priority }: Seen): boolean | "unsure" {
  if (hook !== "prerouting" && hook !== "output") return false;
  return priority === CONNTRACK ? "unsure" : priority < CONNTRACK;
}

function tracked(type: ValueType, read: (flight: InFlight) => Reading): Field {
  return {
    type,
    read: (seen) => {
      const untracked = isUntracked(seen);
      if (untracked === "unsure") return unknownValue;
      return untracked || !hasConnection(seen.flight) ? undefined : read(seen.flight);
    },
  };
}

function hasConnection({ packet, untracked }: InFlight): boolean {
  return untracked !== true && stateBits.get(packet.ctState) !== 1;
}

const stateBits: ReadonlyMap<string, number> = new Map([
  ["INVALID", 1],
  ["ESTABLISHED", 2],
  ["RELATED", 4],
  ["NEW", 8],
]);

const UNTRACKED = 64;

/** A packet that connection tracking has not seen is `invalid`. */
function stateOf(seen: Seen): Reading {
  if (seen.flight.untracked === true) return UNTRACKED;
  const untracked = isUntracked(seen);
  if (untracked === "unsure") return unknownValue;
  return untracked ? 1 : (stateBits.get(seen.flight.packet.ctState) ?? unknownValue);
}

/** A first packet is confirmed after its last hook only; whether an answer made the connection assured depends on the protocol. */
function statusOf({ packet, sourceTranslated, destinationTranslated }: InFlight): Bits {
  const nat = (sourceTranslated ? 16 : 0) | (destinationTranslated ? 32 : 0);
  // 128, 256: the kernel's own notes of what is translated; 1, 1024 and above: expected ones, helpers, timeouts, offload.
  const internal = 0xffff_fd80 >>> 0;
  if (packet.ctState === "NEW") return { value: nat, unknown: internal };
  return { value: nat | 2 | 8, unknown: (internal | 4) >>> 0 };
}

function addressField({ key, direction }: CtField): Field | undefined {
  const source = key.endsWith("saddr");
  const family = key.startsWith("ip6") ? "ipv6" : key.startsWith("ip ") ? "ipv4" : undefined;
  const of = (flight: InFlight): Reading => {
    const tuple = tupleOf(flight, direction);
    const words = addressWords(source ? tuple.source : tuple.destination);
    if (family !== undefined && flight.family !== family) return undefined;
    return words === undefined ? unknownValue : address(words);
  };
  // Without a family in its name the constant tells which it is.
  return direction === undefined ? undefined : tracked(family ?? "ipv4", of);
}

function portField({ key, direction }: CtField): Field | undefined {
  if (direction === undefined) return undefined;
  return tracked("number", (flight) => {
    const tuple = tupleOf(flight, direction);
    return (key === "proto-src" ? tuple.sourcePort : tuple.destinationPort) ?? unknownValue;
  });
}

/** The reply tuple is the packet turned round (first packet), or the answer itself. */
function tupleOf({ packet, original, reply }: InFlight, direction: string | undefined): Tuple {
  if (direction !== "reply") return original;
  if (reply !== undefined) return reply;
  const { source, destination, sourcePort, destinationPort } = packet;
  return {
    source: destination,
    destination: source,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
  };
}
