import type { BridgePort } from "../../src/model/bridge.ts";
import { networkCountersOf } from "../../src/model/counters/network-counters.ts";
import type {
  Container,
  DockerNetwork,
  Endpoint,
  PublishedPort,
  RunningDaemon,
} from "../../src/model/docker.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { Family } from "../../src/model/ip.ts";
import { parsePrefix } from "../../src/model/ip.ts";
import type { Link, LinkAddress } from "../../src/model/link.ts";
import { noNativeNft } from "../../src/model/native-nft.ts";
import type { Route } from "../../src/model/route.ts";
import type { ListeningSocket } from "../../src/model/socket.ts";
import type { LinkSettings } from "../../src/model/sysctl.ts";

/** Link of the user-defined network of the healthy host. */
export const appBridge = "br-0123456789ab";
const appId = "0123456789abcdef";
const bridgeId = "b000000000000000";

export function prefix(text: string) {
  return parsePrefix(text) ?? { family: "ipv4" as const, address: text, length: 32 };
}

export function linkAddress(text: string): LinkAddress {
  const [address = "", length = ""] = text.split("/");
  const family: Family = address.includes(":") ? "ipv6" : "ipv4";
  return { family, address, prefixLength: Number(length), scope: "global", flags: [] };
}

/** A link that is up. */
export function aLink(ifname: string, change: Partial<Link> = {}): Link {
  return {
    ifindex: 1,
    ifname,
    flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
    adminUp: true,
    carrier: true,
    operState: "up",
    mtuBytes: 1500,
    alternativeNames: [],
    addresses: [],
    ...change,
  };
}

/** A route of the main table by one link; `unicast` unless the change says otherwise. */
export function aRoute(destination: string, ifname: string, change: Partial<Route> = {}): Route {
  const to = prefix(destination === "default" ? "0.0.0.0/0" : destination);
  return {
    family: to.family,
    type: "unicast",
    destination: to,
    routeTable: "main",
    nextHops: [{ outputLink: ifname, flags: [] }],
    flags: [],
    ...change,
  };
}

/** The routes that the kernel makes for an address of a link. */
export function addressRoutes(ifname: string, text: string): readonly Route[] {
  const [address = ""] = text.split("/");
  const local = { type: "local", routeTable: "local", protocol: "kernel" } as const;
  return [
    aRoute(address, ifname, local),
    aRoute(text, ifname, { protocol: "kernel", scope: "link" }),
  ];
}

export function aSetting(ifname: string, change: Partial<LinkSettings> = {}): LinkSettings {
  return { family: "ipv4", ifname, forwarding: true, reversePathFilter: 0, ...change };
}

export function aSocket(
  protocol: "tcp" | "udp",
  port: number,
  process: string | undefined,
): ListeningSocket {
  const processes = process === undefined ? [] : [{ name: process, pid: 800 }];
  return { protocol, address: "0.0.0.0", port, processes };
}

export function aBridgePort(ifname: string, bridge: string): BridgePort {
  return {
    ifname,
    bridge,
    portState: "forwarding",
    adminUp: true,
    carrier: true,
    mtuBytes: 1500,
    hairpinMode: false,
    isolated: false,
  };
}

export function aNetwork(name: string, change: Partial<DockerNetwork> = {}): DockerNetwork {
  return {
    id: `${name}-id`,
    name,
    driver: "bridge",
    scope: "local",
    internal: false,
    ingress: false,
    configOnly: false,
    ipv4Enabled: true,
    ipv6Enabled: false,
    ipam: [],
    options: {},
    masquerade: true,
    icc: true,
    gatewayModes: { ipv4: "nat", ipv6: "nat" },
    inhibitIpv4: false,
    encrypted: false,
    vnis: [],
    attachments: [],
    peers: [],
    ...change,
  };
}

export function anEndpoint(
  network: Pick<DockerNetwork, "id" | "name">,
  address: string,
  gateway: string | undefined,
): Endpoint {
  const own = linkAddress(address);
  return {
    networkId: network.id,
    networkName: network.name,
    addresses: [
      {
        family: own.family,
        address: own.address,
        prefixLength: own.prefixLength,
        ...(gateway === undefined ? {} : { gateway }),
      },
    ],
  };
}

export function aContainer(name: string, change: Partial<Container> = {}): Container {
  return {
    id: `${name}-id`,
    name,
    state: "running",
    sandboxPath: `/run/docker/netns/${name}`,
    networkMode: "bridge",
    endpoints: [],
    publishedPorts: [],
    ...change,
  };
}

export function aPort(
  protocol: "tcp" | "udp" | "sctp",
  hostPort: number,
  so: { readonly containerPort: number; readonly address?: string },
): PublishedPort {
  const { containerPort, address = "0.0.0.0" } = so;
  return { containerPort, hostBinding: { protocol, address, hostPort } };
}

const versions = {
  "20.10": { version: "20.10.24+dfsg1", major: 20, minor: 10, apiVersion: "1.41" },
  "28.5": { version: "28.5.2", major: 28, minor: 5, apiVersion: "1.51" },
  "29.7": { version: "29.7.2", major: 29, minor: 7, apiVersion: "1.55" },
} as const;

/** Engine lines whose rules differ. */
export type Engine = keyof typeof versions;

/** A daemon that runs, outside of any swarm. */
export function aDaemon(engine: Engine): RunningDaemon {
  return {
    state: "running",
    ...versions[engine],
    hostname: "dock",
    engine: { kind: "plain" },
    liveRestore: false,
    warnings: [],
    swarm: { state: "inactive", isManager: false, remoteManagers: [] },
  };
}

/** Every fact but the rulesets of a host on which nothing is wrong: web on appnet with two ports, worker on the default bridge. */
export function healthyFacts(engine: Engine): Omit<Facts, "rulesets"> {
  const bridge = aNetwork("bridge", {
    id: bridgeId,
    bridge: "docker0",
    ipam: [{ subnet: prefix("172.17.0.0/16"), gateway: "172.17.0.1" }],
    options: { "com.docker.network.bridge.default_bridge": "true" },
    attachments: [{ name: "worker", addresses: [{ address: "172.17.0.2", prefixLength: 16 }] }],
  });
  const appnet = aNetwork("appnet", {
    id: appId,
    bridge: appBridge,
    ipam: [{ subnet: prefix("172.20.0.0/16"), gateway: "172.20.0.1" }],
    attachments: [{ name: "web", addresses: [{ address: "172.20.0.2", prefixLength: 16 }] }],
  });
  const defaultRoute = aRoute("default", "eth0", {
    nextHops: [{ gateway: "192.0.2.1", outputLink: "eth0", flags: [] }],
  });
  const loopback = aRoute("127.0.0.0/8", "lo", { type: "local", routeTable: "local" });
  return {
    hostIdentity: { hostname: "dock", kernel: "6.18.44", distribution: "Debian GNU/Linux 12" },
    memory: { totalBytes: 8e9, availableBytes: 4e9 },
    links: [
      aLink("lo", { flags: ["LOOPBACK", "UP", "LOWER_UP"] }),
      aLink("eth0", { ifindex: 2, addresses: [linkAddress("192.0.2.10/24")] }),
      aLink("docker0", { ifindex: 3, addresses: [linkAddress("172.17.0.1/16")] }),
      aLink(appBridge, { ifindex: 4, addresses: [linkAddress("172.20.0.1/16")] }),
      aLink("veth1", { ifindex: 5, master: "docker0" }),
      aLink("veth2", { ifindex: 6, master: appBridge }),
    ],
    routes: [
      defaultRoute,
      loopback,
      ...addressRoutes("eth0", "192.0.2.10/24"),
      ...addressRoutes("docker0", "172.17.0.1/16"),
      ...addressRoutes(appBridge, "172.20.0.1/16"),
    ],
    routingRules: [],
    routeSightings: [],
    bridgePorts: [aBridgePort("veth1", "docker0"), aBridgePort("veth2", appBridge)],
    brctlBridges: [],
    neighbours: [],
    neighbourTables: [],
    fdb: [],
    vlans: [],
    conntrack: { entries: 12, limit: 262_144 },
    networkCounters: networkCountersOf({}, []),
    nativeNft: noNativeNft,
    ipsets: { state: "unread", reason: "no rule of iptables asks a set" },
    sysctls: { "net.ipv4.ip_forward": "1", "net.ipv6.conf.all.forwarding": "1" },
    linkSettings: ["all", "default", "lo", "eth0", "docker0", appBridge, "veth1", "veth2"].map(
      (ifname) => aSetting(ifname),
    ),
    sockets: [
      aSocket("tcp", 22, "sshd"),
      aSocket("tcp", 8080, "docker-proxy"),
      aSocket("udp", 5353, "docker-proxy"),
    ],
    dockerProxies: [],
    namespaces: [],
    dockerDaemon: aDaemon(engine),
    daemonOptions: { iptables: true, ipMasq: true, userlandProxy: true },
    dockerNetworks: [
      bridge,
      appnet,
      aNetwork("host", { driver: "host" }),
      aNetwork("none", { driver: "null" }),
    ],
    containers: [
      aContainer("worker", { endpoints: [anEndpoint(bridge, "172.17.0.2/16", "172.17.0.1")] }),
      aContainer("web", {
        networkMode: "appnet",
        endpoints: [anEndpoint(appnet, "172.20.0.2/16", "172.20.0.1")],
        publishedPorts: [
          aPort("tcp", 8080, { containerPort: 80 }),
          aPort("udp", 5353, { containerPort: 5353 }),
        ],
      }),
    ],
    swarmNodes: [],
    swarmServices: [],
    swarmTasks: [],
    sandboxes: [],
  };
}
