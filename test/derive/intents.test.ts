import { describe, expect, test } from "vitest";
import { intentsOf } from "../../src/derive/intents.ts";
import type { DockerNetwork } from "../../src/model/docker.ts";
import { aHost, type HostBuilder } from "../support/a-host.ts";
import {
  aContainer,
  aLink,
  aNetwork,
  anEndpoint,
  appBridge,
  aRoute,
  linkAddress,
  prefix,
} from "../support/healthy-facts.ts";
import { inSwarm, withIpv6 } from "../support/host-variants.ts";
import { statesOn } from "../support/judged.ts";

const egress = (host: HostBuilder) => Object.keys(statesOn(host, ["egress"]));
const appId = "0123456789abcdef";
const hop = (gateway: string, outputLink: string) => [{ gateway, outputLink, flags: [] }];
const second = aHost()
  .withLink(aLink("eth1", { addresses: [linkAddress("198.51.100.10/24")] }))
  .withRoute(aRoute("default", "eth1", { nextHops: hop("198.51.100.1", "eth1"), metric: 200 }));

/** The network appnet with a change, on which web alone is. */
const appnet = (change: Partial<DockerNetwork>) => aHost().withNetworkChange("appnet", change);

describe("a container's way out", () => {
  test("is promised with its answer, and kept on a healthy host", () => {
    expect(statesOn(aHost(), ["egress", "egress-reply"])).toEqual({
      "egress:worker@bridge/ipv4/eth0": "kept",
      "egress-reply:worker@bridge/ipv4/eth0": "kept",
      "egress:web@appnet/ipv4/eth0": "kept",
      "egress-reply:web@appnet/ipv4/eth0": "kept",
    });
  });

  test("is one packet out by the gateway, and one back to the host's address", () => {
    const [out, back] = intentsOf(aHost().facts());
    expect(out).toEqual({
      id: "egress:worker@bridge/ipv4/eth0",
      kind: "egress",
      family: "ipv4",
      title: "container worker (network bridge) to the outside by eth0",
      networkId: "b000000000000000",
      bridge: "docker0",
      containerName: "worker",
      attempts: [
        {
          entry: { kind: "link", ifname: "docker0" },
          packet: {
            family: "ipv4",
            source: "172.17.0.2",
            destination: "1.1.1.1",
            protocol: "tcp",
            sourcePort: 40_000,
            destinationPort: 443,
            ctState: "NEW",
            ctDirection: "ORIGINAL",
          },
          viaGateway: "172.17.0.1",
          expect: { kind: "leaves", sourceTranslated: true },
        },
      ],
    });
    expect(back?.attempts).toEqual([
      {
        entry: { kind: "link", ifname: "eth0" },
        packet: {
          family: "ipv4",
          source: "1.1.1.1",
          destination: "192.0.2.10",
          protocol: "tcp",
          sourcePort: 443,
          destinationPort: 40_000,
          ctState: "ESTABLISHED",
          ctDirection: "REPLY",
        },
        connection: {
          original: {
            source: "172.17.0.2",
            destination: "1.1.1.1",
            sourcePort: 40_000,
            destinationPort: 443,
          },
          backTo: "172.17.0.2",
        },
        expect: {
          kind: "reaches-container",
          bridges: ["docker0"],
          targets: [prefix("172.17.0.2/32")],
          proxyServes: false,
        },
      },
    ]);
  });

  test.each([
    ["stopped", aHost().withContainerChange("web", { state: "exited" })],
    ["paused", aHost().withContainerChange("web", { state: "paused" })],
    [
      "on the host's own network",
      aHost().withContainerChange("web", { networkMode: "host", endpoints: [] }),
    ],
    ["on an internal network", appnet({ internal: true })],
    ["on an isolated network", appnet({ gatewayModes: { ipv4: "isolated", ipv6: "nat" } })],
    ["on a bridge without an address by design", appnet({ inhibitIpv4: true })],
    ["on a macvlan", appnet({ driver: "macvlan" })],
    ["on a network that is not listed", aHost().withoutNetworks("appnet")],
    [
      "given another gateway than the host",
      aHost().withContainerChange("web", {
        endpoints: [anEndpoint({ id: appId, name: "appnet" }, "172.20.0.2/16", "172.20.0.254")],
      }),
    ],
  ] as const)("is not promised to a container that is %s", (_name, host) => {
    expect(egress(host)).toEqual(["egress:worker@bridge/ipv4/eth0"]);
  });

  test.each([
    [
      "a daemon that is stopped",
      aHost().withFacts({ dockerDaemon: { state: "stopped", reason: "" } }),
    ],
  ])("is not promised by %s", (_name, host) => {
    expect(intentsOf(host.facts())).toEqual([]);
  });

  test("takes the gateway of the network where the container names none, and asks for none where nobody does", () => {
    const bare = [anEndpoint({ id: appId, name: "appnet" }, "172.20.0.2/16", undefined)];
    const host = aHost().withContainerChange("web", { endpoints: bare });
    const gateways = (built: HostBuilder) =>
      intentsOf(built.facts())
        .filter(({ id }) => id.startsWith("egress:web"))
        .map(({ attempts }) => attempts[0]?.viaGateway);
    expect(gateways(host)).toEqual(["172.20.0.1"]);
    expect(gateways(host.withNetworkChange("appnet", { ipam: [] }))).toEqual([undefined]);
  });

  test.each([
    ["masquerade is switched off", appnet({ masquerade: false })],
    ["the network is routed", appnet({ gatewayModes: { ipv4: "routed", ipv6: "nat" } })],
    ["dockerd runs with --ip-masq=false", aHost().withOptions({ iptables: true, ipMasq: false })],
    ["dockerd runs with --iptables=false", aHost().withOptions({ iptables: false })],
  ] as const)("keeps the container's address where %s", (_name, host) => {
    const untranslated = host
      .withEmptyChain("POSTROUTING", { table: "nat" })
      .withRule("-A FORWARD -d 172.20.0.0/16 -j ACCEPT", { at: "first" });
    expect(statesOn(untranslated, ["egress", "egress-reply"])).toMatchObject({
      "egress:web@appnet/ipv4/eth0": "kept",
      "egress-reply:web@appnet/ipv4/eth0": "kept",
    });
  });

  test("is promised by IPv6 where the container has an address of it", () => {
    expect(statesOn(withIpv6(aHost()), ["egress", "egress-reply"])).toMatchObject({
      "egress:web@appnet/ipv6/eth0": "kept",
      "egress-reply:web@appnet/ipv6/eth0": "kept",
    });
  });
});

describe("a container of several networks", () => {
  const other = aNetwork("zone", {
    bridge: "docker0",
    ipam: [{ subnet: prefix("172.17.0.0/16"), gateway: "172.17.0.1" }],
  });
  const app = { id: appId, name: "appnet" };
  const web = (...endpoints: readonly ReturnType<typeof anEndpoint>[]) =>
    aHost()
      .withNetwork(other)
      .withNetwork(aNetwork("aaa", { driver: "overlay", scope: "swarm" }))
      .withContainerChange("worker", { state: "exited" })
      .withContainerChange("web", { endpoints });
  const onApp = anEndpoint(app, "172.20.0.2/16", "172.20.0.1");
  const onZone = anEndpoint(other, "172.17.0.9/16", "172.17.0.1");

  test.each([
    ["the first by name", [onZone, onApp], "appnet"],
    [
      "the highest priority",
      [
        { ...onZone, gatewayPriority: 5 },
        { ...onApp, gatewayPriority: 1 },
      ],
      "zone",
    ],
    [
      "one with a gateway",
      [anEndpoint({ id: "aaa-id", name: "aaa" }, "10.0.1.3/24", undefined), onZone],
      "zone",
    ],
    [
      "one that is not internal",
      [anEndpoint({ id: "gone", name: "aaaa" }, "10.9.0.2/24", "10.9.0.1"), onApp],
      "appnet",
    ],
  ])("leaves by %s", (_name, endpoints, network) => {
    expect(egress(web(...endpoints))).toEqual([`egress:web@${network}/ipv4/eth0`]);
  });
});

describe("a container of an overlay network", () => {
  const gateway = aNetwork("docker_gwbridge", {
    bridge: "docker0",
    ipam: [{ subnet: prefix("172.17.0.0/16"), gateway: "172.17.0.1" }],
    attachments: [
      { name: "gateway_task", addresses: [{ address: "172.17.0.7", prefixLength: 16 }] },
    ],
  });
  const mesh = aNetwork("mesh", { driver: "overlay", scope: "swarm" });
  const task = aContainer("task", {
    sandboxPath: "/run/docker/netns/task",
    endpoints: [anEndpoint(mesh, "10.0.1.3/24", undefined)],
  });
  const host = inSwarm(aHost(), "worker")
    .withoutContainers()
    .withNetwork(mesh)
    .withNetwork(gateway)
    .withContainer(task);

  test("leaves through docker_gwbridge, by the endpoint of its sandbox", () => {
    const attached = host.withFacts({ bridgePorts: aHost().facts().bridgePorts });
    expect(statesOn(attached, ["egress", "egress-reply"])).toEqual({
      "egress:task@docker_gwbridge/ipv4/eth0": "kept",
      "egress-reply:task@docker_gwbridge/ipv4/eth0": "kept",
    });
  });

  test.each([
    ["has no endpoint there", host.withNetworkChange("docker_gwbridge", { attachments: [] })],
    [
      "has no sandbox of its own",
      host.withFacts({
        containers: [aContainer("task", { endpoints: task.endpoints, sandboxPath: "" })],
      }),
    ],
    ["meets no docker_gwbridge", host.withoutNetworks("docker_gwbridge")],
    [
      "meets one without a bridge",
      host.withoutNetworks("docker_gwbridge").withNetwork(aNetwork("docker_gwbridge")),
    ],
  ])("is promised nothing where it %s", (_name, built) => {
    expect(egress(built)).toEqual([]);
  });

  test("is promised nothing where Docker names no sandbox", () => {
    const { sandboxPath: _path, ...bare } = task;
    expect(egress(host.withFacts({ containers: [bare] }))).toEqual([]);
  });

  test("leaves by IPv6 where the endpoint has an address of it", () => {
    const dual = host
      .withNetworkChange("docker_gwbridge", {
        attachments: [
          { name: "gateway_task", addresses: [{ address: "fd00:9::7", prefixLength: 64 }] },
        ],
      })
      .withLinkChange("eth0", { addresses: [linkAddress("2001:db8::10/64")] });
    expect(egress(dual)).toEqual(["egress:task@docker_gwbridge/ipv6/eth0"]);
  });
});

describe("the outside", () => {
  test("is the far address where it is routed by the uplink, else a neighbour", () => {
    const servers = intentsOf(second.facts())
      .filter(({ kind, containerName }) => kind === "egress" && containerName === "web")
      .map(({ id, attempts }) => [id, attempts.map(({ packet }) => packet.destination)]);
    expect(servers).toEqual([
      ["egress:web@appnet/ipv4/eth0", ["1.1.1.1"]],
      ["egress:web@appnet/ipv4/eth1", ["198.51.100.1"]],
    ]);
    expect(new Set(Object.values(statesOn(second, ["egress", "egress-reply"])))).toEqual(
      new Set(["kept"]),
    );
  });

  test("is not the neighbour alone: what is dropped for all others is lost", () => {
    const host = aHost().withRule("-A DOCKER-USER ! -s 192.0.2.0/24 -i eth0 -j DROP", {
      at: "first",
    });
    expect(statesOn(host, ["egress-reply"])["egress-reply:web@appnet/ipv4/eth0"]).toBe(
      "failed: ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER ! -s 192.0.2.0/24 -i eth0 -j DROP",
    );
  });

  test("is judged where a strict filter and a tunnel for all would drop the far one's answers", () => {
    const rule = (priority: number, change: object) =>
      ({
        family: "ipv4",
        priority,
        inverted: false,
        unrecognised: [],
        action: { kind: "lookup", routeTable: "main" },
        ...change,
      }) as const;
    const host = aHost()
      .withLinkSetting("eth0", { reversePathFilter: 1 })
      .withRoute(aRoute("default", "wg0", { routeTable: "51820" }))
      .withRoutingRules(
        rule(0, { action: { kind: "lookup", routeTable: "local" } }),
        rule(10, { suppressPrefixLength: 0 }),
        rule(20, { inverted: true, mark: 51820, action: { kind: "lookup", routeTable: "51820" } }),
        rule(32766, {}),
      );
    expect(new Set(Object.values(statesOn(host, ["egress", "egress-reply"])))).toEqual(
      new Set(["kept"]),
    );
  });

  test("that nobody can be told of is tried all the same", () => {
    const host = aHost()
      .withRoute(aRoute("192.0.2.0/25", appBridge))
      .withRoute(aRoute("1.1.1.0/24", "docker0"));
    expect(egress(host)).toHaveLength(2);
  });
});
