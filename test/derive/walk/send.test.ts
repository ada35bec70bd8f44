import { describe, expect, test } from "vitest";
import { elementText } from "../../../src/derive/evidence.ts";
import { compileNetns } from "../../../src/derive/walk/compile.ts";
import { walk } from "../../../src/derive/walk/walk.ts";
import { replyAttempt } from "../../../src/derive/walk/way/reply.ts";
import type { Attempt } from "../../../src/model/intent.ts";
import type { Entry, Packet } from "../../../src/model/packet.ts";
import type { RoutingRule } from "../../../src/model/route.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { appBridge, aRoute, aSocket, linkAddress, prefix } from "../../support/healthy-facts.ts";
import { withIpv6, withTwoNextHops } from "../../support/host-variants.ts";
import { fateOn, incoming, outgoing, walkOn, withPacket } from "../../support/walked.ts";

const nat = { table: "nat" } as const;
const mangle = { table: "mangle" } as const;

/** A packet of the host itself; the kernel chooses its source unless it is given. */
function sent(destination: string, change: Partial<Packet> = {}, by: Partial<Entry> = {}): Attempt {
  const family = destination.includes(":") ? "ipv6" : "ipv4";
  const source = family === "ipv4" ? "0.0.0.0" : "::";
  const own = { ...outgoing, entry: { kind: "local", ...by } as Entry };
  return withPacket(own, { family, source, destination, ...change });
}

function stepsOn(host: HostBuilder, attempt: Attempt): readonly string[] {
  return walkOn(host, attempt).steps.map(
    ({ at, element, verdict }) => `${at}: ${elementText(element)}: ${verdict}`,
  );
}

describe("a packet of the host itself", () => {
  test.each([
    ["a neighbour", "192.0.2.7", "out of eth0, 192.0.2.10 → 192.0.2.7:443"],
    ["the outside", "1.1.1.1", "out of eth0, 192.0.2.10 → 1.1.1.1:443"],
    ["a container", "172.20.0.2", `out of ${appBridge}, 172.20.0.1 → 172.20.0.2:443`],
  ])("to %s takes the address of the link that it leaves by", (_name, to, expected) => {
    expect(fateOn(aHost(), sent(to))).toBe(expected);
  });

  test.each([
    ["its own address", "192.0.2.10", "taken by sshd, 192.0.2.10 → 192.0.2.10:22"],
    ["loopback", "127.0.0.1", "taken by sshd, 127.0.0.1 → 127.0.0.1:22"],
  ])("to %s comes back by lo, through OUTPUT, PREROUTING and INPUT", (_name, to, expected) => {
    const host = aHost();
    expect(fateOn(host, sent(to, { destinationPort: 22 }))).toBe(expected);
    const stopped = (rule: string) =>
      fateOn(host.withRule(rule, { at: "first" }), sent(to, { destinationPort: 22 }));
    expect([stopped("-A OUTPUT -o lo -j DROP"), stopped("-A INPUT -i lo -j DROP")]).toEqual([
      "dropped: ipv4 filter OUTPUT rule 1: -A OUTPUT -o lo -j DROP",
      "dropped: ipv4 filter INPUT rule 1: -A INPUT -i lo -j DROP",
    ]);
  });

  test("takes the preferred source of its route", () => {
    const route = aRoute("1.1.1.0/24", "eth0", { preferredSource: "172.17.0.1" });
    const host = aHost().withRoute(route).withEmptyChain("POSTROUTING", nat);
    expect(fateOn(host, sent("1.1.1.1"))).toBe("out of eth0, 172.17.0.1 → 1.1.1.1:443");
  });

  test("cannot take a source that is nobody's of this host", () => {
    expect(fateOn(aHost(), sent("1.1.1.1", { source: "203.0.113.9" }))).toBe(
      "rejected: link eth0 does not carry 203.0.113.9",
    );
  });

  test("is refused by a route that leads nowhere, also by a blackhole", () => {
    const hole = aRoute("1.1.1.0/24", "lo", { type: "blackhole", nextHops: [] });
    expect(fateOn(aHost().withRoute(hole), sent("1.1.1.1"))).toBe("rejected: blackhole 1.1.1.0/24");
    expect(fateOn(aHost().withoutRoute("0.0.0.0/0"), sent("1.1.1.1"))).toBe(
      "rejected: no route to 1.1.1.1",
    );
  });

  test("is unsure where a routing rule does what docknet does not know", () => {
    const unknown: RoutingRule = {
      ...aRoutingRule(5, "main"),
      action: { kind: "unrecognised", text: "l3mdev" },
    };
    const routingRules = [aRoutingRule(0, "local"), unknown, aRoutingRule(32_766, "main")];
    expect(fateOn(aHost().withFacts({ routingRules }), sent("1.1.1.1"))).toMatch(
      /^unsure: routing rule 5: /,
    );
  });

  test("to a published port goes to the container, with its source, by the container's link", () => {
    const host = aHost()
      .withRule("-A OUTPUT -d 192.0.2.10/32 -p tcp -j DNAT --to-destination 172.20.0.2:80", nat)
      .withEmptyChain("DOCKER", nat);
    const attempt = sent("192.0.2.10", { destinationPort: 8080 });
    expect(fateOn(host, attempt)).toBe(`out of ${appBridge}, 192.0.2.10 → 172.20.0.2:80`);
    // The link that OUTPUT sees is that of the first route (state->out of nf_hook).
    expect(fateOn(host.withRule("-A OUTPUT -o lo -j DROP"), attempt)).toMatch(/^dropped/);
    expect(fateOn(host.withRule(`-A OUTPUT -o ${appBridge} -j DROP`), attempt)).toMatch(/^out of/);
  });

  test("from loopback leaves by another link only with route_localnet", () => {
    const host = aHost().withRule(
      "-A OUTPUT -d 127.0.0.0/8 -p tcp -j DNAT --to-destination 172.20.0.2:80",
      nat,
    );
    const with_ = (value: string) =>
      host
        .withSysctl("net.ipv4.conf.all.route_localnet", "0")
        .withSysctl(`net.ipv4.conf.${appBridge}.route_localnet`, value);
    const attempt = sent("127.0.0.1", { destinationPort: 8080 });
    expect([
      fateOn(with_("1"), attempt),
      fateOn(with_("0"), attempt),
      fateOn(host, attempt),
    ]).toEqual([
      `out of ${appBridge}, 127.0.0.1 → 172.20.0.2:80`,
      `dropped: source 127.0.0.1 must not be seen on ${appBridge}`,
      `unsure: net.ipv4.conf.${appBridge}.route_localnet was not read`,
    ]);
  });

  const rules = (mark: number): readonly RoutingRule[] => [
    aRoutingRule(0, "local"),
    { ...aRoutingRule(5, "77"), mark },
    aRoutingRule(32_766, "main"),
  ];
  const marked = aHost()
    .withRoutingRules(...rules(7))
    .withRoute(aRoute("default", "docker0", { routeTable: "77" }));

  test("is routed again where mangle marks it, and not where filter does", () => {
    expect([
      fateOn(marked, sent("1.1.1.1")),
      fateOn(
        marked.withRule("-A OUTPUT -j MARK --set-xmark 0x7/0xffffffff", mangle),
        sent("1.1.1.1"),
      ),
      fateOn(marked.withRule("-A OUTPUT -j MARK --set-xmark 0x7/0xffffffff"), sent("1.1.1.1")),
    ]).toEqual([
      "out of eth0, 192.0.2.10 → 1.1.1.1:443",
      "out of docker0, 192.0.2.10 → 1.1.1.1:443",
      "out of eth0, 192.0.2.10 → 1.1.1.1:443",
    ]);
  });

  test("is routed by its owner where a rule says so", () => {
    const owned = aHost()
      .withRoutingRules(
        aRoutingRule(0, "local"),
        { ...aRoutingRule(5, "77"), unrecognised: ["uid_start 1000", "uid_end 1999"] },
        aRoutingRule(32_766, "main"),
      )
      .withRoute(aRoute("default", "docker0", { routeTable: "77" }));
    const by = (uid: number) => fateOn(owned, sent("1.1.1.1", {}, { uid } as Partial<Entry>));
    expect([by(1500), by(0), fateOn(owned, sent("1.1.1.1"))]).toEqual([
      "out of docker0, 172.17.0.1 → 1.1.1.1:443",
      "out of eth0, 192.0.2.10 → 1.1.1.1:443",
      "unsure: routing rule 5: from all lookup 77",
    ]);
  });

  test("takes another way once its source is chosen, where a rule is by source", () => {
    const host = aHost()
      .withRoutingRules(
        aRoutingRule(0, "local"),
        { ...aRoutingRule(5, "77"), source: prefix("192.0.2.10/32") },
        aRoutingRule(32_766, "main"),
      )
      .withRoute(aRoute("default", "docker0", { routeTable: "77" }));
    expect(fateOn(host, sent("1.1.1.1"))).toBe("out of docker0, 192.0.2.10 → 1.1.1.1:443");
    expect(fateOn(host, sent("1.1.1.1", { protocol: "udp" }))).toMatch(/^unsure: a routing rule/);
  });
});

describe("the source that IPv6 chooses", () => {
  const host = (...addresses: readonly string[]) =>
    withIpv6(aHost()).withLinkChange("eth0", { addresses: addresses.map(linkAddress) });

  test.each([
    [
      "of the destination's scope",
      ["fe80::1/64", "2001:db8::10/64"],
      "2606:4700::1",
      "2001:db8::10",
    ],
    ["with the longer common prefix", ["2001:db8::10/64", "2606::7/64"], "2606:4700::1", "2606::7"],
    [
      "of the destination's label",
      ["fd00:9::1/64", "2001:db8::10/64"],
      "2606:4700::1",
      "2001:db8::10",
    ],
  ] as const)("is the one %s", (...[, addresses, to, expected]) => {
    expect(fateOn(host(...addresses), sent(to))).toContain(`out of eth0, ${expected} →`);
  });

  test("is not deprecated where another is not", () => {
    const deprecated = { ...linkAddress("2606::7/64"), flags: ["deprecated"] };
    const changed = withIpv6(aHost()).withLinkChange("eth0", {
      addresses: [deprecated, linkAddress("2001:db8::10/64")],
    });
    expect(fateOn(changed, sent("2606:4700::1"))).toContain("out of eth0, 2001:db8::10 →");
  });
});

describe("a reply", () => {
  function answerOn(host: HostBuilder, attempt: Attempt, entry: Entry): string {
    const there = walkOn(host, attempt);
    if (there.fate !== "delivered") return there.fate;
    const { packet: received } = there.arrival;
    return fateOn(host, replyAttempt({ request: attempt.packet, received, entry }));
  }

  test("of a published port has the address that the client asked again", () => {
    const port = withPacket(incoming, { destinationPort: 8080, sourcePort: 50_000 });
    expect(answerOn(aHost(), port, { kind: "link", ifname: appBridge })).toBe(
      "out of eth0, 192.0.2.10 → 198.51.100.7:50000",
    );
  });

  test("to a container that was masqueraded goes back to it", () => {
    expect(answerOn(aHost(), outgoing, { kind: "link", ifname: "eth0" })).toBe(
      `out of ${appBridge}, 1.1.1.1 → 172.20.0.2:40000`,
    );
  });

  test("to a socket of the host is taken by it, though nobody listens", () => {
    const own = sent("1.1.1.1", { source: "192.0.2.10" });
    expect(answerOn(aHost(), own, { kind: "link", ifname: "eth0" })).toBe(
      "taken by the connection's own socket, 1.1.1.1 → 192.0.2.10:40000",
    );
  });

  test("of a socket of the host goes through OUTPUT", () => {
    const ssh = withPacket(incoming, { destinationPort: 22 });
    const host = aHost().withRule("-A OUTPUT -p tcp -m tcp --sport 22 -j DROP");
    expect([
      answerOn(aHost(), ssh, { kind: "local" }),
      answerOn(host, ssh, { kind: "local" }),
    ]).toEqual([
      "out of eth0, 192.0.2.10 → 198.51.100.7:40000",
      "dropped: ipv4 filter OUTPUT rule 1: -A OUTPUT -p tcp -m tcp --sport 22 -j DROP",
    ]);
  });

  test("is translated back between mangle and filter", () => {
    const host = aHost()
      .withRule("-A PREROUTING -d 172.20.0.2/32 -j DROP", mangle)
      .withRule("-A FORWARD -d 192.0.2.10/32 -j DROP", { at: "first" });
    expect(answerOn(host, outgoing, { kind: "link", ifname: "eth0" })).toMatch(/^out of/);
    expect(stepsOn(host, outgoing).length).toBeGreaterThan(0);
  });
});

test("a packet that may take two links is stopped where both are stopped alike", () => {
  const two = withTwoNextHops(aHost());
  expect(fateOn(two, outgoing)).toMatch(/^unsure: route default dev eth0 nexthop dev docker0/);
  expect(fateOn(two.withRule("-A DOCKER-USER -j DROP", { at: "first" }), outgoing)).toBe(
    "dropped: ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER -j DROP",
  );
});

test("a packet with a source of the host's own is a martian unless the link accepts it", () => {
  const own = withPacket(incoming, { source: "172.17.0.1", destinationPort: 22 });
  const host = (value: string) =>
    aHost()
      .withSysctl("net.ipv4.conf.all.accept_local", "0")
      .withSysctl("net.ipv4.conf.eth0.accept_local", value);
  expect([fateOn(host("0"), own), fateOn(host("1"), own), fateOn(aHost(), own)]).toEqual([
    "dropped: source 172.17.0.1 must not be seen on eth0",
    "taken by sshd, 172.17.0.1 → 192.0.2.10:22",
    "unsure: net.ipv4.conf.eth0.accept_local was not read",
  ]);
});

test("where no route is left for what OUTPUT made of a packet, the chains behind are not asked", () => {
  const host = aHost()
    .withRule("-A OUTPUT -d 1.1.1.1/32 -j DNAT --to-destination 10.9.9.9", nat)
    .withRoute(aRoute("10.9.9.0/24", "lo", { type: "unreachable", nextHops: [] }))
    .withRule("-A OUTPUT -j DROP");
  expect(fateOn(host, sent("1.1.1.1"))).toBe("dropped: unreachable 10.9.9.0/24");
});

test("the answer to a connection finds the mark that rules left on it", () => {
  const marking = aHost()
    .withRule("-A PREROUTING -i eth0 -j CONNMARK --set-xmark 0x1/0xffffffff", mangle)
    .withRule(`-A PREROUTING -m connmark --mark 0x1 -i ${appBridge} -j DROP`, mangle);
  const result = walkOn(marking, incoming);
  expect(result).toMatchObject({ fate: "delivered", arrival: { connmark: 1 } });
  if (result.fate !== "delivered" || result.arrival.kind === "local") return;
  const { packet: received, outputLink: ifname, connmark } = result.arrival;
  const entry = { kind: "link", ifname } as const;
  const back = (mark: typeof connmark) =>
    fateOn(marking, replyAttempt({ request: incoming.packet, received, entry, connmark: mark }));
  expect([back(connmark), back(undefined), back("unknown")]).toEqual([
    expect.stringMatching(/^dropped: .* PREROUTING rule/),
    expect.stringMatching(/^out of eth0/),
    expect.stringMatching(/^unsure: .* rule 2 of PREROUTING/),
  ]);
});

test("an IPv6 packet is measured by the link first, and by the route when it has passed the rules", () => {
  const large = withPacket(outgoing, {
    family: "ipv6",
    source: "fd00:a::2",
    destination: "2606:4700:4700::1111",
    sizeBytes: 1450,
  });
  const route = aRoute("2606:4700:4700::/48", "eth0", { family: "ipv6", mtuBytes: 1400 });
  const stopped = (host: HostBuilder) =>
    fateOn(host.withRule("-A FORWARD -j DROP", { family: "ipv6", at: "first" }), large);
  const narrow = withIpv6(aHost()).withLinkChange("eth0", { mtuBytes: 1400 });
  const routed = withIpv6(aHost()).withRoute(route);
  expect([fateOn(routed, large), stopped(routed), stopped(narrow)]).toEqual([
    "rejected: eth0 takes 1400 bytes, the packet has 1450",
    "dropped: ipv6 filter FORWARD rule 1: -A FORWARD -j DROP",
    "rejected: eth0 takes 1400 bytes, the packet has 1450",
  ]);
});

test("a packet that is larger than the way out is sent back", () => {
  const large = withPacket(outgoing, { sizeBytes: 1500 });
  const narrow = aHost().withLinkChange("eth0", { mtuBytes: 1400 });
  expect([fateOn(aHost(), large), fateOn(narrow, large)]).toEqual([
    "out of eth0, 192.0.2.10 → 1.1.1.1:443",
    "rejected: eth0 takes 1400 bytes, the packet has 1500",
  ]);
  expect(fateOn(narrow, withPacket(large, { mayFragment: true }))).toMatch(/^out of/);
});

function aRoutingRule(priority: number, routeTable: string): RoutingRule {
  return {
    family: "ipv4",
    priority,
    inverted: false,
    action: { kind: "lookup", routeTable },
    unrecognised: [],
  };
}

test("a socket on an IPv4 address mapped into IPv6 takes what is sent to it", () => {
  const socket = { ...aSocket("tcp", 2222, "java"), address: "::ffff:192.0.2.10" };
  const attempt = withPacket(incoming, { destinationPort: 2222 });
  const netns = compileNetns(aHost().withSocket(socket).facts());
  expect(walk(netns, attempt).fate).toBe("delivered");
});
