import { describe, expect, test } from "vitest";
import type { CompiledRule } from "../../../src/derive/walk/compile.ts";
import { compileFib } from "../../../src/derive/walk/fib.ts";
import { type InFlight, inFlight } from "../../../src/derive/walk/in-flight.ts";
import { allHold, compileMatches } from "../../../src/derive/walk/match.ts";
import { candidates, indexRules } from "../../../src/derive/walk/rule-index.ts";
import type { Packet } from "../../../src/model/packet.ts";
import { parseIptablesSave } from "../../../src/parsers/iptables-save.ts";

const rules = [
  "-A X -j A",
  "-A X -d 172.18.0.2/32 ! -i br0 -o br0 -p tcp -m tcp --dport 80 -j A",
  "-A X -d 172.18.0.3/32 -j A",
  "-A X ! -d 172.18.0.2/32 -j A",
  "-A X -s 198.51.100.0/24 -p tcp -m tcp --dport 80 -j A",
  "-A X -s 198.51.100.0/24 -j A",
  "-A X -s 203.0.113.0/24 -j A",
  "-A X -s 0.0.0.0/0 -j A",
  "-A X -p tcp -m tcp --dport 443 -j A",
  "-A X -p tcp -m tcp --dport 1:1024 -j A",
  "-A X -p tcp -m tcp ! --dport 80 -j A",
  "-A X -p udp -m udp --dport 80 -j A",
  "-A X -o br0 -j A",
  "-A X -o br1 -j A",
  "-A X -o br+ -j A",
  "-A X ! -o br0 -j A",
  "-A X -i eth0 -j A",
  "-A X -i eth0 -o br0 -j A",
  "-A X -i wg0 -j A",
  "-A X -m set --match-set some src -d 172.18.0.2/32 -j A",
  "-A X -m set --match-set some src -d 172.18.0.9/32 -j A",
];

const fib = compileFib([], []);
const compiled = compiledRules();
const packet: Packet = {
  family: "ipv4",
  source: "198.51.100.7",
  destination: "172.18.0.2",
  protocol: "tcp",
  sourcePort: 50_000,
  destinationPort: 80,
  ctState: "NEW",
  ctDirection: "ORIGINAL",
};

function compiledRules(): readonly CompiledRule[] {
  const parsed = parseIptablesSave(["*filter", ":X - [0:0]", ...rules, "COMMIT", ""].join("\n"));
  const chain = parsed.ok ? parsed.value.tables[0]?.chains[0] : undefined;
  return (chain?.rules ?? []).map((rule, at) => ({
    rule,
    ruleNumber: at + 1,
    tests: compileMatches(rule.matches, {
      fib,
      table: "filter",
      bridges: new Set(),
      sets: () => undefined,
    }),
    target: rule.target,
  }));
}

function flightOf(change: Partial<Packet>, links: Pick<InFlight, "inLink" | "outLink">): InFlight {
  const flight = inFlight({
    entry: { kind: "local" },
    packet: { ...packet, ...change },
    expect: { kind: "leaves", sourceTranslated: false },
  });
  if (flight === undefined) throw new Error("no packet");
  return { ...flight, ...links };
}

const { destinationPort: _port, sourcePort: _source, ...portless } = packet;

describe("the index of a chain's rules", () => {
  test.each([
    ["to a container", flightOf({}, { inLink: "eth0", outLink: "br0" })],
    ["before routing", flightOf({}, { inLink: "eth0" })],
    ["of the host itself", flightOf({}, { outLink: "eth0" })],
    ["to another port", flightOf({ destinationPort: 443 }, { inLink: "eth0", outLink: "br1" })],
    ["by udp", flightOf({ protocol: "udp" }, { inLink: "wg0", outLink: "br2" })],
    ["from elsewhere", flightOf({ source: "203.0.113.9" }, { inLink: "eth0", outLink: "br0" })],
    ["to nobody", flightOf({ destination: "192.0.2.1" }, {})],
  ])("passes over no rule that may match a packet %s", (_case, flight) => {
    const found = candidates(indexRules(compiled), flight);
    const matching = (among: readonly CompiledRule[]): readonly string[] =>
      among.filter(({ tests }) => allHold(tests, flight) !== false).map(({ rule }) => rule.text);
    expect(matching(found)).toEqual(matching(compiled));
    expect(found.length).toBeLessThan(compiled.length);
  });

  test("finds the rules of a packet without ports too", () => {
    const flight = inFlight({
      entry: { kind: "link", ifname: "wg0" },
      packet: { ...portless, protocol: "icmp" },
      expect: { kind: "leaves", sourceTranslated: false },
    });
    if (flight === undefined) throw new Error("no packet");
    const texts = candidates(indexRules(compiled), flight).map(({ rule }) => rule.text);
    expect(texts).toContain("-A X -i wg0 -j A");
    expect(texts).not.toContain("-A X -p tcp -m tcp --dport 443 -j A");
  });

  test("leaves a chain whose rules are all about others empty", () => {
    const others = compiled.filter(({ rule }) => rule.text.includes("172.18.0.3"));
    expect(candidates(indexRules(others), flightOf({}, {}))).toEqual([]);
  });
});
