import type { HostBinding } from "./docker.ts";
import type { FactName, IgnoredLine } from "./facts.ts";
import type { Failure } from "./failure.ts";
import type { HostIdentity } from "./host-identity.ts";
import type { Family } from "./ip.ts";
import type { NftFamily } from "./nft.ts";
import type { HostQuery, Instant } from "./query.ts";
import type { Coverage } from "./reading/coverage.ts";
import type { Measured } from "./reading/measured.ts";
import type { RuleOwner } from "./rule-owner.ts";

/** critical = traffic is broken or exposed now; warning = lost under some condition; info = surprising, by design. */
export type Severity = "info" | "warning" | "critical";
export type Area = "kernel" | "netfilter" | "link" | "address" | "docker" | "overlay";
export type Status = "pass" | "fail" | "not-applicable" | "unknown" | "broken";

/** What a finding is about. Its string form (`subjectText`) is used by --ignore, labels and fingerprints. */
export type Subject =
  | { readonly kind: "host" }
  | { readonly kind: "sysctl"; readonly key: string }
  | { readonly kind: "link"; readonly name: string; readonly container?: string }
  | {
      readonly kind: "chain";
      /** Of iptables, or the family of a table of nftables. */
      readonly family: Family | NftFamily;
      readonly table: string;
      readonly chain: string;
    }
  | { readonly kind: "network" | "container"; readonly name: string }
  | { readonly kind: "published-port"; readonly container: string; readonly binding: HostBinding }
  | {
      readonly kind: "swarm-port";
      readonly port: number;
      readonly protocol: "tcp" | "udp";
      readonly peer?: string;
    }
  | { readonly kind: "route"; readonly prefix: string };

/** What the reader can find on his host: the very line, and the question that shows it. */
export interface Evidence {
  readonly source: HostQuery;
  /** Line in the answer, from 1. */
  readonly line?: number;
  readonly text: string;
  /** Who keeps the rule, where its chain, table or comment tells. */
  readonly owner?: RuleOwner;
}

/** Commands that mend a problem, and how to make that last. `commands` run verbatim, in order, as root. */
export interface Remedy {
  readonly summary: string;
  readonly commands: readonly string[];
  /** What the commands change beside the cure, such as restarting containers. */
  readonly sideEffects?: string;
  /** How to make it persistent: text, or commands. */
  readonly persistent: readonly string[];
}

/** One thing wrong, as a check says it. */
export interface Problem {
  readonly subject: Subject;
  readonly message: string;
  readonly observed?: string;
  readonly expected?: string;
  readonly evidence: readonly Evidence[];
  /** Only to lower the check's own. */
  readonly severity?: Severity;
  /** This problem's own remedy, where the check's general one needs names filled in. */
  readonly remedy?: Remedy;
  /** Ids of the failing intents that this problem speaks for. */
  readonly intents?: readonly string[];
}

/** Something that a check needed and could not judge. */
export interface Doubt {
  readonly about: string;
  readonly reason: string;
  readonly nextStep?: string;
}

export type Verdict =
  | { readonly status: "pass" }
  | {
      readonly status: "fail";
      readonly problems: readonly [Problem, ...Problem[]];
      readonly doubts?: readonly Doubt[];
    }
  | { readonly status: "not-applicable"; readonly reason: string }
  | { readonly status: "unknown"; readonly because: readonly [Doubt, ...Doubt[]] };

export const pass: Verdict = { status: "pass" };

export function notApplicable(reason: string): Verdict {
  return { status: "not-applicable", reason };
}

/** What a check is, without its function: reports carry it, so that a reader needs no registry. */
export interface CheckMeta<Id extends string = string> {
  readonly id: Id;
  readonly area: Area;
  /** The failing state as a statement. */
  readonly title: string;
  /** The healthy state as a statement. */
  readonly passTitle: string;
  readonly severity: Severity;
  readonly why: string;
  readonly remedy: Remedy;
  /** How to confirm by hand. */
  readonly confirm: readonly string[];
  readonly ignoreWhen: string;
  readonly references: readonly [string, ...string[]];
}

export interface Finding extends Problem {
  readonly check: string;
  /** Check and subject by names, never inode or container id: stable over runs. */
  readonly fingerprint: string;
  readonly severity: Severity;
  readonly remedy: Remedy;
  readonly suppressed: boolean;
  /** Fingerprint of the cause that it folds under; absent = a cause. */
  readonly explainedBy?: string;
  /** What the remedy does on the model: how many broken promises it mends. Absent where the check assumes nothing. */
  readonly proof?: { readonly mends: number; readonly of: number };
}

export type CheckResult =
  | { readonly status: "pass" }
  | { readonly status: "not-applicable"; readonly reason: string }
  | {
      readonly status: "fail";
      readonly findings: readonly [Finding, ...Finding[]];
      readonly doubts: readonly Doubt[];
    }
  | { readonly status: "unknown"; readonly because: readonly Doubt[] }
  /** docknet's own bug, never the host's fault. */
  | { readonly status: "broken"; readonly error: string };

export interface CheckOutcome {
  readonly check: CheckMeta;
  readonly docsUrl: string;
  /** Facts that it looks at. */
  readonly requires: readonly FactName[];
  readonly result: CheckResult;
  /** Time that it took, with what it was the first to ask for; absent where the clock stands still, as in a bundle. */
  readonly durationMs?: number;
}

export interface CollectorOutcome {
  readonly fact: FactName;
  readonly state: "known" | "absent" | "unknown";
  readonly durationMs: number;
  readonly ignoredLines: number;
  /** The first of them; absent where there are none. */
  readonly ignored?: readonly IgnoredLine[];
  /** What was not looked at although the rest of the fact is known, each with its reason. */
  readonly gaps?: readonly string[];
  readonly reason?: string;
  readonly failure?: Failure;
}

/** The few numbers that metrics and the host line need; the snapshot itself is not kept. */
export interface Readings extends Measured {
  readonly docker?: {
    readonly version: string;
    readonly apiVersion: string;
    /** What kind of engine it is, such as `rootless`; absent where it is a plain one. */
    readonly engine?: string;
    readonly firewallBackend?: string;
    readonly swarmRole: "none" | "manager" | "worker";
    readonly swarmState: string;
  };
  readonly dockerState: "running" | "stopped" | "not-installed" | "unknown";
  /** nf_tables, legacy, mixed (rules in both) or none, as far as it could be read. */
  readonly iptablesBackend: "nf_tables" | "legacy" | "mixed" | "none" | "unknown";
  readonly containersRunning?: number;
  readonly containersTotal?: number;
  readonly networks?: number;
  readonly forwarding: { readonly ipv4?: boolean; readonly ipv6?: boolean };
  readonly sysctls: Readonly<Record<string, string>>;
  readonly chains: readonly ChainReading[];
  readonly bridges: readonly BridgeReading[];
  readonly networkReadings: readonly NetworkReading[];
  readonly swarmPorts: readonly SwarmPortReading[];
  readonly intents: {
    readonly kept: number;
    readonly degraded: number;
    readonly failed: number;
    readonly unsure: number;
  };
  readonly namespaces?: number;
  readonly memory?: { readonly totalBytes: number; readonly availableBytes: number };
}

export interface ChainReading {
  readonly family: Family;
  readonly backend: string;
  readonly table: string;
  readonly chain: string;
  readonly policy?: string;
  readonly rules: number;
  /** Packets and bytes that DROP and REJECT rules and a DROP policy counted. */
  readonly droppedPackets: number;
  readonly droppedBytes: number;
}

export interface BridgeReading {
  readonly device: string;
  readonly network: string;
  readonly adminUp: boolean;
  readonly ports: number;
  readonly mtuBytes: number;
}

export interface NetworkReading {
  readonly name: string;
  readonly id: string;
  readonly driver: string;
  readonly scope: string;
  readonly internal: boolean;
  readonly subnet: string;
  readonly containers: number;
}

export interface SwarmPortReading {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly listening?: boolean;
  /** Verdict of the walk for packets of all known peers; absent = unsure, or no peer is known. */
  readonly allowed?: boolean;
}

export interface Summary {
  readonly status: "ok" | "warning" | "critical" | "unknown";
  /** Exit code of doctor with the default --fail-on. */
  readonly exitCode: 0 | 1 | 2 | 3;
  readonly counts: Readonly<Record<Status, number>>;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly suppressed: number;
  /** Fingerprints of the causes, worst first. */
  readonly causes: readonly string[];
}

/** The whole answer of one run. Self-contained: whoever renders it needs no registry. */
export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "docknet"; readonly version: string };
  readonly host: HostIdentity;
  readonly takenAt: Instant;
  readonly durationMs: number;
  readonly torn: boolean;
  /** Containers and networks that changed while docknet looked: nothing is said about them. */
  readonly moving: readonly string[];
  readonly summary: Summary;
  readonly outcomes: readonly CheckOutcome[];
  readonly collectors: readonly CollectorOutcome[];
  readonly coverage: Coverage;
  readonly readings: Readings;
}

export function subjectText(subject: Subject): string {
  switch (subject.kind) {
    case "host":
      return "host";
    case "sysctl":
      return `sysctl:${subject.key}`;
    case "link":
      return subject.container === undefined
        ? `link:${subject.name}`
        : `link:${subject.container}/${subject.name}`;
    case "chain":
      return `chain:${subject.family}/${subject.table}/${subject.chain}`;
    case "network":
    case "container":
      return `${subject.kind}:${subject.name}`;
    case "published-port":
      return `published-port:${subject.container}/${bindingText(subject.binding)}`;
    case "swarm-port": {
      const port = `swarm-port:${subject.port}/${subject.protocol}`;
      return subject.peer === undefined ? port : `${port}@${subject.peer}`;
    }
    case "route":
      return `route:${subject.prefix}`;
  }
}

/** `0.0.0.0:8080/tcp`, `[::]:8080/tcp`. */
export function bindingText(binding: HostBinding): string {
  const address = binding.address.includes(":") ? `[${binding.address}]` : binding.address;
  return `${address}:${binding.hostPort}/${binding.protocol}`;
}
