import { describe, expect, test } from "vitest";
import { aHost } from "../../support/a-host.ts";
import { appBridge, aRoute, aSocket, linkAddress } from "../../support/healthy-facts.ts";
import { withIpv6, withTwoNextHops } from "../../support/host-variants.ts";
import { answer, fateOn, incoming, outgoing, walkOn, withPacket } from "../../support/walked.ts";

const passes = "out of eth0, 192.0.2.10 → 1.1.1.1:443";
const ssh = withPacket(incoming, { destinationPort: 22 });
const ipv6 = withPacket(outgoing, {
  family: "ipv6",
  source: "fd00:a::2",
  destination: "2606:4700:4700::1111",
});

describe("a packet", () => {
  test("goes from the container to the outside, and its answer back", () => {
    expect([fateOn(aHost(), outgoing), fateOn(aHost(), answer)]).toEqual([
      passes,
      `out of ${appBridge}, 1.1.1.1 → 172.20.0.2:40000`,
    ]);
  });

  test.each(["28.5", "29.7"] as const)("goes both ways under %s", (engine) => {
    expect([fateOn(aHost({ engine }), outgoing), fateOn(aHost({ engine }), answer)]).toEqual([
      passes,
      `out of ${appBridge}, 1.1.1.1 → 172.20.0.2:40000`,
    ]);
  });

  test("goes by IPv6", () => {
    expect(fateOn(withIpv6(aHost()), ipv6)).toBe(
      "out of eth0, 2001:db8::10 → 2606:4700:4700::1111:443",
    );
  });

  test("without an address is unsure", () => {
    const odd = withPacket(outgoing, { destination: "nobody", source: "nobody" });
    expect(fateOn(aHost(), odd)).toBe("unsure: the packet's addresses are none");
  });
});

describe("a route with several next hops", () => {
  const two = withTwoNextHops(aHost());
  const first = { at: "first" } as const;
  const ways = (host: typeof two) =>
    walkOn(host, outgoing).steps.filter(({ verdict }) => verdict.endsWith("(unsure)"));

  test("ends the packet where each of them does, and says that what it meets is that of one", () => {
    const closed = two.withRule("-A DOCKER-USER -o eth0 -j DROP", first);
    const both = closed.withRule("-A DOCKER-USER -o docker0 -j REJECT", first);
    expect(fateOn(both, outgoing)).toMatch(/^dropped: ipv4 filter DOCKER-USER rule 2/);
    const text =
      "route default dev eth0 nexthop dev docker0 has several next hops, or none that can be told";
    const several = {
      at: "routing",
      element: { kind: "not-modelled", text },
      verdict: "one of several ways (unsure)",
    };
    expect(ways(both)).toEqual([several]);
  });

  test("is certain of what all of them meet", () => {
    const closed = two.withRule("-A DOCKER-USER -j DROP", first);
    expect([fateOn(closed, outgoing).slice(0, 7), ways(closed)]).toEqual(["dropped", []]);
  });
});

describe("the link that it arrives on", () => {
  test("has to exist and to be up", () => {
    const gone = aHost().withoutLink(appBridge);
    const down = aHost().withLinkDown(appBridge);
    expect([fateOn(gone, outgoing), fateOn(down, outgoing)]).toEqual([
      `dropped: link ${appBridge} is missing`,
      `dropped: link ${appBridge} is down`,
    ]);
  });

  test("has to have a carrier", () => {
    const host = aHost().withLinkChange("eth0", { flags: ["UP", "NO-CARRIER"] });
    expect(fateOn(host, ssh)).toBe("dropped: link eth0 is no-carrier");
  });

  test("takes no more than its own MTU and a tag where it is one end of a pair", () => {
    const veth = aHost().withLinkChange("eth0", { linkKind: "veth", mtuBytes: 1400 });
    const of = (sizeBytes: number) => fateOn(veth, withPacket(ssh, { sizeBytes }));
    expect([of(1404), of(1405)]).toEqual([
      "taken by sshd, 198.51.100.7 → 192.0.2.10:22",
      "dropped: eth0 takes 1400 bytes, the packet has 1405",
    ]);
  });

  test("has to carry the gateway that the sender uses", () => {
    const by = (viaGateway: string) => ({ ...outgoing, viaGateway });
    expect([fateOn(aHost(), by("172.20.0.1")), fateOn(aHost(), by("172.20.0.254"))]).toEqual([
      passes,
      `dropped: link ${appBridge} does not carry 172.20.0.254`,
    ]);
  });
});

describe("the link that it leaves by", () => {
  test.each([
    ["missing", aHost().withRoute(aRoute("1.1.1.0/24", "eth9"))],
    ["down", aHost().withLinkChange("eth0", { adminUp: false })],
    ["no-carrier", aHost().withLinkChange("eth0", { flags: ["UP", "NO-CARRIER"] })],
  ])("must not be %s", (problem, host) => {
    const established = { ...outgoing.packet, ctState: "ESTABLISHED" } as const;
    const fate = fateOn(host.withPolicy("FORWARD", "ACCEPT"), { ...outgoing, packet: established });
    expect(fate).toMatch(new RegExp(`^dropped: link eth[09] is ${problem}$`));
  });
});

describe("routing", () => {
  test.each([
    ["no route", aHost().withoutRoute("0.0.0.0/0"), "rejected: no route to 1.1.1.1"],
    [
      "a blackhole",
      aHost().withRoute(aRoute("1.1.1.0/24", "lo", { type: "blackhole", nextHops: [] })),
      "dropped: blackhole 1.1.1.0/24",
    ],
    [
      "a broadcast",
      aHost().withRoute(aRoute("1.1.1.1/32", "eth0", { type: "broadcast" })),
      "dropped: broadcast 1.1.1.1/32 dev eth0",
    ],
    [
      "several next hops",
      aHost()
        .withoutRoute("0.0.0.0/0")
        .withRoute(
          aRoute("default", "eth0", {
            nextHops: [
              { outputLink: "eth0", flags: [] },
              { outputLink: "eth1", flags: [] },
            ],
          }),
        ),
      "unsure: route default dev eth0 nexthop dev eth1 has several next hops, or none that can be told",
    ],
  ])("ends at %s", (_name, host, expected) => {
    expect(fateOn(host, outgoing)).toBe(expected);
  });
});

describe("the reverse path filter", () => {
  const away = aHost().withRoute(aRoute("198.51.100.0/24", "docker0"));

  const unreachable = aHost().withoutRoute("0.0.0.0/0");

  test.each([
    ["off", away, 0, "taken by sshd"],
    ["loose, with a way back by another link", away, 2, "taken by sshd"],
    ["strict, with the way back by the same link", aHost(), 1, "taken by sshd"],
    ["strict, with a way back by another link", away, 1, "dropped: net.ipv4.conf.eth0.rp_filter"],
    ["loose, without a way back", unreachable, 2, "dropped: net.ipv4.conf.eth0.rp_filter"],
  ] as const)("%s", (...[, host, reversePathFilter, expected]) => {
    const fate = fateOn(host.withLinkSetting("eth0", { reversePathFilter }), ssh);
    expect(fate.slice(0, expected.length)).toBe(expected);
  });

  test("names the key that is set: that of all links where the link's own is lower", () => {
    const host = away.withLinkSetting("all", { reversePathFilter: 1 });
    expect(fateOn(host, ssh)).toBe("dropped: net.ipv4.conf.all.rp_filter = 1");
  });

  test("leaves what is delivered unsure where it was not read, and what is dropped dropped", () => {
    const host = aHost().withoutLinkSettings("eth0");
    expect(fateOn(host, ssh)).toBe("unsure: rp_filter of eth0 is not known");
    expect(fateOn(host.withRule("-A INPUT -j DROP"), ssh)).toBe(
      "dropped: ipv4 filter INPUT rule 1: -A INPUT -j DROP",
    );
  });

  test("is unsure where the way back is", () => {
    const host = aHost()
      .withLinkSetting("eth0", { reversePathFilter: 1 })
      .withRoute(aRoute("198.51.100.0/24", "eth0", { nextHops: [] }));
    expect(fateOn(host, ssh)).toBe(
      "unsure: route 198.51.100.0/24 has several next hops, or none that can be told",
    );
  });

  test("does not concern IPv6", () => {
    const host = withIpv6(aHost()).withLinkSetting(appBridge, { reversePathFilter: 1 });
    expect(fateOn(host.withoutRoute("fd00:a::/64"), ipv6)).toMatch(/^out of eth0/);
  });
});

describe("forwarding", () => {
  const off = { forwarding: false };

  test.each([
    ["everywhere off", aHost().withForwardingOff(), "dropped: net.ipv4.ip_forward = 0"],
    [
      "off on the incoming link",
      aHost().withLinkSetting(appBridge, off),
      `dropped: net.ipv4.conf.${appBridge}.forwarding = 0`,
    ],
    ["off on the outgoing link", aHost().withLinkSetting("eth0", off), passes],
    [
      "on on the incoming link alone",
      aHost().withForwardingOff().withLinkSetting(appBridge, { forwarding: true }),
      passes,
    ],
    ["not read on the link", aHost().withLinkSetting(appBridge, {}), passes],
  ])("of IPv4, %s", (_name, host, expected) => {
    expect(fateOn(host, outgoing)).toBe(expected);
  });

  test.each([
    ["all on and the link off", "1", /^out of eth0/],
    ["all off and the link on", "0", /^dropped: net\.ipv6\.conf\.all\.forwarding = 0$/],
  ])("of IPv6 is that of all links: %s", (_name, value, expected) => {
    const host = withIpv6(aHost())
      .withSysctl("net.ipv6.conf.all.forwarding", value)
      .withFacts({
        linkSettings: [{ family: "ipv6", ifname: appBridge, forwarding: value === "0" }],
      });
    expect(fateOn(host, ipv6)).toMatch(expected);
  });

  test("of IPv6 is unsure where it was not read", () => {
    const host = withIpv6(aHost()).withoutSysctl("net.ipv6.conf.all.forwarding");
    expect(fateOn(host, ipv6)).toBe("unsure: net.ipv6.conf.all.forwarding was not read");
  });
});

describe("the host's own sockets", () => {
  const only = (...sockets: Parameters<ReturnType<typeof aHost>["withSocket"]>) =>
    aHost().withFacts({ sockets });

  test("take what is for the host, after INPUT", () => {
    expect(fateOn(aHost(), ssh)).toBe("taken by sshd, 198.51.100.7 → 192.0.2.10:22");
    expect(fateOn(aHost().withPolicy("INPUT", "DROP"), ssh)).toBe(
      "dropped: ipv4 filter INPUT policy DROP",
    );
  });

  test("reject what nobody listens for", () => {
    expect(fateOn(aHost(), withPacket(ssh, { destinationPort: 23 }))).toBe(
      "rejected: nothing listens on 192.0.2.10 port 23/tcp",
    );
  });

  test.each([
    ["is answered by the kernel", "0", "taken by kernel, 198.51.100.7 → 192.0.2.10:"],
    ["is dropped where the kernel is told so", "1", "dropped: net.ipv4.icmp_echo_ignore_all = 1"],
  ])("an echo request %s", (_name, value, expected) => {
    const host = aHost().withSysctl("net.ipv4.icmp_echo_ignore_all", value);
    const { destinationPort: _port, sourcePort: _from, ...portless } = ssh.packet;
    const ping = { ...ssh, packet: { ...portless, protocol: "icmp" } } as const;
    expect(fateOn(host, ping)).toBe(expected);
    expect(fateOn(aHost(), ping)).toBe("unsure: net.ipv4.icmp_echo_ignore_all was not read");
  });

  test.each([
    ["both wildcards", { address: undefined }, "taken by sshd"],
    ["its own address", { address: "192.0.2.10" }, "taken by sshd"],
    ["another address", { address: "127.0.0.1" }, "rejected"],
    ["the wildcard of IPv6", { address: "::" }, "rejected"],
    ["this link", { boundLink: "eth0" }, "taken by sshd"],
    ["another link", { boundLink: "docker0" }, "rejected"],
    ["another protocol", { protocol: "udp" }, "rejected"],
  ] as const)("listen on %s", (_name, change, expected) => {
    const { address, ...socket } = { ...aSocket("tcp", 22, "sshd"), ...change };
    const own = address === undefined ? socket : { ...socket, address };
    expect(fateOn(only(own), ssh)).toMatch(new RegExp(`^${expected}`));
  });

  describe("take what is sent to everybody", () => {
    const toAll = withPacket(ssh, { destination: "192.0.2.255", destinationPort: 53 });
    const datagram = withPacket(toAll, { protocol: "udp" });
    const host = aHost()
      .withRoute(aRoute("192.0.2.255/32", "eth0", { type: "broadcast", routeTable: "local" }))
      .withSysctl("net.ipv4.conf.all.accept_local", "0");

    test("as datagrams, without an answer where nobody listens", () => {
      expect(fateOn(host.withSocket(aSocket("udp", 53, "dnsmasq")), datagram)).toBe(
        "taken by dnsmasq, 198.51.100.7 → 192.0.2.255:53",
      );
      expect(fateOn(host, datagram)).toBe("dropped: nothing listens on 192.0.2.255 port 53/udp");
    });

    test("never as TCP, and as an echo request where the kernel is told so", () => {
      expect(fateOn(host, toAll)).toMatch(/^dropped: broadcast/);
      const key = "net.ipv4.icmp_echo_ignore_broadcasts";
      const ping = { ...toAll, packet: { ...toAll.packet, protocol: "icmp" } } as const;
      expect(fateOn(host.withSysctl(key, "1"), ping)).toBe(`dropped: ${key} = 1`);
      expect(fateOn(host, ping)).toMatch(/^unsure: whether an echo request to all of/);
    });
  });

  test("go by the more specific address, and stay unnamed where the owner was not seen", () => {
    const bound = { ...aSocket("tcp", 22, undefined), address: "192.0.2.10" };
    const result = walkOn(aHost().withSocket(bound), ssh);
    expect(result).toMatchObject({ fate: "delivered", arrival: { kind: "local" } });
    expect(
      result.fate === "delivered" && result.arrival.kind === "local" && result.arrival.process,
    ).toBe(undefined);
  });

  test("of IPv6 listen on its wildcard", () => {
    const host = withIpv6(aHost()).withFacts({
      sockets: [{ ...aSocket("tcp", 22, "sshd"), address: "::" }],
    });
    const attempt = withPacket(ssh, {
      family: "ipv6",
      source: "2001:db8::7",
      destination: "2001:db8::10",
    });
    expect(fateOn(host, attempt)).toBe("taken by sshd, 2001:db8::7 → 2001:db8::10:22");
  });
});

test("an address on another link is the host's own all the same", () => {
  const host = aHost().withLinkChange("eth0", { addresses: [linkAddress("192.0.2.10/24")] });
  expect(fateOn(host, withPacket(ssh, { destination: "172.17.0.1" }))).toMatch(/^taken by sshd/);
});
