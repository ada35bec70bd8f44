import { describe, expect, test } from "vitest";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { exposureOn, levelsOn, waysOn } from "../../support/exposed-on.ts";
import {
  aContainer,
  aLink,
  aNetwork,
  anEndpoint,
  aPort,
  appBridge,
  aSetting,
  aSocket,
  linkAddress,
} from "../../support/healthy-facts.ts";

const appnet = { id: "0123456789abcdef", name: "appnet" } as const;
const established = "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";

/** The healthy host with one more container whose port is bound to an address, as the engine writes its rules. */
function withBound(host: HostBuilder, address: string): HostBuilder {
  return host
    .withContainer(
      aContainer("db", {
        networkMode: "appnet",
        endpoints: [anEndpoint(appnet, "172.20.0.3/16", "172.20.0.1")],
        publishedPorts: [aPort("tcp", 9000, { containerPort: 5432, address })],
      }),
    )
    .withSocket({ ...aSocket("tcp", 9000, "docker-proxy"), address })
    .withRule(
      `-A DOCKER -d ${address}/32 ! -i ${appBridge} -p tcp -m tcp --dport 9000 -j DNAT --to-destination 172.20.0.3:5432`,
      { table: "nat" },
    )
    .withRule(
      `-A DOCKER -d 172.20.0.3/32 ! -i ${appBridge} -o ${appBridge} -p tcp -m tcp --dport 5432 -j ACCEPT`,
    );
}

function levelOf(host: HostBuilder, port: string): string | undefined {
  return levelsOn(host)[port];
}

describe("exposure", () => {
  test("finds ports that are published everywhere open to anyone", () => {
    expect(levelsOn(aHost())).toEqual({
      "0.0.0.0:5353/udp web": "anyone",
      "0.0.0.0:8080/tcp web": "anyone",
    });
    expect(waysOn(aHost(), 8080)).toEqual([
      "far eth0 → 192.0.2.10: reached translation: ipv4 nat DOCKER rule 3: -A DOCKER ! -i br-0123456789ab -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80",
      "neighbour eth0 → 192.0.2.10: reached translation: ipv4 nat DOCKER rule 3: -A DOCKER ! -i br-0123456789ab -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80",
      "host → 192.0.2.10: reached translation: ipv4 nat DOCKER rule 3: -A DOCKER ! -i br-0123456789ab -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80",
      "neighbour eth0 → 172.20.0.2: reached routing: 172.20.0.0/16 dev br-0123456789ab",
    ]);
  });

  test("keeps a port on loopback to the host, but for neighbours that route to it", () => {
    expect(levelOf(withBound(aHost(), "127.0.0.1"), "127.0.0.1:9000/tcp db")).toBe(
      "host, by route lan",
    );
  });

  test("sees the rule in raw of newer engines that stops neighbours on the way to loopback and the container", () => {
    const raw = { table: "raw" };
    const closed = withBound(aHost(), "127.0.0.1")
      .withRule("-A PREROUTING -d 127.0.0.1/32 ! -i lo -p tcp -m tcp --dport 9000 -j DROP", raw)
      .withRule(`-A PREROUTING -d 172.20.0.3/32 ! -i ${appBridge} -j DROP`, raw);
    expect(levelOf(closed, "127.0.0.1:9000/tcp db")).toBe("host");
  });

  test("asks for a given address on that address only", () => {
    const two = aHost().withLink(
      aLink("eth1", { ifindex: 9, addresses: [linkAddress("198.51.100.5/24")] }),
    );
    const bound = withBound(two, "198.51.100.5");
    expect(levelOf(bound, "198.51.100.5:9000/tcp db")).toBe("anyone");
    const addresses = exposureOn(bound).ports.find(({ name }) => name === "db")?.addresses;
    expect(addresses?.map(({ of, address }) => `${of} ${address}`)).toEqual([
      "host 198.51.100.5",
      "container 172.20.0.3",
    ]);
  });

  test("knows a port bound to a bridge's address as the host's, and others need a route", () => {
    expect(levelOf(withBound(aHost(), "172.17.0.1"), "172.17.0.1:9000/tcp db")).toBe(
      "host, by route lan",
    );
  });

  test("finds a container of a routed network at its own address", () => {
    const modes = { ipv4: "routed", ipv6: "nat" } as const;
    const web = aPort("tcp", 8085, { containerPort: 80, address: "::" });
    const routed = aHost()
      .withNetworkChange("appnet", { gatewayModes: modes })
      .withContainerChange("web", { publishedPorts: [web] });
    expect(waysOn(routed, 8085)).toContain(
      "neighbour eth0 → 172.20.0.2: reached routing: 172.20.0.0/16 dev br-0123456789ab",
    );
    expect(levelsOn(routed)).toEqual({ ":::8085/tcp web": "nobody, by route lan" });
  });

  test("follows what DOCKER-USER drops and lets in", () => {
    const rule = (text: string) => aHost().withRule(`-A DOCKER-USER ${text}`, { at: "first" });
    const port = "0.0.0.0:8080/tcp web";
    expect(levelOf(rule("-i eth0 -j DROP"), port)).toBe("host");
    expect(levelOf(rule("-i eth0 ! -s 192.0.2.0/24 -j DROP"), port)).toBe("lan");
    expect(levelOf(rule("-i eth0 ! -s 203.0.113.0/24 -j DROP"), port)).toBe("named");
    expect(levelOf(rule("-i eth0 -s 203.0.113.0/24 -j DROP"), port)).toBe("anyone");
    expect(levelOf(rule("-i eth0 -m limit --limit 3/min -j DROP"), port)).toBe("host to anyone");
  });

  test("is not sure that nobody is let in by name where rules name more than it tries", () => {
    const many = Array.from({ length: 30 }, (_, at) => at).reduce(
      (before, at) =>
        before.withRule(`-A DOCKER-USER -s 203.0.113.${at}/32 -j RETURN`, { at: "first" }),
      aHost().withRule("-A DOCKER-USER -i eth0 -j DROP", { at: "first" }),
    );
    expect(levelOf(many, "0.0.0.0:8080/tcp web")).toBe("named");
    const otherwise = Array.from({ length: 30 }, (_, at) => at).reduce(
      (before, at) => before.withRule(`-A FORWARD -s 203.0.113.${at}/32 -j ACCEPT`),
      aHost().withRule("-A DOCKER-USER -i eth0 -j DROP", { at: "first" }),
    );
    expect(levelOf(otherwise, "0.0.0.0:8080/tcp web")).toBe("host to named");
  });

  test("finds who is let in by name behind hundreds who are banned", () => {
    const banned = Array.from({ length: 100 }, (_, at) => at).reduce(
      (before, at) => before.withRule(`-A INPUT -s 198.51.100.${at}/32 -j REJECT`),
      aHost().withRule("-A DOCKER-USER -i eth0 ! -s 203.0.113.0/24 -j DROP", { at: "first" }),
    );
    expect(levelOf(banned, "0.0.0.0:8080/tcp web")).toBe("named");
  });

  test("does not take a gateway that rules single out for the LAN", () => {
    const one = aHost().withRule("-A DOCKER-USER -s 192.0.2.1/32 -j DROP", { at: "first" });
    expect(waysOn(one, 8080).filter((line) => line.includes("blocked"))).toEqual([
      "named 192.0.2.1/32 eth0 → 192.0.2.10: blocked : ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER -s 192.0.2.1/32 -j DROP",
    ]);
    expect(levelOf(one, "0.0.0.0:8080/tcp web")).toBe("anyone");
  });

  test("says that answers are stopped, which a datagram survives and a connection does not", () => {
    const mute = aHost().withRule("-A DOCKER-USER -s 172.20.0.2/32 -o eth0 -j DROP", {
      at: "first",
    });
    expect(levelsOn(mute)).toEqual({
      "0.0.0.0:5353/udp web": "anyone",
      "0.0.0.0:8080/tcp web": "host",
    });
    const unanswered = waysOn(mute, 8080).filter((line) => line.includes("unanswered"));
    expect(unanswered.length).toBe(3);
  });

  test("goes through docker-proxy where nothing translates, and both its ways decide", () => {
    const proxied = aHost().withEmptyChain("DOCKER", { table: "nat" });
    expect(levelOf(proxied, "0.0.0.0:8080/tcp web")).toBe("anyone");
    const closed = proxied.withPolicy("INPUT", "DROP").withRule(established);
    expect(levelOf(closed, "0.0.0.0:8080/tcp web")).toBe("nobody, by route lan");
    const cut = proxied.withRule("-A OUTPUT -d 172.20.0.2/32 -j DROP");
    expect(levelOf(cut, "0.0.0.0:8080/tcp web")).toBe("nobody, by route lan");
  });

  test("finds a stranger on the port, and cannot tell one that is not seen", () => {
    const open = aHost().withEmptyChain("DOCKER", { table: "nat" }).withoutSocket("tcp", 8080);
    const taken = (process: string | undefined) =>
      levelOf(open.withSocket(aSocket("tcp", 8080, process)), "0.0.0.0:8080/tcp web");
    expect([taken("nginx"), taken(undefined)]).toEqual([
      "nobody, by route lan",
      "nobody to anyone",
    ]);
  });

  test("does not know where docker-proxy connects to with several networks, unless its arguments say so", () => {
    const two = anEndpoint(
      { id: "b000000000000000", name: "bridge" },
      "172.17.0.9/16",
      "172.17.0.1",
    );
    const { endpoints } = aHost()
      .facts()
      .containers.find(({ name }) => name === "web") ?? { endpoints: [] };
    const host = aHost()
      .withEmptyChain("DOCKER", { table: "nat" })
      .withContainerChange("web", { endpoints: [...endpoints, two] })
      .withNetworkChange("bridge", { attachments: [] });
    const proxy = {
      pid: 800,
      protocol: "tcp",
      hostAddress: "0.0.0.0",
      hostPort: 8080,
      containerAddress: "172.20.0.2",
      containerPort: 80,
      usesListenFd: false,
    } as const;
    const port = "0.0.0.0:8080/tcp web";
    expect([
      levelOf(host, port),
      levelOf(host.withFacts({ dockerProxies: [proxy] }), port),
      levelOf(host.withFacts({ dockerProxies: [{ ...proxy, hostPort: 1 }] }), port),
    ]).toEqual(["nobody to anyone", "anyone", "nobody to anyone"]);
    const astray = host.withFacts({
      dockerProxies: [{ ...proxy, containerAddress: "198.51.100.1" }],
    });
    expect(levelOf(astray, port)).toBe("nobody, by route lan");
    const cut = host.withFacts({ dockerProxies: [proxy], bridgePorts: [] });
    expect(levelOf(cut, port)).toBe("nobody to anyone");
    const perhaps = host
      .withFacts({ dockerProxies: [proxy] })
      .withRule("-A OUTPUT -d 172.20.0.2/32 -m limit --limit 1/s -j DROP");
    expect(levelOf(perhaps, port)).toBe("nobody to anyone");
  });

  test("is unsure over a bridge that lacks a port", () => {
    const cut = aHost().withFacts({ bridgePorts: [] });
    expect(levelOf(cut, "0.0.0.0:8080/tcp web")).toBe("nobody to anyone");
  });

  test("lists the sockets of a container on the host's network", () => {
    const host = aHost()
      .withContainer(aContainer("metrics", { networkMode: "host", pid: 4711 }))
      .withSocket({
        protocol: "tcp",
        address: "0.0.0.0",
        port: 9100,
        processes: [{ name: "exporter", pid: 4711 }],
      });
    expect(levelOf(host, "0.0.0.0:9100/tcp metrics")).toBe("anyone");
    const closed = host.withRule("-A INPUT -i eth0 -p tcp -m tcp --dport 9100 -j REJECT");
    expect(levelOf(closed, "0.0.0.0:9100/tcp metrics")).toBe("host");
  });

  test("has no answer for sctp, and says so", () => {
    const sctp = aHost().withContainerChange("web", {
      publishedPorts: [aPort("sctp", 3868, { containerPort: 3868 })],
    });
    expect(levelsOn(sctp)).toEqual({ "0.0.0.0:3868/sctp web": "nobody to anyone" });
  });

  test("sees the ports of services on the ingress network, up to their namespace", () => {
    const bridge = "docker_gwbridge";
    const swarm = aHost()
      .withNetwork(
        aNetwork("docker_gwbridge", {
          bridge,
          icc: false,
          attachments: [
            {
              name: "gateway_ingress-sbox",
              addresses: [{ address: "172.24.0.2", prefixLength: 16 }],
            },
          ],
        }),
      )
      .withLink(aLink(bridge, { ifindex: 20, addresses: [linkAddress("172.24.0.1/16")] }))
      .withRule(
        "-A PREROUTING -p tcp -m tcp --dport 7000 -j DNAT --to-destination 172.24.0.2:7000",
        {
          table: "nat",
        },
      )
      .withRule(`-A FORWARD -o ${bridge} -j ACCEPT`, { at: "first" })
      .withRule(`-A FORWARD -i ${bridge} -j ACCEPT`, { at: "first" });
    const facts = swarm.facts();
    const port = { ...facts.bridgePorts[0], ifname: "veth9", bridge };
    const ready = swarm.withFacts({
      bridgePorts: [...facts.bridgePorts, port] as typeof facts.bridgePorts,
      swarmServices: [
        {
          id: "s1",
          name: "shop",
          mode: { kind: "replicated", replicas: 1 },
          endpointMode: "vip",
          virtualAddresses: [],
          publishedPorts: [
            { protocol: "tcp", containerPort: 80, hostPort: 7000, publishMode: "ingress" },
          ],
          networks: [],
        },
      ],
    });
    expect(levelOf(ready, "0.0.0.0:7000/tcp shop")).toBe("anyone");
  });
});

describe("exposure over IPv6", () => {
  const published = aPort("tcp", 8080, { containerPort: 80, address: "::" });
  const host = aHost()
    .withLinkChange("eth0", {
      addresses: [
        linkAddress("192.0.2.10/24"),
        linkAddress("2001:db8::10/64"),
        { ...linkAddress("fe80::10/64"), scope: "link" },
      ],
    })
    .withContainerChange("web", { publishedPorts: [published] })
    .withSocket({ ...aSocket("tcp", 8080, "docker-proxy"), address: "::" });

  test("finds docker-proxy on every address, and neighbours at the link-local one", () => {
    const { routes, linkSettings } = host.facts();
    const local = { type: "local", routeTable: "local" } as const;
    const to = (address: string, length: number) => ({ family: "ipv6", address, length }) as const;
    const by = { nextHops: [{ outputLink: "eth0", flags: [] }], flags: [] } as const;
    const ready = host.withFacts({
      routes: [
        ...routes,
        { family: "ipv6", ...local, destination: to("2001:db8::10", 128), ...by },
        { family: "ipv6", ...local, destination: to("fe80::10", 128), ...by },
        {
          family: "ipv6",
          type: "unicast",
          routeTable: "main",
          destination: to("2001:db8::", 64),
          ...by,
        },
        {
          family: "ipv6",
          type: "unicast",
          routeTable: "main",
          destination: to("fe80::", 64),
          ...by,
        },
      ],
      linkSettings: [...linkSettings, aSetting("eth0", { family: "ipv6" })],
    });
    const { ports, notes } = exposureOn(ready);
    const ways = ports.flatMap(({ addresses }) =>
      addresses.flatMap(({ address, ways: all }) =>
        all.map(({ from, outcome, by: how }) => `${from.kind} → ${address}: ${outcome} ${how}`),
      ),
    );
    expect(ways).toEqual([
      "neighbour → 2001:db8::10: reached docker-proxy",
      "host → 2001:db8::10: reached docker-proxy",
      "neighbour → fe80::10: reached docker-proxy",
    ]);
    expect([ports.map(({ level }) => level), notes]).toEqual([
      ["lan"],
      ["no default route for ipv6: nobody beyond the LAN was tried"],
    ]);
  });
});
