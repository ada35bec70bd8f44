import type { HostIdentity } from "../host-identity.ts";
import type { Address, Family } from "../ip.ts";
import type { Element } from "../packet.ts";

/**
 * Who reaches a port, from nobody up. `named` = none but sources that rules name; `lan` = machines on a subnet of the host;
 * `anyone` = whoever's packets come in by the default route. Each holds those before it, but for `named`.
 */
export type ExposureLevel = "nobody" | "host" | "named" | "lan" | "anyone";

/** Where a packet comes from. */
export interface ExposureSource {
  readonly kind: "far" | "neighbour" | "named" | "host";
  /** Link that it comes in by; absent for the host itself. */
  readonly link?: string;
  /** The address that stands for all of its kind; absent where the kernel chooses (the host itself). */
  readonly address?: Address;
  /** For `named`: the sources as the rules name them, `198.51.100.0/24`. */
  readonly prefix?: string;
}

/** What becomes of packets from one source to one address. */
export interface ExposureWay {
  readonly from: ExposureSource;
  /** unanswered = what is sent gets there, and the answer is stopped. */
  readonly outcome: "reached" | "unanswered" | "blocked" | "unsure";
  /** How it gets there: NAT to the container, docker-proxy, a socket of the host, or plain routing. */
  readonly by?: "translation" | "docker-proxy" | "socket" | "routing";
  /** What decided: what stopped it, what could not be told, or the rule that translated it. */
  readonly element?: Element;
  /** The same in one line. */
  readonly text?: string;
  /** Who keeps that rule; absent where nobody can tell. */
  readonly owner?: string;
}

/** What a firewall's manager lets in to the host itself (INPUT), by its own chains and no others. */
export interface ExposureClaim {
  readonly manager: "ufw" | "firewalld";
  /** Whom its rules would let in at least. */
  readonly level: ExposureLevel;
  /** The most that it may be, where some of its rules cannot be judged. */
  readonly perhaps?: ExposureLevel;
  /** Its element that decides about those it keeps out, or lets in. */
  readonly element?: Element;
  readonly text?: string;
}

/** An address on which a port can be asked for. */
export interface ExposedAddress {
  readonly address: Address;
  /** host = one of the host's own; loopback, bridge and container = nobody outside sends there without a route over this host. */
  readonly of: "host" | "loopback" | "bridge" | "container";
  readonly port: number;
  /** Who reaches it at least. */
  readonly level: ExposureLevel;
  /** Who may reach it at most; absent where nothing is unsure. */
  readonly perhaps?: ExposureLevel;
  readonly ways: readonly ExposureWay[];
  /** Only for addresses of the host, and where a manager is at work. */
  readonly claims: readonly ExposureClaim[];
}

/** A port that Docker opened. */
export interface ExposedPort {
  /** published = `-p`; host-network = a socket of a container with the host's network; ingress = a service, on every node. */
  readonly kind: "published" | "host-network" | "ingress";
  /** Name of the container, or of the service. */
  readonly name: string;
  readonly family: Family;
  readonly protocol: "tcp" | "udp" | "sctp";
  /** Address that it is bound to: 0.0.0.0, ::, or one of the host's own. */
  readonly boundTo: Address;
  readonly hostPort: number;
  readonly containerPort?: number;
  /** Who reaches it by the host's addresses. */
  readonly level: ExposureLevel;
  readonly perhaps?: ExposureLevel;
  /** Who else reaches it with a route over this host, to the container's own address or to loopback; absent where nobody more. */
  readonly byRoute?: ExposureLevel;
  /** Whether a process in the container listens; absent where that was not read. */
  readonly listens?: boolean;
  readonly addresses: readonly ExposedAddress[];
}

/** Answer of `docknet exposure`. */
export interface ExposureReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "docknet"; readonly version: string };
  readonly host: HostIdentity;
  readonly takenAt: string;
  readonly ports: readonly ExposedPort[];
  /** Managers of a firewall that were found, and whether they filter now. */
  readonly managers: readonly { readonly name: "ufw" | "firewalld"; readonly active: boolean }[];
  /** Rules that somebody wrote on the way of Docker's packets, and that none of them ever meets. */
  readonly missedRules: readonly MissedRule[];
  /** What was not looked at, or cannot be told. */
  readonly notes: readonly string[];
}

/** A rule that can never match, though it was written to do something. */
export interface MissedRule {
  readonly element: Element;
  readonly text: string;
  /** Who keeps it; absent where nobody can tell. */
  readonly owner?: string;
  /** An earlier rule decides about all that it would match; its conditions exclude each other; nothing jumps to its chain. */
  readonly why: "decided-before" | "impossible" | "no-jump";
  readonly because?: Element;
  readonly becauseText?: string;
}
