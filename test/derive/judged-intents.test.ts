import { describe, expect, test } from "vitest";
import { judge } from "../../src/derive/judged-intents.ts";
import type { Expectation, Intent } from "../../src/model/intent.ts";
import { aHost } from "../support/a-host.ts";
import { aBridgePort, appBridge, aRoute, prefix } from "../support/healthy-facts.ts";
import { inSwarm } from "../support/host-variants.ts";
import { judgedOn, statesOn } from "../support/judged.ts";
import { incoming, outgoing, withPacket } from "../support/walked.ts";

const request = "publish:web/0.0.0.0:8080/tcp/eth0";
const udp = "publish:web/0.0.0.0:5353/udp/eth0";
const answer = "egress-reply:web@appnet/ipv4/eth0";
const nat = { table: "nat" };
const bare = aHost().withEmptyChain("DOCKER", nat);
const atFirst = { table: "nat", at: "first" } as const;

function anIntent(...attempts: Intent["attempts"]): Intent {
  return { id: "x", kind: "egress", family: "ipv4", title: "x", attempts };
}

function stateOf(host: ReturnType<typeof aHost>, ...attempts: Intent["attempts"]): string {
  const [judged] = judge([anIntent(...attempts)], host.facts());
  return judged?.outcome.state ?? "";
}

describe("a promise", () => {
  test("is kept by one attempt that arrives, whatever becomes of the others", () => {
    const elsewhere = { ...outgoing, entry: { kind: "link", ifname: "eth7" } } as const;
    expect(stateOf(aHost(), elsewhere, outgoing)).toBe("kept");
  });

  test("is degraded before it is unsure, and unsure before it failed", () => {
    const expected: Expectation = {
      kind: "reaches-container",
      bridges: [appBridge],
      targets: [prefix("172.20.0.2/32")],
      proxyServes: true,
    };
    const proxied = { ...incoming, expect: expected };
    const odd = withPacket(outgoing, { destination: "nobody" });
    const lost = { ...outgoing, entry: { kind: "link", ifname: "eth7" } } as const;
    expect([
      stateOf(bare, lost, odd, proxied),
      stateOf(bare, lost, odd),
      stateOf(bare, lost),
      stateOf(bare),
    ]).toEqual(["degraded", "unsure", "failed", "unsure"]);
  });

  test("without any packet is unsure", () => {
    const [judged] = judge([anIntent()], aHost().facts());
    expect(judged?.outcome).toMatchObject({
      state: "unsure",
      element: { kind: "not-modelled", text: "no packet stands for this promise" },
    });
  });
});

describe("a published port without its rule", () => {
  test("is degraded where docker-proxy relays TCP, and failed for UDP", () => {
    expect(statesOn(bare, ["publish"])).toEqual({
      [request]: "degraded: no nat rule translates the destination 192.0.2.10",
      [udp]: "failed: no nat rule translates the destination 192.0.2.10",
    });
  });

  test.each([
    [
      "another program has the port",
      "nginx",
      "failed: no nat rule translates the destination 192.0.2.10",
    ],
    [
      "the owner could not be seen",
      undefined,
      "unsure: who listens on port 8080 could not be seen",
    ],
  ])("where %s", (_name, process, expected) => {
    const processes = process === undefined ? [] : [{ name: process, pid: 9 }];
    const host = bare
      .withoutSocket("tcp", 8080)
      .withSocket({ protocol: "tcp", address: "0.0.0.0", port: 8080, processes });
    expect(statesOn(host)[request]).toBe(expected);
  });

  test("names the missing rule, and not what its packets met on the wrong way", () => {
    const host = bare.withRule("-A INPUT -p tcp -j DROP");
    expect(statesOn(host)[request]).toBe(
      "failed: no nat rule translates the destination 192.0.2.10",
    );
    expect(statesOn(bare.withoutSocket("tcp", 8080))[request]).toBe(
      "failed: no nat rule translates the destination 192.0.2.10",
    );
  });
});

describe("a packet that arrives elsewhere", () => {
  test.each([
    [
      "at another container",
      "-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2:80",
      "failed: 172.17.0.0/16 dev docker0",
    ],
    [
      "at another address of the network",
      "-A PREROUTING -p tcp -j DNAT --to-destination 172.20.0.9:80",
      "failed: 172.20.0.0/16 dev br-0123456789ab",
    ],
    [
      "at another port",
      "-A PREROUTING -p tcp -j DNAT --to-destination 172.20.0.2:81",
      "failed: 172.20.0.0/16 dev br-0123456789ab",
    ],
  ])("%s has failed", (_name, rule, expected) => {
    const host = aHost().withPolicy("FORWARD", "ACCEPT").withEmptyChain("DOCKER-ISOLATION-STAGE-2");
    expect(statesOn(host.withRule(rule, atFirst))[request]).toBe(expected);
  });

  test("names the route that sent it astray, and not the rule that it met there", () => {
    const host = aHost().withRoute(aRoute("172.20.0.0/24", "eth0"));
    expect(statesOn(host)[answer]).toBe("failed: 172.20.0.0/24 dev eth0");
    const routed = host.withRule("-A FORWARD -o eth0 -j DROP", { at: "first" });
    expect(statesOn(routed)[answer]).toBe("failed: 172.20.0.0/24 dev eth0");
  });

  test("has failed where it leaves by the link that it came in by, or ends on the host", () => {
    const back = aHost().withPolicy("FORWARD", "ACCEPT").withRoute(aRoute("1.1.1.0/24", appBridge));
    expect(stateOf(back, outgoing)).toBe("failed");
    const local = aHost()
      .withRoute(aRoute("1.1.1.1/32", "lo", { type: "local", routeTable: "local" }))
      .withSocket({ protocol: "tcp", address: "0.0.0.0", port: 443, processes: [] });
    expect(stateOf(local, outgoing)).toBe("failed");
  });

  test("has failed where a node's port leads elsewhere", () => {
    const host = inSwarm(aHost(), "worker")
      .withPolicy("FORWARD", "ACCEPT")
      .withRule(
        "-A PREROUTING -p tcp -m tcp --dport 7946 -j DNAT --to-destination 172.17.0.2",
        atFirst,
      );
    expect(statesOn(host, ["swarm-port"])["swarm-port:7946/tcp@192.0.2.11"]).toBe(
      "failed: 172.17.0.0/16 dev docker0",
    );
  });
});

describe("a bridge with fewer ports than endpoints", () => {
  const cut = (change: object) =>
    aHost().withFacts({
      bridgePorts: [
        aBridgePort("veth1", "docker0"),
        { ...aBridgePort("veth2", appBridge), ...change },
      ],
    });

  test.each([
    ["is missing one", { bridge: "docker0" }],
    ["has one that is down", { adminUp: false }],
    ["has one that does not forward", { portState: "blocking" }],
  ])("leaves what goes over it unsure, either way: it %s", (_name, change) => {
    const states = statesOn(cut(change));
    const reason = `unsure: bridge ${appBridge} has 0 forwarding ports for 1 endpoints: a container is cut off, and which one is not visible from the host's namespace`;
    expect(states).toEqual({
      "egress:worker@bridge/ipv4/eth0": "kept",
      "egress-reply:worker@bridge/ipv4/eth0": "kept",
      "egress:web@appnet/ipv4/eth0": reason,
      [answer]: reason,
      [request]: reason,
      "publish-reply:web/0.0.0.0:8080/tcp/eth0": reason,
      [udp]: reason,
      "publish-reply:web/0.0.0.0:5353/udp/eth0": reason,
    });
  });

  test("does not hide what has certainly failed, nor what docker-proxy serves", () => {
    const host = cut({ adminUp: false }).withEmptyChain("DOCKER", nat);
    expect(statesOn(host, ["publish"])).toEqual(statesOn(bare, ["publish"]));
  });

  test("says nothing of bridges with ports of others", () => {
    const more = aHost().withFacts({
      bridgePorts: [...aHost().facts().bridgePorts, aBridgePort("tap0", appBridge)],
    });
    expect(new Set(Object.values(statesOn(more)))).toEqual(new Set(["kept"]));
  });
});

test("every outcome carries its walk", () => {
  const judged = judgedOn(bare);
  expect(judged.map(({ outcome }) => outcome.walk.steps.length > 0)).toEqual(
    judged.map(() => true),
  );
});
