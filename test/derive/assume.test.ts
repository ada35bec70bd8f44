import { describe, expect, test } from "vitest";
import { assume } from "../../src/derive/assume.ts";
import type { Assumption } from "../../src/model/assumption.ts";
import { aHost, type HostBuilder } from "../support/a-host.ts";
import { appBridge, aRoute } from "../support/healthy-facts.ts";
import { inSwarm, withIpv6 } from "../support/host-variants.ts";
import { statesOn } from "../support/judged.ts";

/** What becomes of the promises of a host after the assumptions. */
function assumed(host: HostBuilder, ...assumptions: readonly Assumption[]) {
  const facts = assume(host.facts(), assumptions);
  return statesOn({ facts: () => ({ ...host.facts(), ...facts }) });
}

function broken(states: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(states).flatMap(([id, state]) => (state === "kept" ? [] : [id]));
}

const web = { bridge: appBridge, subnet: "172.20.0.0/16" };
const drop = "-A DOCKER-USER -i eth0 -j DROP";
const dropped = aHost().withRule(drop, { at: "first" });
const gone = {
  kind: "rule-absent",
  family: "ipv4",
  backend: "nf_tables",
  table: "filter",
  chain: "DOCKER-USER",
  text: drop,
} as const;

describe("an assumption", () => {
  test.each([
    [
      "that the host forwards",
      aHost().withForwardingOff(),
      { kind: "sysctl", key: "net.ipv4.ip_forward", value: "1" },
    ],
    [
      "that all links forward",
      aHost().withForwardingOff(),
      { kind: "sysctl", key: "net.ipv4.conf.all.forwarding", value: "1" },
    ],
    [
      "that one link forwards",
      aHost().withLinkSetting("eth0", { forwarding: false }),
      { kind: "sysctl", key: "net.ipv4.conf.eth0.forwarding", value: "1" },
    ],
    ["that a rule is gone", dropped, gone],
    [
      "that a network is masqueraded",
      aHost()
        .withEmptyChain("POSTROUTING", { table: "nat" })
        .withRule("-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE", { table: "nat" }),
      { kind: "masquerade-present", family: "ipv4", ...web },
    ],
    [
      "that a bridge is up",
      aHost().withLinkDown(appBridge),
      { kind: "link-up", ifname: appBridge },
    ],
    [
      "that a bridge has its address",
      aHost().withoutAddress("docker0"),
      { kind: "address-present", ifname: "docker0", address: "172.17.0.1", prefixLength: 16 },
    ],
    [
      "that Docker wrote its rules anew",
      aHost().withFlushedTable("filter").withFlushedTable("nat").withPolicy("FORWARD", "DROP"),
      { kind: "docker-rules-rebuilt" },
    ],
    [
      "that Docker wrote the rules of one container's ports anew",
      aHost().withEmptyChain("DOCKER", { table: "nat" }).withEmptyChain("DOCKER"),
      { kind: "port-rules-rebuilt", container: "web" },
    ],
  ] as const)("%s mends what that broke", (_name, host, assumption) => {
    expect(broken(statesOn(host))).not.toEqual([]);
    expect(broken(assumed(host, assumption))).toEqual([]);
  });

  test("that a port is accepted opens it to that peer", () => {
    const host = inSwarm(aHost(), "worker").withPolicy("INPUT", "DROP");
    const accepted = {
      kind: "port-accepted",
      family: "ipv4",
      backend: "nf_tables",
      protocol: "udp",
      port: 4789,
      source: "192.0.2.11",
    } as const;
    const opened = broken(statesOn(host)).filter(
      (id) => !broken(assumed(host, accepted)).includes(id),
    );
    expect(opened).toEqual(["swarm-port:4789/udp@192.0.2.11"]);
    expect(broken(assumed(host, { ...accepted, source: "nobody" }))).toEqual(
      broken(statesOn(host)),
    );
    expect(broken(assumed(host, { ...accepted, backend: "legacy" }))).toEqual(
      broken(statesOn(host)),
    );
  });

  test("that one link forwards leaves the others alone", () => {
    const host = aHost().withForwardingOff();
    const states = assumed(host, {
      kind: "sysctl",
      key: `net.ipv4.conf.${appBridge}.forwarding`,
      value: "1",
    });
    expect(states["egress:web@appnet/ipv4/eth0"]).toBe("kept");
    expect(states["egress:worker@bridge/ipv4/eth0"]).toBe("failed: net.ipv4.ip_forward = 0");
  });

  test("that a key is 0 breaks what needs it", () => {
    const states = assumed(aHost(), { kind: "sysctl", key: "net.ipv4.ip_forward", value: "0" });
    expect(states["egress:web@appnet/ipv4/eth0"]).toBe("failed: net.ipv4.ip_forward = 0");
  });

  test("that a rule is gone takes one of two alike, and none where there is none", () => {
    const twice = dropped.withRule(drop, { at: "first" });
    expect(broken(assumed(twice, gone))).toEqual(broken(statesOn(dropped)));
    expect(broken(assumed(twice, gone, gone))).toEqual([]);
    expect(broken(assumed(twice, { ...gone, text: "-A DOCKER-USER -j DROP" }))).toEqual(
      broken(statesOn(twice)),
    );
    expect(broken(assumed(twice, { ...gone, family: "ipv6" }))).toEqual(broken(statesOn(twice)));
  });

  test("that a network is masqueraded makes the table where there is none", () => {
    const host = aHost().withPolicy("FORWARD", "ACCEPT").withFlushedTable("filter");
    const bare = host.withTables([
      { name: "filter", chains: [{ name: "FORWARD", policy: "ACCEPT" }], rules: [] },
    ]);
    const id = "egress:web@appnet/ipv4/eth0";
    const assumption = { kind: "masquerade-present", family: "ipv4", ...web } as const;
    expect(assumed(bare, assumption)[id]).toBe("kept");
    expect(assumed(bare, { ...assumption, subnet: "nonsense" })[id]).toMatch(/^failed/);
    const { rulesets: _rulesets, ...rest } = bare.facts();
    const none = { ...rest, rulesets: [] };
    expect(assume(none, [assumption])).toEqual(none);
  });

  test("that a link is up brings its routes back, once, and only to a link that is there", () => {
    const up = { kind: "link-up", ifname: appBridge } as const;
    const down = aHost().withLinkDown(appBridge).facts();
    const own = ({ routes }: typeof down) =>
      routes
        .filter(({ nextHops }) => nextHops[0]?.outputLink === appBridge)
        .map(({ type }) => type);
    expect(own(down)).toEqual(["local"]);
    expect(own({ ...down, ...assume(down, [up]) })).toEqual(["local", "unicast"]);
    expect(assume(down, [{ kind: "link-up", ifname: "eth9" }])).toEqual(down);
  });

  test("that a bridge is up opens those of its ports that are up", () => {
    const down = aHost().withLinkDown(appBridge).facts();
    const [one, other] = down.bridgePorts;
    if (one === undefined || other === undefined) throw new Error("no ports");
    const closed = { ...other, portState: "disabled" } as const;
    const still = { ...closed, ifname: "veth9", adminUp: false };
    const bridgePorts = [{ ...one, portState: "disabled" as const }, closed, still];
    const up = assume({ ...down, bridgePorts }, [{ kind: "link-up", ifname: appBridge }]);
    expect(up.bridgePorts.map(({ ifname, portState }) => `${ifname} ${portState}`)).toEqual([
      "veth1 disabled",
      "veth2 forwarding",
      "veth9 disabled",
    ]);
  });

  test("that a link which is down has an address brings no route", () => {
    const down = aHost().withLinkDown("docker0").withoutAddress("docker0").facts();
    const assumption = {
      kind: "address-present",
      ifname: "docker0",
      address: "172.17.0.1",
      prefixLength: 16,
    } as const;
    expect(assume(down, [assumption]).routes).toEqual(down.routes);
    const odd = assume(aHost().facts(), [{ ...assumption, address: "nobody" }]);
    expect(odd.routes).toEqual(aHost().facts().routes);
  });

  test("that a port is accepted goes before what drops", () => {
    const host = inSwarm(aHost(), "worker").withRule("-A INPUT -j DROP").withFlushedTable("nat");
    const accepted = {
      kind: "port-accepted",
      family: "ipv4",
      backend: "nf_tables",
      protocol: "tcp",
      port: 7946,
      source: "192.0.2.11",
    } as const;
    expect(assumed(host, accepted)["swarm-port:7946/tcp@192.0.2.11"]).toBe("kept");
  });
});

describe("Docker's rules, written anew", () => {
  const rebuilt = { kind: "docker-rules-rebuilt" } as const;
  const flushed = (host: HostBuilder) =>
    host.withFlushedTable("filter").withFlushedTable("nat").withPolicy("FORWARD", "DROP");

  test.each([
    ["20.10", aHost()],
    ["28.5", aHost({ engine: "28.5" })],
    ["29.7", aHost({ engine: "29.7" })],
    ["iptables-legacy", aHost().withLegacyBackend()],
    ["a network without icc", aHost().withNetworkChange("appnet", { icc: false })],
    [
      "a port on one address",
      aHost().withContainerChange("web", {
        publishedPorts: [
          {
            containerPort: 80,
            hostBinding: { protocol: "tcp", address: "192.0.2.10", hostPort: 8080 },
          },
        ],
      }),
    ],
    ["an internal network beside", aHost().withNetworkChange("bridge", { internal: true })],
  ])("keep every promise of a healthy host with %s", (_name, host) => {
    const legacy = _name === "iptables-legacy";
    const bare = legacy
      ? host
          .withFlushedTable("filter", { backend: "legacy" })
          .withFlushedTable("nat", { backend: "legacy" })
          .withPolicy("FORWARD", "DROP", { backend: "legacy" })
      : flushed(host);
    expect([broken(assumed(host, rebuilt)), broken(assumed(bare, rebuilt))]).toEqual([[], []]);
  });

  test("keep those of IPv6 too, where dockerd writes ip6tables", () => {
    const host = withIpv6(flushed(aHost()))
      .withFlushedTable("filter", { family: "ipv6" })
      .withFlushedTable("nat", { family: "ipv6" });
    expect(broken(assumed(host, rebuilt))).toEqual([]);
    const ipv4Only = host.withOptions({ iptables: true });
    expect(assumed(ipv4Only, rebuilt)).not.toHaveProperty(["publish:web/[::]:8080/tcp/eth0"]);
  });

  test("leave the rules of others where they are", () => {
    const host = dropped
      .withRule("-A FORWARD -p udp -j DROP", { at: "first" })
      .withChain("mine")
      .withRule("-A INPUT -j mine")
      .withRule("-A mine -p udp -j DROP");
    const { rulesets } = assume(host.facts(), [rebuilt]);
    const filter = rulesets[0]?.tables.find(({ name }) => name === "filter");
    const own = filter?.chains.flatMap(({ rules }) => rules.map(({ text }) => text)) ?? [];
    expect(own.filter((text) => !text.includes("as Docker makes it"))).toEqual([
      "-A INPUT -j mine",
      "-A FORWARD -p udp -j DROP",
      "-A mine -p udp -j DROP",
      drop,
      "-A DOCKER-USER -j RETURN",
    ]);
  });

  test("are written where Docker's chains are, else where rules are, else to nf_tables", () => {
    const legacyBeside = aHost().withPolicy("INPUT", "ACCEPT", { backend: "legacy" });
    const bare = aHost().withTables([]);
    const where = (host: HostBuilder) =>
      assume(host.facts(), [rebuilt]).rulesets.flatMap(({ family, backend, tables }) =>
        tables.some(({ chains }) => chains.some(({ name }) => name === "DOCKER"))
          ? [`${family} ${backend}`]
          : [],
      );
    expect([
      where(legacyBeside),
      where(bare),
      where(bare.withPolicy("INPUT", "ACCEPT", { backend: "legacy" })),
    ]).toEqual([["ipv4 nf_tables"], ["ipv4 nf_tables"], ["ipv4 legacy"]]);
    const [, legacy] = aHost().facts().rulesets;
    const alone = { ...aHost().facts(), rulesets: legacy === undefined ? [] : [legacy] };
    expect(assume(alone, [rebuilt]).rulesets[0]?.tables.map(({ name }) => name)).toEqual([
      "filter",
      "nat",
    ]);
    expect(assume({ ...alone, rulesets: [] }, [rebuilt]).rulesets).toEqual([]);
  });

  test("are not written by a daemon that is not to", () => {
    const off = aHost().withOptions({ iptables: false });
    expect(assume(off.facts(), [rebuilt])).toEqual(off.facts());
  });

  test("of one container's ports go where its chains are, and to no other container", () => {
    const host = aHost().withEmptyChain("DOCKER", { table: "nat" });
    const other = { kind: "port-rules-rebuilt", container: "worker" } as const;
    expect(broken(assumed(host, other))).toEqual(broken(statesOn(host)));
    const own = { ...other, container: "web" };
    expect(broken(assumed(flushed(aHost()), own))).toEqual(broken(statesOn(flushed(aHost()))));
  });
});

test("a route that is there is not added again", () => {
  const host = aHost().withRoute(aRoute("172.20.0.0/16", "eth0"));
  const facts = host.facts();
  expect(assume(facts, [{ kind: "link-up", ifname: appBridge }]).routes).toEqual(facts.routes);
});
