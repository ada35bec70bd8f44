import type { Attempt } from "../../../model/intent.ts";
import type { Connmark, Entry, Packet } from "../../../model/packet.ts";
import { tupleOf } from "../in-flight.ts";

/** The answer to a packet of which one namespace saw the beginning and the end. */
export interface Exchange {
  /** The packet as it came into the namespace, or as its own socket sent it. */
  readonly request: Packet;
  /** The same as it left the namespace or reached a socket in it. */
  readonly received: Packet;
  /** Where the answer comes in: the link that the packet left by, or a socket of this namespace. */
  readonly entry: Entry;
  /** What rules left on the connection; absent = nothing. */
  readonly connmark?: Connmark | undefined;
}

/** The first answer of a connection: turned round, and conntrack knows what it belongs to. */
export function replyAttempt({ request, received, entry, connmark = 0 }: Exchange): Attempt {
  const mark = connmark === "unknown" ? {} : { connmark };
  return {
    entry,
    packet: replyPacket(received),
    connection: { original: tupleOf(request), ...mark },
    expect: { kind: "leaves", sourceTranslated: false },
  };
}

/** What the receiver of a packet sends back. */
export function replyPacket(received: Packet): Packet {
  const { sourcePort, destinationPort, icmpType: _type, icmpCode: _code, ...rest } = received;
  return {
    ...rest,
    source: received.destination,
    destination: received.source,
    ...(destinationPort === undefined ? {} : { sourcePort: destinationPort }),
    ...(sourcePort === undefined ? {} : { destinationPort: sourcePort }),
    ctState: "ESTABLISHED",
    ctDirection: "REPLY",
  };
}
