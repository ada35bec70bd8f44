import { describe, expect, test } from "vitest";
import type { Attempt } from "../../../../src/model/intent.ts";
import type { NftExpression, NftStatement } from "../../../../src/model/nft-rule.ts";
import { aHost } from "../../../support/a-host.ts";
import { appBridge } from "../../../support/healthy-facts.ts";
import {
  ct,
  drop,
  field,
  match,
  meta,
  nftSet,
  nftTable,
  oneOf,
  prefix,
  range,
  together,
} from "../../../support/nft-tables.ts";
import { answer, outgoing, walkOn, withPacket } from "../../../support/walked.ts";

const udp = withPacket(outgoing, { protocol: "udp" });
const ping = withPacket(outgoing, { protocol: "icmp" });
const daddr = field("ip", "daddr");
const dport = field("tcp", "dport");

const sets = [
  nftSet("web", "1.1.1.1", prefix("10.0.0.0", 8), range("192.168.0.1", "192.168.0.9")),
  nftSet("none"),
  nftSet("slow", { kind: "element", value: "1.1.1.1", limit: { rate: 1 } }),
  nftSet("fading", { kind: "element", value: "1.1.1.1", timeoutSeconds: 60, expiresSeconds: 5 }),
  nftSet("all", { kind: "any" }),
  nftSet("pairs", together("1.1.1.1", 80), together(prefix("1.1.0.0", 16), range(440, 450))),
];

/** Whether a rule of these statements and a drop stops a packet at FORWARD: yes, no or unsure. */
function holds(statements: readonly NftStatement[], attempt: Attempt): string {
  const result = walkOn(
    aHost().withNativeNft(nftTable([[...statements, drop]], { sets })),
    attempt,
  );
  if (result.fate === "delivered") return "no";
  return result.fate === "dropped" && result.element.kind === "nft-rule" ? "yes" : result.fate;
}

function set(name: string): NftExpression {
  return { kind: "set-reference", name };
}

function masked(left: NftExpression, mask: NftExpression): NftExpression {
  return { kind: "and", operands: [left, mask] };
}

describe("a match of nft", () => {
  test.each<readonly [string, NftStatement, string]>([
    ["an address", match(daddr, "1.1.1.1"), "yes"],
    ["another address", match(daddr, "1.1.1.2"), "no"],
    ["not an address", match(daddr, "1.1.1.2", "!="), "yes"],
    ["a prefix", match(daddr, prefix("1.1.0.0", 16)), "yes"],
    ["not a prefix", match(daddr, prefix("1.1.0.0", 16), "!="), "no"],
    ["a range of addresses", match(daddr, range("1.1.1.0", "1.1.1.1")), "yes"],
    ["the other family", match(field("ip6", "daddr"), "::1", "!="), "no"],
    ["a port", match(dport, 443), "yes"],
    ["another protocol's port", match(field("udp", "dport"), 443), "no"],
    ["not another protocol's port", match(field("udp", "dport"), 53, "!="), "no"],
    ["any protocol's port", match(field("th", "dport"), 443), "yes"],
    ["a greater port", match(dport, 442, ">"), "yes"],
    ["a smaller port", match(dport, 443, "<"), "no"],
    ["a smaller or equal port", match(dport, 443, "<="), "yes"],
    ["a greater or equal port", match(dport, 444, ">="), "no"],
    ["a list of ports", match(dport, oneOf(80, range(440, 450))), "yes"],
    ["not a list of ports", match(dport, oneOf(80, 443), "!="), "no"],
    ["a link", match(meta("iifname"), appBridge), "yes"],
    ["links by the beginning", match(meta("oifname"), "eth*"), "yes"],
    ["not links by the beginning", match(meta("oifname"), "br*", "!="), "yes"],
    ["a list with a beginning", match(meta("oifname"), oneOf("lo", "et*")), "yes"],
    ["a link by its index", match(meta("oif"), "eth0"), "yes"],
    ["its type", match(meta("oiftype"), "loopback"), "unsure"],
    ["a protocol", match(meta("l4proto"), "tcp"), "yes"],
    ["protocols", match(meta("l4proto"), oneOf("udp", "icmp")), "no"],
    ["the family", match(meta("nfproto"), "ipv4"), "yes"],
    ["the ether type", match(meta("protocol"), "ip6"), "no"],
    ["how it was addressed", match(meta("pkttype"), "host"), "yes"],
    ["a mark", match(meta("mark"), 0), "yes"],
    ["part of a mark", match(masked(meta("mark"), 0xff), 1), "no"],
    ["a part of an address", match(masked(daddr, "0.0.0.255"), "0.0.0.1"), "yes"],
    ["a size that nobody said", match(meta("length"), 100, ">"), "unsure"],
    ["the owner of no socket", match(meta("skuid"), 0, "!="), "no"],
    ["what nobody can know", match(meta("cpu"), 0), "unsure"],
    ["what this version has no name for", match(meta("sdif"), 0), "unsure"],
    ["a word that is no constant", match(daddr, "nowhere"), "unsure"],
    ["a first fragment", match(masked(field("ip", "frag-off"), 0x1fff), 0, "!="), "no"],
    ["DF", match(masked(field("ip", "frag-off"), 0x4000), 0, "!="), "unsure"],
    [
      "SYN alone",
      match(masked(field("tcp", "flags"), { kind: "list", items: ["syn", "ack"] }), "syn"),
      "yes",
    ],
    ["ACK", match(field("tcp", "flags"), "ack", "in"), "no"],
    ["no SYN", match(field("tcp", "flags"), "syn", "!"), "no"],
    ["an extension header", match({ kind: "extension-header", name: "hbh" }, true), "no"],
  ])("knows %s", (_name, statement, expected) => {
    expect(holds([statement], outgoing)).toBe(expected);
  });

  test.each<readonly [string, NftStatement, string, string]>([
    [
      "state",
      match(ct("state"), { kind: "list", items: ["established", "related"] }, "in"),
      "no",
      "yes",
    ],
    ["one state", match(ct("state"), "new", "in"), "yes", "no"],
    ["not a state", match(ct("state"), "established", "!="), "yes", "no"],
    ["a set of states", match(ct("state"), oneOf("established", "related")), "no", "yes"],
    ["that it was translated", match(ct("status"), "snat", "in"), "no", "yes"],
    ["that it was not", match(ct("status"), "dnat", "in"), "no", "no"],
    ["that it is assured", match(ct("status"), "assured", "in"), "no", "unsure"],
    ["direction", match(ct("direction"), "original"), "yes", "no"],
    ["its mark", match(ct("mark"), 0), "yes", "unsure"],
    ["first address", match(ct("ip saddr", "original"), "172.20.0.2"), "yes", "yes"],
    ["first address in old words", match(ct("daddr", "original"), "1.1.1.1"), "yes", "yes"],
    ["the answer's port", match(ct("proto-src", "reply"), 443), "yes", "yes"],
    ["what is not looked at", match(ct("bytes"), 1000, ">"), "unsure", "unsure"],
  ])("knows of a connection %s", (...[, statement, first, later]) => {
    expect([holds([statement], outgoing), holds([statement], answer)]).toEqual([first, later]);
  });

  test.each<readonly [string, NftStatement, string]>([
    ["a single element", match(daddr, set("web")), "yes"],
    ["the same of a source", match(field("ip", "saddr"), set("web")), "no"],
    ["an empty set", match(daddr, set("none"), "!="), "yes"],
    ["a set that is not there", match(daddr, set("lost")), "unsure"],
    ["an element with a limit", match(daddr, set("slow")), "unsure"],
    ["an element with a timeout", match(daddr, set("fading")), "yes"],
    ["an element for all others", match(daddr, set("all")), "yes"],
    ["a concatenation of ranges", match(together(daddr, dport), set("pairs")), "yes"],
    [
      "a concatenation that is not in it",
      match(together(daddr, field("tcp", "sport")), set("pairs")),
      "no",
    ],
    [
      "a concatenation that it may be in",
      match(together(daddr, meta("length")), set("pairs")),
      "unsure",
    ],
  ])("asks a set for %s", (_name, statement, expected) => {
    expect(holds([statement], outgoing)).toBe(expected);
  });

  test("does not hold for a header that the packet does not have", () => {
    expect(holds([match(dport, 443)], udp)).toBe("no");
    expect(holds([match(dport, oneOf(443), "!=")], udp)).toBe("no");
    expect(holds([match(field("icmp", "type"), "echo-request")], ping)).toBe("yes");
    expect(holds([match(field("icmp", "type"), oneOf("redirect"))], ping)).toBe("no");
    expect(holds([match(field("icmpv6", "type"), "echo-request")], ping)).toBe("no");
  });

  test("asks routing for what an address is, and how it is reached", () => {
    const type = { kind: "fib", result: "type", flags: ["daddr"] } as const;
    const way = { kind: "fib", result: "oif", flags: ["saddr", "iif"] } as const;
    expect(holds([match(type, "unicast")], outgoing)).toBe("yes");
    expect(holds([match(type, "local")], outgoing)).toBe("no");
    expect(holds([match(way, true)], outgoing)).toBe("yes");
    expect(holds([match(way, false)], outgoing)).toBe("no");
    const elsewhere = withPacket(outgoing, { source: "198.51.100.7" });
    expect(holds([match(way, false)], elsewhere)).toBe("yes");
  });

  test("knows of no connection before conntrack has seen the packet", () => {
    const early = { hook: "prerouting", priority: -300 } as const;
    const fate = (statement: NftStatement): string =>
      walkOn(aHost().withNativeNft(nftTable([[statement, drop]], { base: early })), outgoing).fate;
    expect(fate(match(ct("state"), "invalid", "in"))).toBe("dropped");
    expect(fate(match(ct("direction"), "original"))).toBe("delivered");
    expect(fate(match(ct("mark"), 0))).toBe("delivered");
  });
});
