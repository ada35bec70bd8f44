import { z } from "zod";
import { address, count, family, flag, hostAndPort, maybe, prefix, text, texts } from "./basics.ts";

const swarm = z.object({
  state: z.enum(["inactive", "pending", "active", "error", "locked"]),
  isManager: flag,
  nodeId: maybe(text),
  nodeAddress: maybe(address),
  error: maybe(text),
  remoteManagers: z.array(hostAndPort),
  dataPathPort: maybe(count),
});

export const dockerInfo = z.object({
  hostname: text,
  ipv4Forwarding: maybe(flag),
  bridgeNfIptables: maybe(flag),
  firewallBackend: maybe(text),
  kernel: maybe(text),
  engine: z.union([
    z.object({ kind: z.literal("plain") }),
    z.object({ kind: z.literal("rootless") }),
    z.object({ kind: z.literal("userns-remap") }),
    z.object({ kind: z.literal("snap") }),
    z.object({
      kind: z.literal("desktop"),
      product: z.enum(["Docker Desktop", "OrbStack", "Colima", "Lima"]),
    }),
  ]),
  liveRestore: flag,
  dockerRootDir: maybe(text),
  addressPools: maybe(z.array(z.object({ base: prefix, size: count.describe("bits") }))),
  warnings: texts,
  swarm,
});

const gatewayMode = z.enum(["nat", "nat-unprotected", "routed", "isolated"]);

const attachment = z.object({
  name: text,
  mac: maybe(text),
  addresses: z.array(z.object({ address, prefixLength: count })),
});

export const dockerNetworks = z.array(
  z.object({
    id: text,
    name: text,
    driver: z.enum(["bridge", "overlay", "macvlan", "ipvlan", "host", "null", "other"]),
    scope: z.enum(["local", "swarm", "global"]),
    internal: flag,
    ingress: flag,
    configOnly: flag,
    ipv4Enabled: flag,
    ipv6Enabled: flag,
    ipam: z.array(
      z.object({
        subnet: prefix,
        gateway: maybe(address),
        range: maybe(prefix),
        auxiliaryAddresses: maybe(z.array(address)),
        use: maybe(z.object({ inUse: z.number(), available: z.number() })),
      }),
    ),
    options: z.record(z.string(), z.string()),
    bridge: maybe(text).describe("name of the bridge link"),
    masquerade: flag,
    icc: flag,
    gatewayModes: z.object({ ipv4: gatewayMode, ipv6: gatewayMode }),
    inhibitIpv4: flag,
    encrypted: flag,
    vnis: z.array(count),
    mtuBytes: maybe(count),
    parent: maybe(text),
    configFrom: maybe(text),
    hostAddresses: maybe(z.array(address)),
    bindingAddress: maybe(address),
    trustedLinks: maybe(texts),
    attachments: z.array(attachment),
    peers: z.array(address),
  }),
);

const links = z.array(z.object({ container: text, alias: text }));

const endpoint = z.object({
  networkId: text,
  networkName: text,
  endpointId: maybe(text),
  mac: maybe(text),
  addresses: z.array(z.object({ family, address, prefixLength: count, gateway: maybe(address) })),
  gatewayPriority: maybe(z.number()),
  names: maybe(texts),
  links: maybe(links),
});

const hostBinding = z.object({
  protocol: z.enum(["tcp", "udp", "sctp"]),
  address,
  hostPort: count,
});

const settings = z.object({
  privileged: maybe(z.literal(true)),
  addedCapabilities: maybe(texts),
  droppedCapabilities: maybe(texts),
  sysctls: maybe(z.record(z.string(), z.string())),
  dnsServers: maybe(z.array(address)),
  dnsOptions: maybe(texts),
  dnsSearch: maybe(texts),
  extraHosts: maybe(count),
  links: maybe(links),
  requestedPorts: maybe(
    z.array(
      z.object({
        containerPort: count,
        protocol: z.enum(["tcp", "udp", "sctp"]),
        address: maybe(address),
        hostPorts: maybe(z.object({ first: count, last: count })),
      }),
    ),
  ),
  publishesAllPorts: maybe(z.literal(true)),
});

export const dockerContainers = z.array(
  z.object({
    id: text,
    name: text,
    state: z.enum(["created", "running", "paused", "restarting", "removing", "exited", "dead"]),
    startedAt: maybe(text),
    pid: maybe(count),
    sandboxPath: maybe(text),
    networkMode: text,
    endpoints: z.array(endpoint),
    publishedPorts: z.array(z.object({ containerPort: count, hostBinding })),
    resolvConfPath: maybe(text),
    mayConfigureNetwork: maybe(flag),
    error: maybe(text),
    settings: maybe(settings),
  }),
);
