import { describe, expect, test } from "vitest";
import { swarmIntents, swarmPeers, swarmPorts } from "../../src/derive/swarm-intents.ts";
import { aHost } from "../support/a-host.ts";
import { aNetwork, aRoute } from "../support/healthy-facts.ts";
import { inSwarm } from "../support/host-variants.ts";
import { statesOn } from "../support/judged.ts";

const worker = inSwarm(aHost(), "worker");
const manager = inSwarm(aHost(), "manager");
const overlay = (encrypted: boolean, vni: number) =>
  aNetwork(`net${vni}`, { driver: "overlay", scope: "swarm", encrypted, vnis: [vni] });
const vniOf = (host: typeof worker) =>
  swarmIntents(host.facts()).find(({ swarmPort }) => swarmPort?.port === 4789)?.attempts[0]?.packet
    .vni;

describe("a swarm node's ports", () => {
  test("are promised to every peer, and kept on a healthy host", () => {
    expect(statesOn(manager, ["swarm-port"])).toEqual(
      Object.fromEntries(
        ["192.0.2.11", "192.0.2.12"].flatMap((peer) =>
          ["2377/tcp", "7946/tcp", "7946/udp", "4789/udp"].map((port) => [
            `swarm-port:${port}@${peer}`,
            "kept",
          ]),
        ),
      ),
    );
  });

  test.each([
    ["outside of a swarm", aHost()],
    [
      "where Docker is stopped",
      worker.withFacts({ dockerDaemon: { state: "stopped", reason: "" } }),
    ],
  ])("are none %s", (_name, host) => {
    expect(swarmPorts(host.facts())).toEqual([]);
  });

  test("are asked for by packets to the advertised address", () => {
    const [intent] = swarmIntents(worker.facts());
    expect(intent).toEqual({
      id: "swarm-port:7946/tcp@192.0.2.11",
      kind: "swarm-port",
      family: "ipv4",
      title: "swarm node 192.0.2.11 to port 7946/tcp (gossip) of this node",
      swarmPort: { protocol: "tcp", port: 7946, peer: "192.0.2.11" },
      attempts: [
        {
          entry: { kind: "link", ifname: "eth0" },
          packet: {
            family: "ipv4",
            source: "192.0.2.11",
            destination: "192.0.2.10",
            protocol: "tcp",
            sourcePort: 50_000,
            destinationPort: 7946,
            ctState: "NEW",
            ctDirection: "ORIGINAL",
          },
          expect: { kind: "reaches-host", listenerRequired: true },
        },
      ],
    });
  });

  test("on the data path carry the VNI of a plain overlay, that of ingress where there is none", () => {
    const bare = worker.withoutNetworks("ingress");
    const peers = ["192.0.2.11"];
    const secret = { ...overlay(true, 4097), peers };
    expect([
      vniOf(worker),
      vniOf(bare.withNetwork(secret).withNetwork(overlay(false, 4098))),
      vniOf(bare.withNetwork(secret)),
    ]).toEqual([4096, 4098, 4096]);
  });
});

describe("peers", () => {
  test("come from every list that this node has, without itself and without doubles", () => {
    const more = { ...overlay(false, 4097), peers: ["192.0.2.10", "192.0.2.9", "192.0.2.12"] };
    expect(swarmPeers(manager.withNetwork(more).facts())).toEqual([
      "192.0.2.11",
      "192.0.2.12",
      "192.0.2.9",
    ]);
    const [, second] = manager.facts().swarmNodes;
    const { address: _address, ...unplaced } = second ?? { id: "", address: "" };
    const nodes = [
      { hostname: "", role: "worker", state: "ready", availability: "active", ...unplaced },
    ] as const;
    const bare = manager
      .withNetworkChange("ingress", { peers: [] })
      .withFacts({ swarmNodes: nodes });
    expect(swarmPeers(bare.facts())).toEqual([]);
  });

  test("are none where Docker is stopped", () => {
    expect(
      swarmPeers(worker.withFacts({ dockerDaemon: { state: "stopped", reason: "" } }).facts()),
    ).toEqual([]);
  });

  test("that are an address of this host, or none at all, are left out", () => {
    const host = worker.withNetworkChange("ingress", { peers: ["172.17.0.1", "nobody"] });
    expect(swarmIntents(host.facts()).map(({ swarmPort }) => swarmPort?.peer)).toEqual([
      "192.0.2.11",
      "192.0.2.11",
      "192.0.2.11",
    ]);
  });

  test.each([
    ["without a route", worker.withoutRoute("192.0.2.0/24").withoutRoute("0.0.0.0/0")],
    [
      "by a link without an address",
      worker
        .withDaemon({
          swarm: {
            state: "active",
            isManager: false,
            remoteManagers: [{ address: "192.0.2.11", port: 2377 }],
          },
        })
        .withRoute(aRoute("192.0.2.11/32", "veth1")),
    ],
  ])("%s leave their promises unsure", (_name, host) => {
    const bare = host.withNetworkChange("ingress", { peers: [] });
    expect(new Set(Object.values(statesOn(bare, ["swarm-port"])))).toEqual(
      new Set(["unsure: no packet stands for this promise"]),
    );
  });

  test("reach an address of the link where none is advertised", () => {
    const host = worker.withDaemon({
      swarm: {
        state: "active",
        isManager: false,
        remoteManagers: [{ address: "192.0.2.11", port: 2377 }],
      },
    });
    const destinations = swarmIntents(host.facts()).flatMap(({ attempts }) =>
      attempts.map(({ packet }) => packet.destination),
    );
    expect(new Set(destinations)).toEqual(new Set(["192.0.2.10"]));
  });
});
