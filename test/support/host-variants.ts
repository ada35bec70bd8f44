import type { HostBuilder } from "./a-host.ts";
import { dockerTables } from "./docker-rules-text.ts";
import {
  addressRoutes,
  aNetwork,
  appBridge,
  aRoute,
  aSocket,
  linkAddress,
  prefix,
} from "./healthy-facts.ts";

/** Its default route has two next hops, by eth0 and by docker0. */
export function withTwoNextHops(host: HostBuilder): HostBuilder {
  return host.withoutRoute("0.0.0.0/0").withRoute(
    aRoute("default", "eth0", {
      nextHops: [
        { outputLink: "eth0", flags: [] },
        { outputLink: "docker0", flags: [] },
      ],
    }),
  );
}

/** An active swarm node at 192.0.2.10 with the peers .11 and .12, outside of every overlay but ingress. */
export function inSwarm(host: HostBuilder, role: "manager" | "worker"): HostBuilder {
  const isManager = role === "manager";
  const manager = { address: isManager ? "192.0.2.10" : "192.0.2.11", port: 2377 };
  const swarm = {
    state: "active" as const,
    isManager,
    nodeId: "node-1",
    nodeAddress: "192.0.2.10",
    remoteManagers: [manager],
  };
  const node = (id: string, address: string) =>
    ({
      id,
      hostname: id,
      role: "worker",
      state: "ready",
      availability: "active",
      address,
    }) as const;
  const everywhere = (protocol: "tcp" | "udp", port: number, process: string | undefined) => {
    const { address: _address, ...socket } = aSocket(protocol, port, process);
    return socket;
  };
  const peers = ["192.0.2.10", "192.0.2.11", "192.0.2.12"];
  return host
    .withDaemon({ swarm })
    .withNetwork(
      aNetwork("ingress", {
        driver: "overlay",
        scope: "swarm",
        ingress: true,
        ipam: [{ subnet: prefix("10.0.0.0/24"), gateway: "10.0.0.1" }],
        vnis: [4096],
        peers,
      }),
    )
    .withFacts({
      swarmNodes: isManager
        ? [node("node-1", "192.0.2.10"), node("node-2", "192.0.2.11"), node("node-3", "192.0.2.12")]
        : [],
      sockets: [
        ...host.facts().sockets,
        ...(isManager ? [everywhere("tcp", 2377, "dockerd")] : []),
        everywhere("tcp", 7946, "dockerd"),
        everywhere("udp", 7946, "dockerd"),
        aSocket("udp", 4789, undefined),
      ],
    });
}

/** Both families on the uplink and on appnet, with the rules that dockerd writes with ip6tables on. */
export function withIpv6(host: HostBuilder): HostBuilder {
  const bridges = [{ bridge: appBridge, subnet: "fd00:a::/64" }];
  const { dockerNetworks, containers, daemonOptions } = host.facts();
  const linked = host
    .withLinkChange("eth0", {
      addresses: [linkAddress("192.0.2.10/24"), linkAddress("2001:db8::10/64")],
    })
    .withLinkChange(appBridge, {
      addresses: [linkAddress("172.20.0.1/16"), linkAddress("fd00:a::1/64")],
    })
    .withNetworkChange("appnet", {
      ipv6Enabled: true,
      ipam: [
        ...(dockerNetworks[1]?.ipam ?? []),
        { subnet: prefix("fd00:a::/64"), gateway: "fd00:a::1" },
      ],
    })
    .withOptions({ ...daemonOptions, ip6tables: true });
  const web = containers.find(({ name }) => name === "web");
  const [endpoint] = web?.endpoints ?? [];
  const own = {
    family: "ipv6",
    address: "fd00:a::2",
    prefixLength: 64,
    gateway: "fd00:a::1",
  } as const;
  const tables = dockerTables("20.10", bridges, [
    {
      bridge: appBridge,
      address: "fd00:a::2/128",
      protocol: "tcp",
      hostPort: 8080,
      containerPort: 80,
    },
  ]);
  return linked
    .withTables(tables, { family: "ipv6" })
    .withFacts({
      routes: [
        ...linked.facts().routes,
        ...addressRoutes("eth0", "2001:db8::10/64"),
        ...addressRoutes(appBridge, "fd00:a::1/64"),
        aRoute("::/0", "eth0", {
          nextHops: [{ gateway: "fe80::1", outputLink: "eth0", flags: [] }],
        }),
      ],
    })
    .withContainerChange("web", {
      endpoints:
        endpoint === undefined ? [] : [{ ...endpoint, addresses: [...endpoint.addresses, own] }],
      publishedPorts: [
        ...(web?.publishedPorts ?? []),
        { containerPort: 80, hostBinding: { protocol: "tcp", address: "::", hostPort: 8080 } },
      ],
    });
}
