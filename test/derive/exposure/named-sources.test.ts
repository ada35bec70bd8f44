import { describe, expect, test } from "vitest";
import { namedSources } from "../../../src/derive/exposure/named-sources.ts";
import type { Family } from "../../../src/model/ip.ts";
import { prefixText } from "../../../src/model/ip.ts";
import type { NftExpression, NftStatement } from "../../../src/model/nft-rule.ts";
import { parseIpsetSave } from "../../../src/parsers/ipset/ipset-save.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { accept, drop, field, nftSet, nftTable } from "../../support/nft-tables.ts";

function namedOn(host: HostBuilder, family: Family = "ipv4"): readonly string[] {
  return namedSources(host.facts(), family).prefixes.map(prefixText);
}

function fromNft(right: NftExpression): HostBuilder {
  const match: NftStatement = { kind: "match", operator: "==", left: field("ip", "saddr"), right };
  const table = nftTable([[match, drop]], { sets: [nftSet("bad", "203.0.113.1", "203.0.113.2")] });
  return aHost().withNativeNft(table);
}

describe("sources that rules name", () => {
  test("are none on a healthy host: Docker's own subnets are nobody outside", () => {
    expect(namedOn(aHost())).toEqual([]);
  });

  test("are those of iptables: who is let in by name, then the narrowest", () => {
    const host = aHost()
      .withRule("-A DOCKER-USER -s 203.0.0.0/16 -j DROP")
      .withRule("-A INPUT ! -s 203.0.113.0/24 -j DROP")
      .withRule("-A DOCKER-USER -m iprange --src-range 198.51.100.4-198.51.100.9 -j DROP")
      .withRule("-A DOCKER-USER -s 127.0.0.0/8 -j DROP")
      .withRule("-A DOCKER-USER -d 192.88.99.1/32 -j DROP");
    expect(namedOn(host)).toEqual(["203.0.113.0/24", "198.51.100.4/32", "203.0.0.0/16"]);
    expect(namedOn(host, "ipv6")).toEqual([]);
  });

  test.each([
    ["203.0.113.1", ["203.0.113.1/32"]],
    [{ kind: "prefix", address: "203.0.113.0", length: 24 }, ["203.0.113.0/24"]],
    [{ kind: "range", from: "203.0.113.5", to: "203.0.113.9" }, ["203.0.113.5/32"]],
    [{ kind: "set", elements: [{ kind: "element", value: "203.0.113.4" }] }, ["203.0.113.4/32"]],
    [{ kind: "set-reference", name: "bad" }, ["203.0.113.1/32", "203.0.113.2/32"]],
    [{ kind: "any" }, []],
  ] as const)("are those of nftables: %j", (right, found) => {
    expect(namedOn(fromNft(right))).toEqual(found);
  });

  test("are the members of sets of ipset, and are not all known where a set holds more than addresses first", () => {
    const parsed = parseIpsetSave(
      [
        "create office hash:net family inet",
        "add office 203.0.113.0/24",
        "create doors hash:ip,port family inet",
        "add doors 198.51.100.4,tcp:80",
        "create ports bitmap:port range 0-1023",
        "add ports 443",
        "",
      ].join("\n"),
    );
    const sets = parsed.ok ? parsed.value : [];
    const asking = (words: string) => {
      const host = aHost()
        .withFacts({ ipsets: { state: "read", sets } })
        .withRule(`-A DOCKER-USER -m set ${words}`);
      const { prefixes, leftLetIn } = namedSources(host.facts(), "ipv4");
      return [...prefixes.map(prefixText), leftLetIn];
    };
    expect([
      asking("--match-set office src -j ACCEPT"),
      asking("--match-set doors src,dst -j ACCEPT"),
      asking("--match-set office dst -j ACCEPT"),
      asking("--match-set ports src -j ACCEPT"),
      asking("--match-set gone src -j ACCEPT"),
    ]).toEqual([["203.0.113.0/24", false], ["198.51.100.4/32", false], [false], [true], [false]]);
  });

  test("are not all known where nftables asks for them together with something else", () => {
    const together = {
      kind: "concat",
      items: [field("ip", "saddr"), field("tcp", "dport")],
    } as const;
    const statement: NftStatement = {
      kind: "match",
      operator: "==",
      left: together,
      right: { kind: "set-reference", name: "bad" },
    };
    const host = aHost().withNativeNft(nftTable([[statement, accept]]));
    expect(namedSources(host.facts(), "ipv4")).toEqual({ prefixes: [], left: 0, leftLetIn: true });
  });

  test("are 24 at most, and the others are counted", () => {
    const { prefixes, left, leftLetIn } = namedSources(banning(40).facts(), "ipv4");
    expect([prefixes.length, left, leftLetIn]).toEqual([24, 16, false]);
  });

  test("hold who is let in by name, however many are banned", () => {
    const host = banning(40)
      .withRule("-A DOCKER-USER ! -s 198.51.0.0/16 -j DROP")
      .withRule("-A INPUT -s 198.18.0.0/15 -j ACCEPT");
    const { prefixes } = namedSources(host.facts(), "ipv4");
    expect(prefixes.slice(0, 2).map(prefixText)).toEqual(["198.51.0.0/16", "198.18.0.0/15"]);
  });

  test("say where some that are let in are left out", () => {
    const many = Array.from({ length: 30 }, (_, at) => at).reduce(
      (before, at) => before.withRule(`-A DOCKER-USER -s 198.51.100.${at}/32 -j ACCEPT`),
      aHost(),
    );
    expect(namedSources(many.facts(), "ipv4").leftLetIn).toBe(true);
  });
});

function banning(count: number): HostBuilder {
  return Array.from({ length: count }, (_, at) => at).reduce(
    (before, at) => before.withRule(`-A DOCKER-USER -s 203.0.113.${at}/32 -j DROP`),
    aHost(),
  );
}
