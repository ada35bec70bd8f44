import type { ContainerSettings } from "./docker/container-settings.ts";
import type { EngineKind } from "./docker/engine.ts";
import type { Address, Family, Prefix } from "./ip.ts";

/**
 * What answers on the Docker socket. Its absence is a value, so that a check can speak about it; a socket that could not be
 * looked at is an `unknown` fact instead.
 */
export type DaemonInfo =
  | { readonly state: "not-installed"; readonly reason: string }
  /** The socket is there and refuses connections, or there is a client or service file and no socket. */
  | { readonly state: "stopped"; readonly reason: string }
  | RunningDaemon;

/** Source: `GET /version` and `GET /info`. */
export interface RunningDaemon {
  readonly state: "running";
  /** As the daemon prints it, such as `20.10.24+dfsg1`. */
  readonly version: string;
  /** Leading major and minor of the version; a distribution's suffix is ignored. */
  readonly major: number;
  readonly minor: number;
  readonly apiVersion: string;
  readonly hostname: string;
  /** INFO.IPv4Forwarding; absent where the engine does not say. */
  readonly ipv4Forwarding?: boolean;
  readonly bridgeNfIptables?: boolean;
  /** INFO.FirewallBackend.Driver (28 and later): iptables or nftables. */
  readonly firewallBackend?: string;
  /** INFO.KernelVersion: of the kernel that the engine runs on; absent where it does not say. */
  readonly kernel?: string;
  readonly engine: EngineKind;
  readonly liveRestore: boolean;
  readonly dockerRootDir?: string;
  /** INFO.DefaultAddressPools: where networks without a subnet get one; absent = the pools that are built in. */
  readonly addressPools?: readonly AddressPool[];
  readonly warnings: readonly string[];
  readonly swarm: SwarmInfo;
}

/** Networks of `size` bits are cut out of `base`. */
export interface AddressPool {
  readonly base: Prefix;
  readonly size: number;
}

export interface SwarmInfo {
  readonly state: "inactive" | "pending" | "active" | "error" | "locked";
  readonly isManager: boolean;
  readonly nodeId?: string;
  /** Address that this node advertises. */
  readonly nodeAddress?: Address;
  readonly error?: string;
  /** Managers as this node knows them, `address:port`. */
  readonly remoteManagers: readonly HostAndPort[];
  /** UDP port of the VXLAN data path; INFO.Swarm.Cluster.DataPathPort is 0 or absent where it is the default 4789. */
  readonly dataPathPort?: number;
}

export interface HostAndPort {
  readonly address: Address;
  readonly port: number;
}

/** A node of the swarm as a manager lists it. Source: `GET /nodes`. */
export interface SwarmNode {
  readonly id: string;
  readonly hostname: string;
  readonly role: "manager" | "worker";
  readonly state: string;
  readonly availability: string;
  readonly address?: Address;
  /** Status.Message: why a node is down, in the manager's words. */
  readonly message?: string;
  /** What the managers know of each other; managers only. */
  readonly manager?: {
    readonly reachability: string;
    readonly isLeader: boolean;
    readonly address?: HostAndPort;
  };
  /** Description.Engine.EngineVersion. */
  readonly engineVersion?: string;
}

export type NetworkDriver = "bridge" | "overlay" | "macvlan" | "ipvlan" | "host" | "null" | "other";
export type GatewayMode = "nat" | "nat-unprotected" | "routed" | "isolated";

export interface IpamConfig {
  readonly subnet: Prefix;
  readonly gateway?: Address;
  /** Part of the subnet that containers get addresses from; absent = all of it. */
  readonly range?: Prefix;
  /** Addresses that the network leaves to others; absent where there are none. */
  readonly auxiliaryAddresses?: readonly Address[];
  /** Source: Status.IPAM.Subnets, API 1.52 and later. Numbers saturate at 2^64 - 1. */
  readonly use?: { readonly inUse: number; readonly available: number };
}

/** A Docker network. Source: `GET /networks` and `GET /networks/{id}`. */
export interface DockerNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: NetworkDriver;
  readonly scope: "local" | "swarm" | "global";
  readonly internal: boolean;
  readonly ingress: boolean;
  readonly configOnly: boolean;
  readonly ipv4Enabled: boolean;
  readonly ipv6Enabled: boolean;
  readonly ipam: readonly IpamConfig[];
  readonly options: Readonly<Record<string, string>>;
  /** Name of the bridge link; bridge driver only (`faults.md` part 0: option, docker0, or br- and 12 hex digits). */
  readonly bridge?: string;
  /** com.docker.network.bridge.enable_ip_masquerade; true unless switched off. */
  readonly masquerade: boolean;
  /** com.docker.network.bridge.enable_icc; true unless switched off. */
  readonly icc: boolean;
  readonly gatewayModes: { readonly ipv4: GatewayMode; readonly ipv6: GatewayMode };
  /** com.docker.network.bridge.inhibit_ipv4: the bridge carries no address by design. */
  readonly inhibitIpv4: boolean;
  readonly encrypted: boolean;
  /** com.docker.network.driver.overlay.vxlanid_list. */
  readonly vnis: readonly number[];
  /** com.docker.network.driver.mtu in bytes. */
  readonly mtuBytes?: number;
  /** Link of the host that a macvlan or ipvlan network sits on; Docker makes one of its own where the option is absent. */
  readonly parent?: string;
  /** Name of the config-only network that this one takes its configuration from. */
  readonly configFrom?: string;
  /** com.docker.network.host_ipv4 and host_ipv6: source address of what leaves, in place of masquerading. */
  readonly hostAddresses?: readonly Address[];
  /** com.docker.network.bridge.host_binding_ipv4: where ports are published that name no address; absent = everywhere. */
  readonly bindingAddress?: Address;
  /** com.docker.network.bridge.trusted_host_interfaces: links from which containers may be reached directly. */
  readonly trustedLinks?: readonly string[];
  /** Endpoints on this host as the network lists them, whatever made them (docker_gwbridge holds those of overlay containers). */
  readonly attachments: readonly NetworkAttachment[];
  /** Other nodes with endpoints in this overlay network, as gossip knows them; includes this node. */
  readonly peers: readonly Address[];
}

export interface NetworkAttachment {
  readonly name: string;
  readonly mac?: string;
  readonly addresses: readonly { readonly address: Address; readonly prefixLength: number }[];
}

export interface HostBinding {
  readonly protocol: "tcp" | "udp" | "sctp";
  /** Address of the host that the port is published on: 0.0.0.0, ::, or one of its own. */
  readonly address: Address;
  readonly hostPort: number;
}

/** `-p`: a port of the container that the host answers for. */
export interface PublishedPort {
  readonly containerPort: number;
  readonly hostBinding: HostBinding;
}

/** A container's attachment to a network. */
export interface Endpoint {
  readonly networkId: string;
  readonly networkName: string;
  readonly endpointId?: string;
  readonly mac?: string;
  readonly addresses: readonly EndpointAddress[];
  /** 28 and later: the network with the highest priority gives the default gateway. */
  readonly gatewayPriority?: number;
  /**
   * Names beside the container's own by which the embedded DNS knows it on this network: aliases and the short id; absent where there
   * are none. Source: Aliases, and DNSNames from API 1.44 on.
   */
  readonly names?: readonly string[];
  /** Names that only this container has for others on this network (`--link`); absent where there are none. */
  readonly links?: readonly ContainerLink[];
}

/** `--link db:database`: the container, by name or id, and what it is called. */
export interface ContainerLink {
  readonly container: string;
  readonly alias: string;
}

export interface EndpointAddress {
  readonly family: Family;
  readonly address: Address;
  readonly prefixLength: number;
  readonly gateway?: Address;
}

/** Source: `GET /containers/json`, `GET /containers/{id}/json`. Never the environment, labels or command line. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly state: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
  /** State.StartedAt. */
  readonly startedAt?: string;
  readonly pid?: number;
  /** Namespace file of its sandbox; absent for `container:` and where Docker gives none. */
  readonly sandboxPath?: string;
  /** HostConfig.NetworkMode: default, bridge, host, none, container:ID, or a network's name. */
  readonly networkMode: string;
  readonly endpoints: readonly Endpoint[];
  readonly publishedPorts: readonly PublishedPort[];
  /** The file on the host that is its /etc/resolv.conf. */
  readonly resolvConfPath?: string;
  /** Whether its processes may change links, addresses and rules of their namespace: privileged, or with CAP_NET_ADMIN. */
  readonly mayConfigureNetwork?: boolean;
  /** State.Error: why it could not start, where the network is to blame. */
  readonly error?: string;
  /** What it was started with, as far as it decides about the network; absent = nothing out of the ordinary. */
  readonly settings?: ContainerSettings;
}

/** A bridge network whose packets the host routes: the driver is bridge and the network is a real one. */
export function isRoutedBridge(network: DockerNetwork): boolean {
  return network.driver === "bridge" && !network.configOnly && !network.internal;
}

/** A bridge that has to carry its IPv4 gateway: isolated gateway mode and inhibit_ipv4 leave it without an address by design. */
export function carriesIpv4Address(network: DockerNetwork): boolean {
  return (
    network.driver === "bridge" &&
    !network.configOnly &&
    network.ipv4Enabled &&
    !network.inhibitIpv4 &&
    network.gatewayModes.ipv4 !== "isolated"
  );
}
