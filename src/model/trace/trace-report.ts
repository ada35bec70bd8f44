import type { HostIdentity } from "../host-identity.ts";
import type { Address, Family } from "../ip.ts";
import type { Element, Packet } from "../packet.ts";

/** What becomes of the packet; misdelivered = somebody else takes it than the one it was meant for. */
export type TraceFate = "delivered" | "dropped" | "rejected" | "misdelivered" | "unsure";

/** Something that the packet met: a rule, a policy, a route, a socket. */
export interface TraceStep {
  /** Hook or stage: ipv4 filter forward, routing, socket. */
  readonly at: string;
  /** The element in one line: table, chain, number and text of a rule. */
  readonly text: string;
  readonly verdict: string;
  /** Who keeps the rule; absent where nobody can tell. */
  readonly owner?: string;
  /** What the rule had counted when it was read. */
  readonly counters?: { readonly packets: number; readonly bytes: number };
  readonly element: Element;
}

/** What one network namespace, or a bridge in it, did with the packet. */
export interface TraceHop {
  /** In words: host, container web, host, bridge docker0. */
  readonly name: string;
  /** A link, a port of a bridge, or `a socket`. */
  readonly from: string;
  /** Absent where the way ended here. */
  readonly to?: string;
  readonly came: Packet;
  readonly left?: Packet;
  /** NAT in words: `destination 192.0.2.10:8080 → 172.20.0.2:80`. */
  readonly translated: readonly string[];
  /** MTU in bytes of the link that it left by. */
  readonly mtuBytes?: number;
  /** What this link takes beyond the packet; only where the size of the packet was given. */
  readonly mtuLeftBytes?: number;
  readonly steps: readonly TraceStep[];
}

/** One direction of one connection. */
export interface TraceWay {
  readonly fate: TraceFate;
  /** Namespace in which it ended. */
  readonly endedIn: string;
  /** What decided, where it was not delivered. */
  readonly element?: Element;
  readonly text?: string;
  readonly owner?: string;
  /** Who took it, or by which link it left this host. */
  readonly arrival?: string;
  readonly hops: readonly TraceHop[];
}

/** A connection; docker-proxy ends one and opens another. */
export interface TraceLeg {
  readonly title: string;
  readonly request: TraceWay;
  /** Absent where the request did not arrive. */
  readonly reply?: TraceWay;
}

export interface TraceQuestion {
  readonly from: string;
  readonly to: string;
  readonly protocol: Packet["protocol"];
  readonly family: Family;
  readonly source: Address;
  readonly destination: Address;
  readonly destinationPort?: number;
  readonly sizeBytes?: number;
}

/** Answer of `docknet trace`: can one reach the other, and if not, which element stops it. */
export interface TraceReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "docknet"; readonly version: string };
  readonly host: HostIdentity;
  readonly takenAt: string;
  /** Absent where the names could not be turned into a packet. */
  readonly question?: TraceQuestion;
  readonly fate: TraceFate;
  readonly sentence: string;
  /** What was not read and would have told more. */
  readonly notes: readonly string[];
  readonly legs: readonly TraceLeg[];
}
