import type { BrctlBridge, BridgePort, FdbEntry, VlanMembership } from "./bridge.ts";
import type { ConntrackUse } from "./counters/conntrack.ts";
import type { NeighbourTable } from "./counters/neighbour-table.ts";
import type { NetworkCounters } from "./counters/network-counters.ts";
import type { DaemonOptions } from "./docker/daemon-options.ts";
import type { SwarmService, SwarmTask } from "./docker/swarm.ts";
import type { Container, DaemonInfo, DockerNetwork, SwarmNode } from "./docker.ts";
import type { Failure } from "./failure.ts";
import type { HostIdentity, MemoryUse } from "./host-identity.ts";
import type { Link } from "./link.ts";
import type { NativeNft } from "./native-nft.ts";
import type { IpSets } from "./netfilter/ipset.ts";
import type { Ruleset } from "./netfilter.ts";
import type { Netns } from "./netns.ts";
import type { HostQuery, Instant } from "./query.ts";
import type { Neighbour, Route, RoutingRule } from "./route.ts";
import type { RouteSighting } from "./routing/route-sighting.ts";
import type { Sandbox } from "./sandbox.ts";
import type { DockerProxy, ListeningSocket } from "./socket.ts";
import type { LinkSettings, Sysctls } from "./sysctl.ts";

/** One typed piece of a snapshot. `absent` = docknet looked and the host has no such thing; `unknown` = it could not look. */
export type Fact<T> =
  | {
      readonly state: "known";
      readonly value: T;
      readonly collectedAt: Instant;
      readonly sources: readonly HostQuery[];
      /** Lines that the parsers passed over. Loud, counted, never silent. */
      readonly ignored: readonly IgnoredLine[];
      /** What was not looked at although the rest is known, each with its reason; absent where nothing was left out. */
      readonly gaps?: readonly string[];
    }
  | { readonly state: "absent"; readonly reason: string }
  | { readonly state: "unknown"; readonly failure: Failure };

/** A line that a parser could not use. `line` counts from 1. */
export interface IgnoredLine {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
  /** Which answer it stands in; absent where that is told elsewhere. */
  readonly source?: HostQuery;
}

/** Every fact by name. Those without a namespace in their words are of the host's own network namespace. Plain JSON throughout. */
export interface Facts {
  readonly hostIdentity: HostIdentity;
  readonly memory: MemoryUse;
  /** Links with their addresses. */
  readonly links: readonly Link[];
  readonly routes: readonly Route[];
  readonly routingRules: readonly RoutingRule[];
  readonly bridgePorts: readonly BridgePort[];
  readonly brctlBridges: readonly BrctlBridge[];
  /** ARP and NDP entries. */
  readonly neighbours: readonly Neighbour[];
  /** Use and limits of the neighbour tables, which all namespaces share; absent where the kernel does not show them. */
  readonly neighbourTables: readonly NeighbourTable[];
  readonly fdb: readonly FdbEntry[];
  /** Absent where no bridge filters VLANs. */
  readonly vlans: readonly VlanMembership[];
  /** iptables of both families and both backends; a backend without tables has a ruleset without tables. */
  readonly rulesets: readonly Ruleset[];
  /** The kernel's own word on where far addresses lead; what could not be had is not in it. */
  readonly routeSightings: readonly RouteSighting[];
  /** Native nftables beside iptables. Its value says when it could not be read: a certain drop elsewhere stays certain. */
  readonly nativeNft: NativeNft;
  /** Sets of ipset, where rules of iptables ask them. Its value says when they could not be read. */
  readonly ipsets: IpSets;
  readonly sysctls: Sysctls;
  readonly linkSettings: readonly LinkSettings[];
  /** Absent where the kernel tracks no connections. */
  readonly conntrack: ConntrackUse;
  readonly networkCounters: NetworkCounters;
  readonly sockets: readonly ListeningSocket[];
  readonly dockerProxies: readonly DockerProxy[];
  readonly namespaces: readonly Netns[];
  readonly dockerDaemon: DaemonInfo;
  readonly daemonOptions: DaemonOptions;
  readonly dockerNetworks: readonly DockerNetwork[];
  readonly containers: readonly Container[];
  /** The swarm's nodes; only a manager may list them. */
  readonly swarmNodes: readonly SwarmNode[];
  /** Services of the swarm; absent on a node that is no manager. */
  readonly swarmServices: readonly SwarmService[];
  /** Tasks of the swarm on every node, those that ended too; absent on a node that is no manager. */
  readonly swarmTasks: readonly SwarmTask[];
  /** Every network namespace of Docker but the host's own, each part by itself known or not. */
  readonly sandboxes: readonly Sandbox[];
}

export type FactName = keyof Facts;

export interface HostSnapshot {
  readonly schemaVersion: 1;
  readonly takenAt: Instant;
  /** Something changed while docknet looked; `moving` names what. */
  readonly torn: boolean;
  /** Names of containers, and of networks, that changed each time that docknet looked: nothing is said about them. */
  readonly moving: readonly string[];
  readonly facts: { readonly [K in FactName]: Fact<Facts[K]> };
}

export function known<T>(
  value: T,
  from: {
    readonly at: Instant;
    readonly sources: readonly HostQuery[];
    readonly ignored?: readonly IgnoredLine[];
    readonly gaps?: readonly string[];
  },
): Fact<T> {
  return {
    state: "known",
    value,
    collectedAt: from.at,
    sources: from.sources,
    ignored: from.ignored ?? [],
    ...(from.gaps === undefined || from.gaps.length === 0 ? {} : { gaps: from.gaps }),
  };
}

export function absent(reason: string): { readonly state: "absent"; readonly reason: string } {
  return { state: "absent", reason };
}

export function unknown(failure: Failure): {
  readonly state: "unknown";
  readonly failure: Failure;
} {
  return { state: "unknown", failure };
}
