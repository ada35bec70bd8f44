import type { Address, Family, Prefix } from "./ip.ts";
import type { Element, Entry, Packet, Tuple, WalkResult } from "./packet.ts";

/** What Docker promised to carry, or not to carry, from the API's facts alone. */
export interface Intent {
  /** Stable over runs: made of names, never of container ids. Such as `egress:web@appnet/ipv4`. */
  readonly id: string;
  readonly kind: IntentKind;
  readonly family: Family;
  /** In words, for a report: `container web (network appnet) to outside`. */
  readonly title: string;
  readonly networkId?: string;
  readonly bridge?: string;
  readonly containerName?: string;
  readonly publishedPort?: {
    readonly protocol: string;
    readonly address: Address;
    readonly hostPort: number;
    readonly containerPort: number;
  };
  readonly swarmPort?: {
    readonly protocol: "tcp" | "udp";
    readonly port: number;
    readonly peer: Address;
  };
  /** The packets to walk. One of them arriving as expected keeps the promise: they stand for different clients. */
  readonly attempts: readonly Attempt[];
}

export type IntentKind =
  /** A container opens a connection to the outside. */
  | "egress"
  /** The answer to it. */
  | "egress-reply"
  /** A client opens a connection to a published port. */
  | "publish"
  /** The container's answer to the client. */
  | "publish-reply"
  /** Another node of the swarm reaches a port of this one. */
  | "swarm-port";

export interface Attempt {
  readonly entry: Entry;
  readonly packet: Packet;
  /** Next hop that the sender uses; it must be an address of the host on the entry link. */
  readonly viaGateway?: Address;
  /** For a reply: the connection's first packet, and what the reply's destination is translated back to. */
  readonly connection?: {
    readonly original: Tuple;
    readonly backTo?: Address;
    /** Mark of the connection; absent = not known. */
    readonly connmark?: number;
  };
  readonly expect: Expectation;
}

/** What must hold of a delivered packet. */
export type Expectation =
  /** Leaves by another link than it came in; `sourceTranslated` = its source must have become one of the host's own. */
  | { readonly kind: "leaves"; readonly sourceTranslated: boolean }
  /** Goes out on one of these bridges to one of these prefixes. */
  | {
      readonly kind: "reaches-container";
      readonly bridges: readonly string[];
      readonly targets: readonly Prefix[];
      /** Port of the container; absent where it does not matter. */
      readonly port?: number;
      /** docker-proxy serving the port instead counts as carried with a loss; without it, as not carried. */
      readonly proxyServes: boolean;
    }
  /** A socket of the host takes it; `listenerRequired` is false where the kernel opens it only when it is needed. */
  | { readonly kind: "reaches-host"; readonly listenerRequired: boolean };

/** What became of an intent. */
export type IntentOutcome =
  | { readonly state: "kept"; readonly walk: WalkResult }
  /** Carried, with a loss: docker-proxy serves the port and the container sees the bridge's gateway as its client. */
  | {
      readonly state: "degraded";
      readonly walk: WalkResult;
      readonly element: Element;
      readonly lost: string;
    }
  | {
      readonly state: "failed";
      readonly walk: WalkResult;
      readonly element: Element;
      readonly fate: "dropped" | "rejected" | "misdelivered";
    }
  | { readonly state: "unsure"; readonly walk: WalkResult; readonly element: Element };

export interface JudgedIntent {
  readonly intent: Intent;
  readonly outcome: IntentOutcome;
}
