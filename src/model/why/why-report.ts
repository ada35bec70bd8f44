import type { Evidence, Remedy } from "../finding.ts";
import type { HostIdentity } from "../host-identity.ts";
import type { Family } from "../ip.ts";
import type { Packet } from "../packet.ts";
import type { TraceFate, TraceLeg } from "../trace/trace-report.ts";

/** What a part of the answer is about, in the order in which a connection meets it. */
export type WhyTopic = "state" | "network" | "name" | "path" | "listener" | "size";

/** What keeps one from reaching the other, may do so, or is worth a word. */
export type WhyKind =
  | "container-not-running"
  | "container-paused"
  | "no-network"
  | "no-shared-network"
  | "name-not-known"
  | "name-of-another"
  | "name-of-several"
  | "dns-not-asked"
  | "embedded-dns-broken"
  | "upstream-dns-unreachable"
  | "path-blocked"
  | "answer-blocked"
  | "ends-elsewhere"
  | "nothing-listens"
  | "listens-on-loopback"
  | "listens-on-other-address"
  | "listens-with-other-protocol"
  | "link-too-small"
  | "tunnel-too-small";

export interface WhyFinding {
  readonly kind: WhyKind;
  readonly topic: WhyTopic;
  /** One sentence, without a full stop. */
  readonly message: string;
  readonly evidence: readonly Evidence[];
  readonly remedy?: Remedy;
  /** The check of doctor that found the cause; with its remedy the packet passes on the model. */
  readonly check?: string;
}

/** What was looked at and is in order, or was not looked at because it does not matter here. */
export interface WhySeen {
  readonly topic: WhyTopic;
  readonly text: string;
}

/** What could not be looked at. */
export interface WhyUnknown {
  readonly topic: WhyTopic;
  readonly text: string;
  /** Whether the answer depends on it: then nothing is called fine. */
  readonly isNeeded: boolean;
}

/** Who asks for whom, as docknet understood it. */
export interface WhyQuestion {
  readonly from: string;
  readonly to: string;
  readonly protocol: Packet["protocol"];
  readonly family?: Family;
}

/** broken = something certain stops it; fine = all that docknet can see lets it pass; unsure = neither is certain. */
export type WhyOutcome = "broken" | "fine" | "unsure";

/** Answer of `docknet why`: what keeps one from reaching the other, and what to do. */
export interface WhyReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "docknet"; readonly version: string };
  readonly host: HostIdentity;
  readonly takenAt: string;
  readonly question: WhyQuestion;
  readonly outcome: WhyOutcome;
  readonly sentence: string;
  /** What certainly stops it, in the order in which a connection meets it: the first one first. */
  readonly causes: readonly WhyFinding[];
  /** What can stop it and need not. */
  readonly suspects: readonly WhyFinding[];
  /** What does not stop it and is worth a word. */
  readonly notes: readonly WhyFinding[];
  readonly seen: readonly WhySeen[];
  readonly unknown: readonly WhyUnknown[];
  /** Where it is fine: what else it can be. */
  readonly elsewhere: readonly string[];
  /** How the first packet fares, as `docknet trace` follows it; absent where none could be sent. */
  readonly trace?: WhyTrace;
}

export interface WhyTrace {
  readonly fate: TraceFate;
  readonly sentence: string;
  /** The command that prints the way. */
  readonly command: string;
  readonly legs: readonly TraceLeg[];
}
