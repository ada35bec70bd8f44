import { describe, expect, test } from "vitest";
import { publishIntents } from "../../src/derive/publish-intents.ts";
import type { PublishedPort } from "../../src/model/docker.ts";
import { aHost, type HostBuilder } from "../support/a-host.ts";
import {
  aContainer,
  aLink,
  aNetwork,
  anEndpoint,
  aPort,
  appBridge,
  linkAddress,
  prefix,
} from "../support/healthy-facts.ts";
import { inSwarm, withIpv6 } from "../support/host-variants.ts";
import { statesOn } from "../support/judged.ts";

const published = (host: HostBuilder) => publishIntents(host.facts()).map(({ id }) => id);
const publishing = (...publishedPorts: readonly PublishedPort[]) =>
  aHost().withContainerChange("web", { publishedPorts });
const on = (address: string) => publishing(aPort("tcp", 8080, { containerPort: 80, address }));
const clientsOf = (host: HostBuilder) =>
  publishIntents(host.facts())[0]?.attempts.map(({ packet }) => packet.source);
const first = { at: "first" } as const;

describe("a published port", () => {
  test("is promised to clients with its answers, and kept on a healthy host", () => {
    expect(statesOn(aHost(), ["publish", "publish-reply"])).toEqual({
      "publish:web/0.0.0.0:8080/tcp/eth0": "kept",
      "publish-reply:web/0.0.0.0:8080/tcp/eth0": "kept",
      "publish:web/0.0.0.0:5353/udp/eth0": "kept",
      "publish-reply:web/0.0.0.0:5353/udp/eth0": "kept",
    });
  });

  test("is a packet to the host, and one back from the container", () => {
    const [request, reply] = publishIntents(aHost().facts());
    expect(request?.attempts[0]).toEqual({
      entry: { kind: "link", ifname: "eth0" },
      packet: {
        family: "ipv4",
        source: "1.1.1.1",
        destination: "192.0.2.10",
        protocol: "tcp",
        sourcePort: 50_000,
        destinationPort: 8080,
        ctState: "NEW",
        ctDirection: "ORIGINAL",
      },
      expect: {
        kind: "reaches-container",
        bridges: [appBridge],
        targets: [prefix("172.20.0.2/32")],
        port: 80,
        proxyServes: true,
      },
    });
    expect(reply?.attempts[0]).toEqual({
      entry: { kind: "link", ifname: appBridge },
      packet: {
        family: "ipv4",
        source: "172.20.0.2",
        destination: "1.1.1.1",
        protocol: "tcp",
        sourcePort: 80,
        destinationPort: 50_000,
        ctState: "ESTABLISHED",
        ctDirection: "REPLY",
      },
      connection: {
        original: {
          source: "1.1.1.1",
          destination: "192.0.2.10",
          sourcePort: 50_000,
          destinationPort: 8080,
        },
      },
      expect: { kind: "leaves", sourceTranslated: false },
    });
  });

  test("is promised on :: where dockerd writes ip6tables and the container has IPv6", () => {
    const host = withIpv6(aHost());
    const ids = ["publish:web/[::]:8080/tcp/eth0", "publish-reply:web/[::]:8080/tcp/eth0"];
    expect(published(host).slice(-2)).toEqual(ids);
    expect(new Set(Object.values(statesOn(host)))).toEqual(new Set(["kept"]));
    expect(published(host.withOptions({ iptables: true }))).toHaveLength(4);
    expect(published(on("::").withOptions({ iptables: true, ip6tables: true }))).toEqual([]);
  });

  test.each([
    ["on loopback", on("127.0.0.1")],
    ["on an address that the host does not have", on("203.0.113.9")],
    ["on the address of a Docker bridge", on("172.17.0.1")],
    [
      "on a link without a neighbour",
      on("10.8.0.1").withLink(aLink("wg0", { addresses: [linkAddress("10.8.0.1/32")] })),
    ],
    ["with sctp", publishing(aPort("sctp", 8080, { containerPort: 80 }))],
    ["by a container that is stopped", aHost().withContainerChange("web", { state: "exited" })],
    ["by a daemon with --iptables=false", aHost().withOptions({ iptables: false })],
    [
      "on a macvlan",
      aHost().withContainerChange("web", {
        endpoints: [anEndpoint(aNetwork("lan"), "192.0.2.77/24", undefined)],
      }),
    ],
    ["on a network that is not listed", aHost().withoutNetworks("appnet")],
  ])("%s is not judged", (_name, host) => {
    expect(published(host)).toEqual([]);
  });

  test("on one of the host's addresses is judged by clients of that link", () => {
    const vpn = on("10.8.0.1").withLink(aLink("wg0", { addresses: [linkAddress("10.8.0.1/24")] }));
    expect(published(on("192.0.2.10"))).toContain("publish:web/192.0.2.10:8080/tcp/eth0");
    expect(clientsOf(vpn)).toEqual(["10.8.0.2"]);
    expect(published(vpn)[0]).toBe("publish:web/10.8.0.1:8080/tcp/wg0");
  });

  test("of a container with several networks may lead to any of its addresses", () => {
    const zone = aNetwork("zone", { bridge: "docker0" });
    const [web] = aHost().facts().containers[1]?.endpoints ?? [];
    const host = aHost()
      .withNetwork(zone)
      .withContainerChange("web", {
        endpoints: [
          ...(web === undefined ? [] : [web]),
          anEndpoint(zone, "172.17.0.9/16", "172.17.0.1"),
        ],
      });
    expect(publishIntents(host.facts())[0]?.attempts[0]?.expect).toMatchObject({
      bridges: [appBridge, "docker0"],
      targets: [prefix("172.20.0.2/32"), prefix("172.17.0.9/32")],
    });
    expect(new Set(Object.values(statesOn(host)))).toEqual(new Set(["kept"]));
  });

  test("of a container of an overlay leads through docker_gwbridge", () => {
    const mesh = aNetwork("mesh", { driver: "overlay", scope: "swarm" });
    const host = inSwarm(aHost(), "worker")
      .withoutContainers()
      .withNetwork(mesh)
      .withNetwork(
        aNetwork("docker_gwbridge", {
          bridge: "docker0",
          attachments: [
            { name: "gateway_task", addresses: [{ address: "172.17.0.7", prefixLength: 16 }] },
          ],
        }),
      )
      .withContainer(
        aContainer("task", {
          sandboxPath: "/run/docker/netns/task",
          endpoints: [anEndpoint(mesh, "10.0.1.3/24", undefined)],
          publishedPorts: [aPort("tcp", 9000, { containerPort: 90 })],
        }),
      );
    expect(publishIntents(host.facts())[0]?.attempts[0]?.expect).toMatchObject({
      bridges: ["docker0"],
      targets: [prefix("172.17.0.7/32")],
    });
  });
});

describe("clients that rules name", () => {
  const near = ["1.1.1.1", "192.0.2.1"];

  test.each(["20.10", "28.5", "29.7"] as const)(
    "are none on a healthy %s: Docker's own rules name containers alone",
    (engine) => {
      expect(clientsOf(aHost({ engine }))).toEqual(near);
    },
  );

  test.each([
    ["are let in by address", "-A DOCKER-USER -s 198.51.100.7/32 -j ACCEPT", ["198.51.100.7"]],
    ["are let in by subnet", "-A DOCKER-USER -s 198.51.100.0/24 -j RETURN", ["198.51.100.1"]],
    [
      "are all that is not dropped",
      "-A DOCKER-USER ! -s 198.51.100.0/24 -i eth0 -j DROP",
      ["198.51.100.1"],
    ],
    [
      "are all that is not rejected",
      "-A DOCKER-USER ! -s 198.51.100.0/24 -i eth0 -j REJECT",
      ["198.51.100.1"],
    ],
    ["are let in further on", "-A FORWARD -s 198.51.100.0/24 -j ACCEPT", ["198.51.100.1"]],
    ["are not those that are dropped", "-A DOCKER-USER -s 198.51.100.0/24 -j DROP", []],
    ["are not those that are rejected", "-A DOCKER-USER -s 198.51.100.0/24 -j REJECT", []],
    ["are not those that are not let in", "-A DOCKER-USER ! -s 198.51.100.0/24 -j ACCEPT", []],
    ["are not those of the host's own services", "-A INPUT -s 198.51.100.0/24 -j ACCEPT", []],
    ["are not half of all addresses", "-A DOCKER-USER -s 128.0.0.0/1 -j ACCEPT", []],
    ["are not containers", "-A DOCKER-USER -s 172.20.0.0/24 -j ACCEPT", []],
    ["are not of the other family", "-A DOCKER-USER -s 2001:db8::/32 -j ACCEPT", []],
    ["are not the host itself", "-A DOCKER-USER -s 192.0.2.10/32 -j ACCEPT", []],
    [
      "are not the host's own address in a subnet",
      "-A DOCKER-USER -s 192.0.2.8/30 -j ACCEPT",
      ["192.0.2.9"],
    ],
  ])("%s: %s", (_name, rule, named) => {
    const family = rule.includes("2001") ? { family: "ipv6" as const } : {};
    const host = aHost().withRule(rule, { at: "first", ...family });
    expect(clientsOf(host)).toEqual([...near, ...named]);
  });

  test("are few, those of DOCKER-USER first", () => {
    const many = Array.from({ length: 30 }, (_, index) => `203.0.113.${index + 1}`);
    const host = many
      .reduce((built, address) => built.withRule(`-A FORWARD -s ${address}/32 -j ACCEPT`), aHost())
      .withRule("-A DOCKER-USER -s 198.51.100.7/32 -j ACCEPT", first);
    const named = clientsOf(host)?.slice(near.length) ?? [];
    expect([named.length, named[0]]).toEqual([12, "198.51.100.7"]);
  });

  test("keep the promise of a port that is open to them alone", () => {
    const closed = aHost().withRule("-A DOCKER-USER -i eth0 -p tcp -j DROP", first);
    const open = closed.withRule("-A DOCKER-USER -s 198.51.100.0/24 -j RETURN", first);
    const id = "publish:web/0.0.0.0:8080/tcp/eth0";
    expect([statesOn(closed)[id], statesOn(open)[id]]).toEqual([
      "failed: ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER -i eth0 -p tcp -j DROP",
      "kept",
    ]);
  });

  test("keep no promise that is broken for everybody", () => {
    const host = aHost()
      .withRule("-A DOCKER-USER -s 198.51.100.0/24 -j RETURN", first)
      .withEmptyChain("FORWARD");
    expect(statesOn(host)["publish:web/0.0.0.0:8080/tcp/eth0"]).toBe(
      "failed: ipv4 filter FORWARD policy DROP",
    );
  });
});
