import { describe, expect, test } from "vitest";
import { parseEndpoint } from "../../../src/derive/trace/endpoint.ts";
import { type Traced, type TraceRequest, trace } from "../../../src/derive/trace/trace.ts";
import type { TraceHost } from "../../../src/derive/trace/trace-host.ts";
import { traceTerminal } from "../../../src/render/trace-terminal.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import {
  aContainer,
  aNetwork,
  anEndpoint,
  aPort,
  appBridge,
  aSocket,
} from "../../support/healthy-facts.ts";
import type { WorldContainer } from "../../support/namespaces-of-a-host.ts";
import { tracedHost } from "../../support/traced-host.ts";

const appnet = { bridge: appBridge, gateway: "172.20.0.1" } as const;
const web: WorldContainer = {
  ...appnet,
  name: "web",
  veth: "veth2",
  address: "172.20.0.2/16",
  sockets: [aSocket("tcp", 80, undefined)],
};
const db: WorldContainer = {
  ...appnet,
  name: "db",
  veth: "veth3",
  address: "172.20.0.3/16",
  sockets: [aSocket("tcp", 5432, undefined)],
};
const worker: WorldContainer = {
  name: "worker",
  veth: "veth1",
  bridge: "docker0",
  gateway: "172.17.0.1",
  address: "172.17.0.2/16",
};
const network = { id: "0123456789abcdef", name: "appnet" } as const;

function host(): HostBuilder {
  return aHost()
    .withSysctl("net.bridge.bridge-nf-call-iptables", "0")
    .withContainer(
      aContainer("db", {
        id: "db01-id",
        networkMode: "appnet",
        endpoints: [anEndpoint(network, "172.20.0.3/16", "172.20.0.1")],
      }),
    );
}

function ask(
  on: TraceHost,
  [from, to]: readonly [string, string],
  more: Partial<TraceRequest> = {},
): ReturnType<typeof trace> {
  const [sender, target] = [parseEndpoint(from), parseEndpoint(to)];
  if (!sender.ok || !target.ok) throw new Error("no endpoint");
  return trace(on, { from: sender.value, to: target.value, protocol: "tcp", ...more });
}

/** The answer in one sentence, or the refusal. */
function sentence(...args: Parameters<typeof ask>): string {
  const traced = ask(...args);
  return traced.ok ? `${traced.value.fate}: ${traced.value.sentence}` : traced.message;
}

function terminal(traced: Traced): string {
  const report = {
    schemaVersion: 1,
    tool: { name: "docknet", version: "0.0.0" },
    host: { hostname: "dock", kernel: "6.18.44" },
    takenAt: "2026-11-02T10:00:00.000Z",
    notes: [],
    ...traced,
  } as const;
  return traceTerminal(report, { columns: 100, colour: "off", detail: "all" });
}

const all = tracedHost(host(), web, db, worker);

describe("a trace", () => {
  test.each([
    [
      ["web", "db:5432"],
      "delivered: web reaches db:5432/tcp (in container db), and the answer comes back.",
    ],
    [
      ["web", "db:81"],
      "rejected: web does not reach db:81/tcp: rejected in container db: nothing listens on 172.20.0.3 port 81/tcp.",
    ],
    [
      ["db01", "web@appnet:80"],
      "delivered: db01 reaches web@appnet:80/tcp (in container web), and the answer comes back.",
    ],
    [
      ["outside", "host:8080"],
      "delivered: outside reaches host:8080/tcp (in container web), and the answer comes back.",
    ],
    [
      ["host", "host:8080"],
      "delivered: host reaches host:8080/tcp by docker-proxy (in container web), and the answer comes back.",
    ],
    [
      ["outside=198.51.100.7", "host:22"],
      "delivered: 198.51.100.7 reaches host:22/tcp (in host, by sshd), and the answer comes back.",
    ],
    [
      ["web", "outside:443"],
      "delivered: web reaches outside:443/tcp (out of host by eth0), and the answer comes back.",
    ],
    [
      ["172.20.0.2", "172.20.0.3:5432"],
      "delivered: 172.20.0.2 reaches 172.20.0.3:5432/tcp (in container db), and the answer comes back.",
    ],
  ] as const)("of %j ends well or names what refuses", (ends, expected) => {
    expect(sentence(all, ends).replace("db01-id", "db")).toBe(expected.replace("db01 ", "db "));
  });

  test("names the rule that drops, in whose chain it is", () => {
    expect(sentence(all, ["worker", "web:80"])).toBe(
      "dropped: worker does not reach web:80/tcp: dropped in host: ipv4 filter DOCKER-ISOLATION-STAGE-2 rule 1: " +
        `-A DOCKER-ISOLATION-STAGE-2 -o ${appBridge} -j DROP (kept by Docker).`,
    );
  });

  test("says that only the answer is lost", () => {
    const rule = `-A FORWARD -i ${appBridge} -o eth0 -m conntrack --ctstate ESTABLISHED -j DROP`;
    const lost = tracedHost(host().withRule(rule, { at: "first" }), web, db);
    expect(sentence(lost, ["outside", "host:8080"])).toBe(
      `dropped: host:8080/tcp is reached from outside, but its answer is dropped in host: ipv4 filter FORWARD rule 1: ${rule}.`,
    );
  });

  test("tells the MTU that stops a large packet", () => {
    expect(sentence(all, ["web", "db:5432"], { sizeBytes: 1501 })).toBe(
      "rejected: web does not reach db:5432/tcp: rejected in container web: eth0 takes 1500 bytes, the packet has 1501.",
    );
  });

  test("is dropped where another container took the address", () => {
    const letIn = host().withRule("-A DOCKER-USER -j ACCEPT", { at: "first" });
    const moved = letIn.withRule(
      "-A PREROUTING -i eth0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.3:5432",
      { table: "nat", at: "first" },
    );
    expect(sentence(tracedHost(moved, web, db), ["outside", "host:8080"])).toBe(
      "misdelivered: outside does not reach host:8080/tcp: it ends elsewhere, in container db.",
    );
  });

  test("is unsure, never delivered, where the target's namespace was not read", () => {
    const peers = new Map([...all.world.peers].filter(([key]) => !key.includes("veth2")));
    const unseen = { ...all, world: { ...all.world, peers }, sandboxes: [] };
    expect(sentence(unseen, ["outside", "host:8080"])).toBe(
      "unsure: Whether outside reaches host:8080/tcp is unsure: in host: " +
        "the other end of veth2 is in a namespace that is not seen.",
    );
  });

  test("begins on the bridge where the sender's namespace was not read, and is certain of drops only", () => {
    const unseen = tracedHost(host(), db);
    expect(sentence(unseen, ["web", "outside:443"])).toBe(
      "unsure: Whether web reaches outside:443/tcp is unsure: in host: the network namespace of container web was not read; " +
        `the way is that from its bridge ${appBridge}.`,
    );
    const dropping = tracedHost(host().withRule("-A DOCKER-USER -j DROP", { at: "first" }), db);
    expect(sentence(dropping, ["web", "outside:443"])).toBe(
      "dropped: web does not reach outside:443/tcp: dropped in host: ipv4 filter DOCKER-USER rule 1: " +
        "-A DOCKER-USER -j DROP (kept by the administrator).",
    );
  });

  test("is unsure where a namespace on the way was read in part", () => {
    const reduced = new Map([["/run/docker/netns/db", "sockets: without CAP_SYS_ADMIN"]]);
    expect(sentence({ ...all, reduced }, ["web", "db:81"])).toBe(
      "unsure: Whether web reaches db:81/tcp is unsure: in container db: container db was read in part: sockets: without CAP_SYS_ADMIN.",
    );
  });

  test.each([
    [["nobody", "db:80"], 'no container is called "nobody"\ncontainers: worker, web, db'],
    [["web@lan", "db:80"], 'container web is not on network "lan"\nnetworks: appnet'],
    [["web", "db"], "which port of --to? Give it as db:PORT, or ask with --proto icmp"],
  ] as const)("of %j is refused with what there is", (ends, message) => {
    expect(sentence(all, ends)).toBe(message);
  });

  test("is refused where a container is on several networks, or an id begins several", () => {
    const other = { id: "other-id", name: "other" } as const;
    const endpoints = [
      anEndpoint(network, "172.20.0.9/16", "172.20.0.1"),
      anEndpoint(other, "172.21.0.9/16", "172.21.0.1"),
    ];
    const many = host()
      .withContainer(aContainer("many", { id: "feed01", endpoints }))
      .withContainer(aContainer("twin", { id: "feed02" }))
      .withContainer(aContainer("old", { state: "exited" }));
    const on = tracedHost(many, web, db, worker);
    expect([
      sentence(on, ["outside", "many:80"]),
      sentence(on, ["feed", "db:80"]),
      sentence(on, ["old", "db:80"]),
      sentence(on, ["web", "172.20.0.3:80"], { family: "ipv6" }),
    ]).toEqual([
      "container many is on several networks; choose one: many@appnet, many@other",
      'several containers have an id that begins with "feed": many (feed01), twin (feed02)',
      "container old is exited: it has no network",
      "container db has no ipv6 address",
    ]);
  });

  test("of a machine outside to a container's own address says what that takes", () => {
    const open = tracedHost(host().withRule("-A DOCKER-USER -j ACCEPT", { at: "first" }), web);
    expect(sentence(open, ["outside", "web:80"])).toBe(
      "delivered: outside reaches web:80/tcp (in container web), and the answer comes back. " +
        "It needs a route to 172.20.0.2 over this host.",
    );
  });

  test("to a macvlan container comes over the wire, from outside only", () => {
    const lan = aNetwork("lan", { driver: "macvlan", options: { parent: "eth0" } });
    const endpoints = [anEndpoint(lan, "192.0.2.50/24", "192.0.2.1")];
    const onLan = (parent: string): HostBuilder =>
      host()
        .withNetwork({ ...lan, options: { parent } })
        .withContainer(aContainer("onlan", { endpoints }));
    const there: WorldContainer = {
      name: "onlan",
      veth: "veth9",
      bridge: "docker0",
      gateway: "192.0.2.1",
      address: "192.0.2.50/24",
      sockets: [aSocket("tcp", 80, undefined)],
    };
    const first = (text: string): string => text.split(":")[0] ?? "";
    const on = tracedHost(onLan("eth0"), there);
    const [from] = [ask(on, ["outside", "onlan:80"])];
    expect(from.ok && from.value.legs[0]?.request.arrival).toBe("in container onlan");
    expect([
      sentence(on, ["host", "onlan:80"]),
      first(sentence(tracedHost(onLan("eth7"), there), ["outside", "onlan:80"])),
    ]).toEqual([
      "misdelivered: host does not reach onlan:80/tcp: it ends elsewhere, out of host by eth0.",
      "unsure",
    ]);
  });

  test("does not guess where docker-proxy connects for a container of an overlay network", () => {
    const overlay = aNetwork("mesh", { driver: "overlay", scope: "swarm" });
    const swarm = host()
      .withNetwork(overlay)
      .withContainerChange("web", { endpoints: [anEndpoint(overlay, "10.0.1.16/24", undefined)] });
    expect(sentence(tracedHost(swarm, web), ["host", "host:8080"])).toBe(
      "unsure: Whether host reaches host:8080/tcp is unsure: in host: " +
        "docker-proxy takes it; which address it connects to is not known.",
    );
  });

  test("asks for the uplink's address where a port is published on loopback only", () => {
    const local = host()
      .withContainerChange("web", {
        publishedPorts: [aPort("tcp", 9000, { containerPort: 80, address: "127.0.0.1" })],
      })
      .withSocket({ ...aSocket("tcp", 9000, "docker-proxy"), address: "127.0.0.1" });
    const on = tracedHost(local, web);
    expect([sentence(on, ["outside", "host:9000"]), sentence(on, ["host", "host:9000"])]).toEqual([
      "rejected: outside does not reach host:9000/tcp: rejected in host: nothing listens on 192.0.2.10 port 9000/tcp.",
      "delivered: host reaches host:9000/tcp by docker-proxy (in container web), and the answer comes back.",
    ]);
  });
});

describe("a trace on a terminal", () => {
  test.each([
    ["between-containers", ["web", "db:5432"]],
    ["published-port", ["outside", "host:8080"]],
    ["docker-proxy", ["host", "host:8080"]],
    ["isolated", ["worker", "web:80"]],
  ] as const)("%s shows each hop there and back", async (name, ends) => {
    const traced = ask(all, ends, { sizeBytes: 1400 });
    if (!traced.ok) throw new Error(traced.message);
    await expect(terminal(traced.value)).toMatchFileSnapshot(`../../golden/trace/${name}.txt`);
  });

  test("shows no character of a host's names that could harm it", () => {
    const evil = tracedHost(
      host().withRule('-A DOCKER-USER -m comment --comment "a\u001b[2Jb\u202e" -j DROP', {
        at: "first",
      }),
      web,
    );
    const traced = ask(evil, ["outside", "host:8080"]);
    if (!traced.ok) throw new Error(traced.message);
    const text = terminal(traced.value);
    expect([
      text.includes("\u001b"),
      text.includes("\u202e"),
      text.includes("\\x1b[2Jb\\u202e"),
    ]).toEqual([false, false, true]);
  });
});
