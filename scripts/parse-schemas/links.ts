import { z } from "zod";
import { address, count, family, flag, kinds, maybe, text, texts } from "./basics.ts";

const details = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("bridge"),
    stpEnabled: flag,
    vlanFiltering: flag,
    defaultPvid: maybe(count),
  }),
  z.object({
    kind: z.literal("vxlan"),
    vni: maybe(count),
    local: maybe(address),
    remote: maybe(address),
    underlay: maybe(text),
    udpPort: maybe(count),
    external: flag,
    flags: texts,
  }),
  z.object({ kind: kinds("macvlan", "macvtap"), mode: text }),
  z.object({ kind: kinds("ipvlan", "ipvtap"), mode: text, isolation: maybe(text) }),
  z.object({ kind: z.literal("vlan"), vlanId: count, protocol: maybe(text) }),
  z.object({
    kind: z.literal("bond"),
    mode: text,
    activePort: maybe(text),
    miiMonitorMs: maybe(count),
  }),
  z.object({ kind: z.literal("vrf"), routeTable: text }),
]);

const portState = z.enum(["disabled", "listening", "learning", "forwarding", "blocking"]);

const masterPort = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("bridge"), portState, hairpinMode: flag, isolated: flag }),
  z.object({ kind: z.literal("bond"), state: maybe(text), miiStatus: maybe(text) }),
  z.object({ kind: z.literal("other"), masterKind: text }),
]);

export const trafficCounters = z.object({
  bytes: count,
  packets: count,
  errors: count,
  dropped: count,
});

const linkAddress = z.object({
  family,
  address,
  prefixLength: count,
  scope: z.enum(["global", "link", "host", "site", "other"]),
  peer: maybe(address),
  flags: texts,
  validForSeconds: maybe(count).describe("absent = for ever"),
  preferredForSeconds: maybe(count).describe("absent = for ever"),
});

export const links = z.array(
  z.object({
    ifindex: count,
    ifname: text,
    linkKind: maybe(text),
    flags: texts,
    adminUp: flag,
    carrier: flag,
    operState: z.enum([
      "up",
      "down",
      "unknown",
      "dormant",
      "lower-layer-down",
      "testing",
      "not-present",
    ]),
    mtuBytes: count,
    mac: maybe(text),
    master: maybe(text),
    peerIfindex: maybe(count),
    peerIfname: maybe(text),
    peerNetnsId: maybe(z.int()),
    alternativeNames: texts,
    alias: maybe(text),
    addresses: z.array(linkAddress),
    details: maybe(details),
    masterPort: maybe(masterPort),
    statistics: maybe(z.object({ received: trafficCounters, sent: trafficCounters })),
  }),
);

export const bridgePorts = z.array(
  z.object({
    ifname: text,
    bridge: text,
    portState,
    adminUp: flag,
    carrier: flag,
    mtuBytes: count,
    hairpinMode: flag,
    isolated: flag,
  }),
);

export const fdbEntries = z.array(
  z.object({
    mac: text,
    ifname: text,
    bridge: maybe(text),
    vtep: maybe(address),
    vtepNetnsId: maybe(z.int()),
    udpPort: maybe(count),
    vni: maybe(count),
    sourceVni: maybe(count),
    underlay: maybe(text),
    vlanId: maybe(count),
    nextHopId: maybe(count),
    entryState: z.enum(["permanent", "static", "stale", "dynamic", "other"]),
    flags: texts,
  }),
);

export const vlanMemberships = z.array(
  z.object({
    ifname: text,
    vlanId: count,
    lastVlanId: maybe(count),
    pvid: flag,
    egressUntagged: flag,
  }),
);

export const brctlBridges = z.array(
  z.object({ bridge: text, bridgeId: text, stpEnabled: flag, ports: texts }),
);
