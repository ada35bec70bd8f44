import type { HostIdentity } from "../host-identity.ts";
import type { IntentKind } from "../intent.ts";
import type { Element } from "../packet.ts";

/** What became of a promise in one of the snapshots. */
export interface PromiseFate {
  /** degraded = carried with a loss: docker-proxy serves the port and the client's address is lost. */
  readonly state: "kept" | "degraded" | "failed" | "unsure";
  readonly fate?: "dropped" | "rejected" | "misdelivered";
  /** What decides; absent where the promise is kept. */
  readonly element?: Element;
  /** The same in one line. */
  readonly text?: string;
  /** Who keeps that rule; absent where nobody can tell. */
  readonly owner?: string;
}

/** How the two fates of a promise lie to each other. */
export type FateChangeKind =
  /** Carried before, and not now. */
  | "broken"
  /** Kept before, carried with a loss now. */
  | "weakened"
  /** Not carried before, and now. */
  | "mended"
  /** Carried with a loss before, kept now. */
  | "strengthened"
  /** Not carried in both, and something else decides now. */
  | "other-cause"
  /** Certain before, and not now. */
  | "unsure-now"
  /** Certain now, and not before. */
  | "certain-now"
  /** Docker promised it only before: its container, network or peer is gone. */
  | "gone"
  /** Docker promises it only now. */
  | "new";

/** A promise whose packets end otherwise than before. */
export interface FateChange {
  readonly change: FateChangeKind;
  /** Of the promise, the same in both snapshots: `publish:web/0.0.0.0:8080/tcp/eth0`. */
  readonly id: string;
  readonly kind: IntentKind;
  readonly title: string;
  /** Absent for a promise that is new. */
  readonly before?: PromiseFate;
  /** Absent for a promise that is gone. */
  readonly after?: PromiseFate;
}

/** One of the two snapshots. */
export interface DiffSide {
  readonly host: HostIdentity;
  readonly takenAt: string;
}

/** Answer of `docknet diff`. */
export interface DiffReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "docknet"; readonly version: string };
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** How many promises there are in both. */
  readonly promises: number;
  readonly changes: readonly FateChange[];
  /** What was not read, and makes promises unsure. */
  readonly notes: readonly string[];
}
