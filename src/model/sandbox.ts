import type { BridgePort, FdbEntry } from "./bridge.ts";
import type { Failure } from "./failure.ts";
import type { Link } from "./link.ts";
import type { NativeNft } from "./native-nft.ts";
import type { Ruleset } from "./netfilter.ts";
import type { ResolverConfig } from "./resolver.ts";
import type { Neighbour, Route, RoutingRule } from "./route.ts";
import type { ListeningSocket } from "./socket.ts";
import type { LinkSettings, Sysctls } from "./sysctl.ts";

/**
 * What a network namespace is asked in one process, as lines for `ip -batch`: what decides about its packets. The routes are those
 * of both families; rules are those of IPv4, because a batch has one family for all of its lines (iproute2 has no other way).
 */
export const sandboxBatch = {
  argv: ["ip", "-j", "-d", "-b", "-"],
  stdin: "addr\nroute show table all\nrule\nneigh\nnetconf\n",
} as const;

/** What a network namespace of Docker holds, each under the name that the host's own fact of this kind has. */
export interface SandboxFacts {
  readonly links: readonly Link[];
  readonly routes: readonly Route[];
  /** Rules of IPv6 only where the namespace has an IPv6 address beside loopback and link-local ones: elsewhere they decide nothing. */
  readonly routingRules: readonly RoutingRule[];
  readonly linkSettings: readonly LinkSettings[];
  /** Forwarding and reverse path filter, as far as `ip netconf` tells them; no other key. */
  readonly sysctls: Sysctls;
  readonly neighbours: readonly Neighbour[];
  readonly bridgePorts: readonly BridgePort[];
  readonly fdb: readonly FdbEntry[];
  /** As for rules: those of IPv6 only where the namespace has such addresses. */
  readonly rulesets: readonly Ruleset[];
  readonly nativeNft: NativeNft;
  /** Without their processes: nobody needs those enough to walk all of /proc for them. */
  readonly sockets: readonly ListeningSocket[];
  /** The resolv.conf of its containers. */
  readonly resolver: ResolverConfig;
}

/** Each part of a namespace can be out of sight by itself. */
export type SandboxPart<T> =
  | {
      readonly state: "known";
      readonly value: T;
      /** What is missing in the value, and why: where the namespace could not be entered, /proc shows only some of it. */
      readonly reduced?: string;
    }
  /** There is no such thing here: no resolv.conf where there is no container, no FDB where there is no bridge. */
  | { readonly state: "absent"; readonly reason: string }
  | { readonly state: "unknown"; readonly failure: Failure };

/** A network namespace of Docker: of one container or several, or of an overlay network. */
export interface Sandbox {
  /** File by which it is entered: SandboxKey, or /proc/PID/ns/net where Docker names none. */
  readonly path: string;
  readonly role: "container" | "overlay" | "load-balancer" | "ingress" | "other";
  /** Names of the running containers in it; those of `--network container:X` share one. */
  readonly containers: readonly string[];
  /** Name of the overlay network that it belongs to, or the beginning of its id where the name is not known. */
  readonly network?: string;
  readonly parts: { readonly [K in keyof SandboxFacts]: SandboxPart<SandboxFacts[K]> };
}
