import { describe, expect, test } from "vitest";
import { compileFib, type Fib } from "../../../src/derive/walk/fib.ts";
import { type InFlight, inFlight } from "../../../src/derive/walk/in-flight.ts";
import { type Answer, allHold, compileMatches } from "../../../src/derive/walk/match.ts";
import type { Attempt } from "../../../src/model/intent.ts";
import type { Match } from "../../../src/model/netfilter.ts";
import { aHost } from "../../support/a-host.ts";
import { addressRoutes, aRoute } from "../../support/healthy-facts.ts";
import { answer, incoming, outgoing, withPacket } from "../../support/walked.ts";

const ipv6Routes = [...addressRoutes("eth0", "2001:db8::10/64"), aRoute("fd00::/8", "eth0")];
const { routes } = aHost().facts();
const fib = compileFib([...routes, ...ipv6Routes], []);
const chain = "DOCKER-USER";

/** The matches of a rule as iptables-save prints it, parsed and compiled. */
function answerOf(text: string, attempt: Attempt, change: Partial<InFlight> = {}) {
  const family = attempt.packet.family;
  const facts = aHost().withRule(`-A ${chain} ${text} -j ACCEPT`, { family }).facts();
  const rules = facts.rulesets
    .filter((ruleset) => ruleset.family === family)
    .flatMap(({ tables }) => tables.flatMap(({ chains }) => chains))
    .filter(({ name }) => name === chain)
    .flatMap((own) => own.rules);
  const matches = rules.at(-1)?.matches ?? [];
  const flight = inFlight(attempt);
  if (flight === undefined) throw new Error("no packet");
  return allHold(
    compileMatches(matches, { fib, table: "filter", bridges: new Set(), sets: () => undefined }),
    {
      ...flight,
      ...change,
    },
  );
}

const place = { table: "filter", bridges: new Set<string>(), sets: () => undefined } as const;

/** One match that is not written in words of iptables. */
function one(match: Match, where: Fib): (flight: InFlight) => Answer {
  const tests = compileMatches([match], { fib: where, ...place });
  return (flight) => allHold(tests, flight);
}

const ipv6 = withPacket(incoming, {
  family: "ipv6",
  source: "2001:db8:1::7",
  destination: "2001:db8::10",
});
const udp = withPacket(outgoing, { protocol: "udp" });
const icmp: Attempt = { ...outgoing, packet: withoutPorts("icmp") };

function withoutPorts(protocol: "icmp"): Attempt["packet"] {
  const { sourcePort: _source, destinationPort: _destination, ...packet } = outgoing.packet;
  return { ...packet, protocol };
}

describe("a match", () => {
  test.each([
    ["", outgoing, true],
    ["-s 172.20.0.0/16", outgoing, true],
    ["! -s 172.20.0.0/16", outgoing, false],
    ["-d 1.1.1.1/32", outgoing, true],
    ["-d 1.1.1.2/32", outgoing, false],
    ["-s 172.20.0.2/255.255.0.255", outgoing, true],
    ["-s 172.20.0.3/255.255.0.255", outgoing, false],
    ["-d 1.0.1.1/255.0.255.255", outgoing, true],
    ["! -d 1.0.1.1/255.0.255.255", outgoing, false],
    ["-i br-0123456789ab", outgoing, true],
    ["-i br-+", outgoing, true],
    ["-i eth+", outgoing, false],
    ["! -i docker0", outgoing, true],
    ["-o eth0", outgoing, false],
    ["! -o eth0", outgoing, true],
    ["-p tcp", outgoing, true],
    ["-p 6", outgoing, true],
    ["-p 17", outgoing, false],
    ["! -p udp", outgoing, true],
    ["-p icmp", icmp, true],
    ["-p esp", outgoing, false],
    ["-f", outgoing, false],
    ["! -f", outgoing, true],
    ["-p tcp -m tcp --dport 443", outgoing, true],
    ["-p tcp -m tcp --dport 440:450", outgoing, true],
    ["-p tcp -m tcp ! --dport 443", outgoing, false],
    ["-p tcp -m tcp --sport 40000", outgoing, true],
    ["-p tcp -m tcp --sport 1:1023", outgoing, false],
    ["-p tcp -m multiport --dports 80,443", outgoing, true],
    ["-p tcp -m multiport --sports 80,443", outgoing, false],
    ["-p tcp -m multiport --ports 39999:40001", outgoing, true],
    ["-p tcp -m multiport ! --dports 80,8000:9000", outgoing, true],
    ["-m comment --comment anything", outgoing, true],
  ] as const)("%s of addresses, links and ports", (text, attempt, expected) => {
    expect(answerOf(text, attempt)).toBe(expected);
  });

  test.each([
    ["-o eth0", true],
    ["! -o eth0", false],
    ["-o eth+", true],
  ])("%s once the output link is known", (text, expected) => {
    expect(answerOf(text, outgoing, { outLink: "eth0" })).toBe(expected);
  });

  test.each([
    ["--tcp-flags FIN,SYN,RST,ACK SYN", outgoing, true],
    ["! --tcp-flags FIN,SYN,RST,ACK SYN", outgoing, false],
    ["--tcp-flags SYN,RST SYN", outgoing, true],
    ["--tcp-flags FIN,SYN FIN,SYN", outgoing, false],
    ["--tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE", outgoing, false],
    ["--tcp-flags ACK,FIN FIN", outgoing, false],
    ["--tcp-flags ACK ACK", answer, "unsure"],
    ["--tcp-flags FIN,SYN,RST,ACK SYN", answer, false],
    ["--tcp-flags SYN,RST SYN", answer, "unsure"],
    ["--tcp-flags RST RST", answer, "unsure"],
  ] as const)(
    "%s of TCP flags: first packets carry SYN, answers ACK",
    (text, attempt, expected) => {
      expect(answerOf(`-p tcp -m tcp ${text}`, attempt)).toBe(expected);
    },
  );

  test.each([
    ["-p icmp -m icmp --icmp-type 8", outgoing, false],
    ["-p icmp -m icmp --icmp-type 8", icmp, true],
    ["-p tcp -m tcp --tcp-flags SYN SYN", icmp, false],
    ["-p icmpv6", withPacket(ipv6, { protocol: "icmp" }), true],
  ] as const)("%s of ICMP", (text, attempt, expected) => {
    expect(answerOf(text, attempt)).toBe(expected);
  });

  test.each([
    ["--ctstate NEW", outgoing, true],
    ["--ctstate RELATED,ESTABLISHED", outgoing, false],
    ["! --ctstate NEW", outgoing, false],
    ["--ctstate INVALID", outgoing, false],
    ["--ctstate RELATED,ESTABLISHED", answer, true],
    ["--ctstate DNAT", outgoing, false],
    ["--ctstate SNAT", answer, true],
    ["--ctstate DNAT", answer, false],
    ["--ctstatus SEEN_REPLY", outgoing, false],
    ["--ctstatus SEEN_REPLY,CONFIRMED", answer, true],
    ["--ctstatus ASSURED", answer, "unsure"],
    ["--ctstatus EXPECTED", answer, false],
    ["--ctstatus NONE", outgoing, false],
    ["--ctdir ORIGINAL", outgoing, true],
    ["--ctdir REPLY", outgoing, false],
    ["--ctdir REPLY", answer, true],
    ["--ctproto 6", outgoing, true],
    ["--ctproto 17", outgoing, false],
    ["--ctorigsrc 172.20.0.0/16", answer, true],
    ["--ctorigdst 1.1.1.1", outgoing, true],
    ["--ctreplsrc 1.1.1.1", outgoing, true],
    ["--ctreplsrc 1.1.1.1", answer, true],
    ["--ctrepldst 10.0.0.0/8", outgoing, false],
    ["--ctorigdstport 443", answer, true],
    ["--ctorigsrcport 1:9", answer, false],
    ["--ctreplsrcport 443", outgoing, true],
    ["--ctrepldstport 40000", outgoing, true],
    ["--ctrepldstport 40000", icmp, "unsure"],
  ] as const)("%s of conntrack", (text, attempt, expected) => {
    expect(answerOf(`-m conntrack ${text}`, attempt)).toBe(expected);
  });

  test("holds DNAT for both directions of a translated connection", () => {
    const reply: Attempt = {
      ...answer,
      packet: { ...answer.packet, source: "172.20.0.2", destination: "198.51.100.7" },
      connection: { original: { source: "198.51.100.7", destination: "192.0.2.10" } },
    };
    expect(answerOf("-m conntrack --ctstate DNAT", reply)).toBe(true);
    expect(answerOf("-m conntrack --ctstate SNAT", reply)).toBe(false);
    expect(answerOf("-m conntrack --ctstate DNAT", incoming, { destinationTranslated: true })).toBe(
      true,
    );
    expect(answerOf("-m conntrack --ctstate SNAT", outgoing, { sourceTranslated: true })).toBe(
      true,
    );
  });

  test.each([
    ["--dst-type LOCAL", incoming, true],
    ["! --dst-type LOCAL", incoming, false],
    ["--src-type LOCAL", incoming, false],
    ["--src-type UNICAST", incoming, true],
    ["--dst-type LOCAL --limit-iface-in", incoming, true],
    [
      "--dst-type LOCAL --limit-iface-in",
      withPacket(incoming, { destination: "172.17.0.1" }),
      false,
    ],
    [
      "--dst-type UNICAST --limit-iface-in",
      withPacket(incoming, { destination: "172.17.0.1" }),
      true,
    ],
    ["--dst-type MULTICAST", withPacket(outgoing, { destination: "224.0.0.251" }), true],
    ["--dst-type LOCAL", withPacket(outgoing, { destination: "224.0.0.251" }), false],
    ["--dst-type LOCAL", ipv6, true],
    ["--src-type UNICAST", withPacket(ipv6, { source: "fd00::7" }), true],
    ["--src-type UNREACHABLE", ipv6, true],
  ] as const)("%s of the kinds of addresses", (text, attempt, expected) => {
    expect(answerOf(`-m addrtype ${text}`, attempt)).toBe(expected);
  });

  test("is sure that no packet here has a routing header, and unsure of rates and hop limits", () => {
    expect(answerOf("-m rt --rt-type 0", ipv6)).toBe(false);
    expect(answerOf("-m rt ! --rt-type 0", ipv6)).toBe(false);
    expect(answerOf("-m hl --hl-eq 255", ipv6)).toBe("unsure");
    expect(answerOf("-m limit --limit 3/min", incoming)).toBe("unsure");
  });

  test("limits a kind of address to the output link", () => {
    const local = withPacket(outgoing, { destination: "192.0.2.10" });
    const text = "-m addrtype --dst-type LOCAL --limit-iface-out";
    expect([
      answerOf(text, local, { outLink: "eth0" }),
      answerOf(text, local, { outLink: "docker0" }),
    ]).toEqual([true, false]);
  });

  test.each([
    ["--mark 0x0", 0, true],
    ["--mark 0x1/0x1", 3, true],
    ["--mark 0x1", 3, false],
    ["! --mark 0x1", 3, true],
    ["--mark 0x1", undefined, "unsure"],
    ["! --mark 0x1", undefined, "unsure"],
    ["--mark 0x80000000/0x80000000", 0x80000000, true],
  ] as const)("%s of a packet that is marked %s", (text, mark, expected) => {
    expect(answerOf(`-m mark ${text}`, outgoing, { mark })).toBe(expected);
  });

  test.each([
    ["-m iprange --src-range 172.20.0.1-172.20.0.9", outgoing, true],
    ["-m iprange ! --src-range 172.20.0.1-172.20.0.9", outgoing, false],
    ["-m iprange --dst-range 1.1.1.2-1.1.1.9", outgoing, false],
    ["-m iprange --dst-range 1.0.0.0-1.1.1.1", outgoing, true],
    ["-m iprange --src-range 2001:db8:1::1-2001:db8:1::ff", ipv6, true],
    ["-m policy --dir in --pol none", outgoing, true],
    ["-m policy --dir in --pol ipsec", outgoing, false],
  ] as const)("%s of ranges and policies", (text, attempt, expected) => {
    expect(answerOf(text, attempt)).toBe(expected);
  });

  test.each([
    ["0x0>>0x16&0x3c@0xc&0xffffff00=0x100000", withPacket(udp, { vni: 4096 }), true],
    ["0x0>>0x16&0x3c@0xc&0xffffff00=0x100100", withPacket(udp, { vni: 4096 }), false],
    ["0x0>>0x16&0x3c@0xc&0xffffff00=0x100000", udp, "unsure"],
    ["0x0>>0x16&0x3c@0xc&0xffffff00=0x100000", outgoing, "unsure"],
    ["0x0=0x1", withPacket(udp, { vni: 4096 }), "unsure"],
  ] as const)("%s of the bytes of a VXLAN datagram", (text, attempt, expected) => {
    expect(answerOf(`-m u32 --u32 "${text}"`, attempt)).toBe(expected);
  });

  test.each([
    "-m set --match-set blocked src",
    "-m recent --rcheck --name ssh --rsource",
    "-m statistic --mode random --probability 0.5",
  ])("%s cannot be told", (text) => {
    expect(answerOf(text, outgoing)).toBe("unsure");
  });

  test.each([
    ["-m ttl --ttl-eq 64", true],
    ["-m ttl ! --ttl-eq 64", false],
    ["-m ttl --ttl-lt 10", false],
    ["-m ttl --ttl-gt 63", true],
  ])("of the time to live: %s", (text, expected) => {
    expect(answerOf(text, withPacket(outgoing, { ttl: 64 }))).toBe(expected);
    expect(answerOf(text, outgoing)).toBe("unsure");
  });

  test("that certainly fails settles a rule, whatever cannot be told of the others", () => {
    expect(answerOf("-p udp -m set --match-set blocked src", outgoing)).toBe(false);
    expect(answerOf("-p tcp -m set --match-set blocked src", outgoing)).toBe("unsure");
  });

  test("of ICMP or of TCP flags asks for its protocol by itself", () => {
    const inverted = false;
    const icmpType = one({ kind: "icmp-type", inverted, icmpType: "8" }, fib);
    const syn = one({ kind: "tcp-flags", inverted, mask: ["SYN"], set: ["SYN"] }, fib);
    const answers = [outgoing, icmp].map((attempt) => {
      const flight = inFlight(attempt);
      return flight === undefined ? [] : [icmpType(flight), syn(flight)];
    });
    expect(answers).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  test("of an IPv6 address cannot be told where its route cannot", () => {
    const unsureRule = {
      family: "ipv6",
      priority: 5,
      inverted: false,
      action: { kind: "unrecognised", text: "l3mdev" },
      unrecognised: [],
    } as const;
    const test_ = one(
      { kind: "address-type", inverted: false, side: "source", types: ["LOCAL"] },
      compileFib(ipv6Routes, [unsureRule]),
    );
    const flight = inFlight(ipv6);
    expect(flight === undefined ? undefined : test_(flight)).toBe("unsure");
  });

  test("with an address that is none cannot be told", () => {
    const flight = inFlight(outgoing);
    const odd = { family: "ipv4", address: "nobody", length: 32 } as const;
    const inverted = false;
    const answers = [
      one({ kind: "source", inverted, prefix: odd }, fib),
      one({ kind: "source-mask", inverted, address: "nobody", mask: "255.0.0.0" }, fib),
      one({ kind: "source-mask", inverted, address: "1.1.1.1", mask: "nobody" }, fib),
      one({ kind: "ip-range", inverted, side: "source", from: "nobody", to: "1.1.1.1" }, fib),
      one({ kind: "ip-range", inverted, side: "source", from: "1.1.1.1", to: "nobody" }, fib),
      one({ kind: "ct-address", inverted, tuple: "original", side: "source", prefix: odd }, fib),
    ].map((holds) => (flight === undefined ? undefined : holds(flight)));
    expect(answers).toEqual(answers.map(() => "unsure"));
  });
});
