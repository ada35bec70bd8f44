import type { Link } from "../../../model/link.ts";
import type { Hook } from "../../../model/netfilter.ts";
import type { Fib } from "../fib.ts";
import type { InFlight } from "../in-flight.ts";
import type { Collections } from "./collections.ts";
import type { Reading, ValueType } from "./values.ts";

/** A packet as a base chain sees it. */
export interface Seen {
  readonly flight: InFlight;
  readonly hook: Hook;
  readonly priority: number;
}

/** What expressions ask beside the packet. */
export interface Surroundings {
  readonly fib: Fib;
  readonly links: ReadonlyMap<string, Link>;
  readonly collections: Collections;
}

/** A part of a packet, its connection or its routing, made ready to be read. */
export interface Field {
  readonly type: ValueType;
  readonly read: (seen: Seen) => Reading;
}

/** Number of the packet's protocol (IPPROTO_*). */
export function protocolNumber({ family, packet }: InFlight): number {
  if (packet.protocol === "icmp") return family === "ipv4" ? 1 : 58;
  return packet.protocol === "tcp" ? 6 : 17;
}
