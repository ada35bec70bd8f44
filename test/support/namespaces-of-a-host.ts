import { hostPlace, type LinkEnd, type World, worldOf } from "../../src/derive/path/world.ts";
import type { BridgePort } from "../../src/model/bridge.ts";
import { noNativeNft } from "../../src/model/native-nft.ts";
import type { Sandbox, SandboxFacts } from "../../src/model/sandbox.ts";
import type { ListeningSocket } from "../../src/model/socket.ts";
import type { HostBuilder } from "./a-host.ts";
import {
  aBridgePort,
  addressRoutes,
  aLink,
  aRoute,
  aSetting,
  linkAddress,
} from "./healthy-facts.ts";

/** A container on a bridge of the host: the veth that leads to it, its address, and what listens in it. */
export interface WorldContainer {
  readonly name: string;
  readonly veth: string;
  readonly bridge: string;
  readonly address: string;
  readonly gateway: string;
  readonly sockets?: readonly ListeningSocket[];
  readonly port?: Partial<BridgePort>;
  readonly facts?: Partial<SandboxFacts>;
}

export function sandboxPath(name: string): string {
  return `/run/docker/netns/${name}`;
}

/** What a container's namespace holds: lo, eth0, a default route, no rules. */
export function containerFacts({ address, gateway, sockets = [] }: WorldContainer): SandboxFacts {
  const [own = ""] = address.split("/");
  return {
    links: [
      aLink("lo", {
        flags: ["LOOPBACK", "UP", "LOWER_UP"],
        addresses: [linkAddress("127.0.0.1/8")],
      }),
      aLink("eth0", { ifindex: 7, linkKind: "veth", addresses: [linkAddress(address)] }),
    ],
    routes: [
      aRoute("default", "eth0", {
        nextHops: [{ gateway, outputLink: "eth0", flags: [] }],
      }),
      aRoute("127.0.0.0/8", "lo", { type: "local", routeTable: "local" }),
      ...addressRoutes("eth0", address).map((route) =>
        route.type === "local" ? { ...route, preferredSource: own } : route,
      ),
    ],
    routingRules: [],
    linkSettings: ["all", "lo", "eth0"].map((ifname) => aSetting(ifname, { forwarding: false })),
    sysctls: { "net.ipv4.icmp_echo_ignore_all": "0" },
    neighbours: [],
    bridgePorts: [],
    fdb: [],
    rulesets: [],
    nativeNft: noNativeNft,
    sockets,
    resolver: { nameservers: [], search: [], options: [], sortList: [] },
  };
}

function sandboxOf(container: WorldContainer): Sandbox {
  return sandboxWith(container.name, { ...containerFacts(container), ...container.facts });
}

/** A namespace of which everything is known. */
export function sandboxWith(name: string, facts: SandboxFacts): Sandbox {
  const part = <K extends keyof SandboxFacts>(name: K) => ({
    state: "known" as const,
    value: facts[name],
  });
  return {
    path: sandboxPath(name),
    role: "container",
    containers: [name],
    parts: {
      links: part("links"),
      routes: part("routes"),
      routingRules: part("routingRules"),
      linkSettings: part("linkSettings"),
      sysctls: part("sysctls"),
      neighbours: part("neighbours"),
      bridgePorts: part("bridgePorts"),
      fdb: part("fdb"),
      rulesets: part("rulesets"),
      nativeNft: part("nativeNft"),
      sockets: part("sockets"),
      resolver: part("resolver"),
    },
  };
}

/** The host with its containers' namespaces: each veth is a port of its bridge, and leads to the container's eth0. */
export function namespacesOf(host: HostBuilder, ...containers: readonly WorldContainer[]): World {
  const facts = host.facts();
  const links = facts.links
    .filter(({ ifname }) => !containers.some(({ veth }) => veth === ifname))
    .map((link) =>
      containers.some(({ bridge }) => bridge === link.ifname)
        ? { ...link, linkKind: "bridge" }
        : link,
    );
  const veths = containers.map(({ veth, bridge }, index) =>
    aLink(veth, { ifindex: 50 + index, linkKind: "veth", master: bridge }),
  );
  const bridgePorts = containers.map(({ veth, bridge, port }) => ({
    ...aBridgePort(veth, bridge),
    ...port,
  }));
  const pairs = containers.map(({ veth, name }): readonly [LinkEnd, LinkEnd] => [
    { place: hostPlace, ifname: veth },
    { place: sandboxPath(name), ifname: "eth0" },
  ]);
  return worldOf(
    { ...facts, links: [...links, ...veths], bridgePorts },
    containers.map(sandboxOf),
    pairs,
  );
}
