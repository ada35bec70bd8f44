import { describe, expect, test } from "vitest";
import { deadRules } from "../../../src/derive/dead-rules/dead-rules.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";

/** Dead rules of a built host that Docker did not make, each with what decides before it. */
function deadOn(host: HostBuilder): readonly string[] {
  const all = deadRules(host.facts().rulesets).rules;
  return all
    .filter(({ rule }) => rule.chain === "DOCKER-USER")
    .map(({ rule, because, why }) =>
      because === undefined
        ? `${rule.text}: ${why}`
        : `${rule.text} after ${because.chain} ${because.ruleNumber}: ${because.text}`,
    );
}

/** The rules of DOCKER-USER in this order, before what is there. */
function user(...rules: readonly string[]): HostBuilder {
  return rules.reduce(
    (host, rule) => host.withRule(`-A DOCKER-USER ${rule}`),
    aHost().withEmptyChain("DOCKER-USER"),
  );
}

describe("dead rules", () => {
  test("are none on healthy hosts of every engine line", () => {
    for (const engine of ["20.10", "28.5", "29.7"] as const)
      expect(deadRules(aHost({ engine }).facts().rulesets)).toEqual({ rules: [], left: [] });
  });

  test("are those behind the RETURN of DOCKER-USER", () => {
    const host = aHost().withRule("-A DOCKER-USER -s 203.0.113.0/24 -j DROP");
    expect(deadOn(host)).toEqual([
      "-A DOCKER-USER -s 203.0.113.0/24 -j DROP after DOCKER-USER 1: -A DOCKER-USER -j RETURN",
    ]);
  });

  test.each([
    ["-i eth0 -j DROP", "-i eth0 -s 203.0.113.0/24 -j ACCEPT"],
    ["-i eth+ -j DROP", "-i eth0 -p tcp -m tcp --dport 80 -j ACCEPT"],
    ["-s 203.0.0.0/16 -j DROP", "-s 203.0.113.0/24 -j ACCEPT"],
    ["! -s 203.0.113.0/24 -j DROP", "-s 198.51.100.1/32 -j ACCEPT"],
    ["! -s 203.0.113.0/24 -j DROP", "! -s 203.0.0.0/16 -j ACCEPT"],
    ["-p tcp -m tcp --dport 80:90 -j DROP", "-p tcp -m tcp --dport 81 -j ACCEPT"],
    ["-p tcp -m multiport --dports 80,443 -j DROP", "-p tcp -m tcp --dport 443 -j ACCEPT"],
    [
      "-p tcp -m multiport --dports 80:90,443 -j DROP",
      "-p tcp -m multiport --dports 81,443 -j ACCEPT",
    ],
    ["-p tcp -m multiport --sports 80 -j DROP", "-p tcp -m tcp --sport 80 -j ACCEPT"],
    ["-p tcp -m multiport ! --dports 80 -j DROP", "-p tcp -m multiport ! --dports 80 -j ACCEPT"],
    ["-p tcp -m tcp --dport 1:1023 -j DROP", "-p tcp -m multiport --dports 80,443 -j ACCEPT"],
    ["-p tcp -m tcp ! --dport 22 -j DROP", "-p tcp -m multiport --dports 80,443 -j ACCEPT"],
    ["-p tcp -m tcp ! --dport 22 -j DROP", "-p tcp -m tcp --dport 80 -j ACCEPT"],
    ["-p tcp -m tcp ! --dport 22 -j DROP", "-p tcp -m tcp ! --dport 20:30 -j ACCEPT"],
    ["! -i docker0 -j DROP", "-i eth0 -j ACCEPT"],
    ["! -i eth0 -j DROP", "! -i eth+ -j ACCEPT"],
    ["-m addrtype --dst-type LOCAL -j DROP", "-p tcp -m addrtype --dst-type LOCAL -j ACCEPT"],
    ["-p 6 -j DROP", "-p tcp -j ACCEPT"],
    ["! -p udp -j DROP", "-p tcp -j ACCEPT"],
    ["-m conntrack --ctstate NEW,INVALID -j DROP", "-m conntrack --ctstate NEW -j ACCEPT"],
    [
      "-m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP",
      "-m conntrack --ctstate NEW -j ACCEPT",
    ],
    ["-i eth0 -m comment --comment all -j DROP", "-i eth0 -m limit --limit 1/s -j ACCEPT"],
  ])("come after one that matches more: %s before %s", (first, second) => {
    expect(deadOn(user(first, second))).toEqual([
      `-A DOCKER-USER ${second} after DOCKER-USER 1: -A DOCKER-USER ${first}`,
    ]);
  });

  test.each([
    ["-i eth0 -s 203.0.113.0/24 -j DROP", "-i eth0 -j ACCEPT"],
    ["-i eth0 -j LOG", "-i eth0 -j ACCEPT"],
    ["-i eth0 -m limit --limit 1/s -j DROP", "-i eth0 -m limit --limit 1/s -j ACCEPT"],
    ["-m mark --mark 0x1 -j DROP", "-m mark --mark 0x1 -j ACCEPT"],
    ["! -i eth0 -j DROP", "-i eth+ -j ACCEPT"],
    ["-p tcp -m tcp --sport 80 -j DROP", "-p tcp -m tcp --dport 80 -j ACCEPT"],
    ["-p tcp -m multiport --sports 80 -j DROP", "-p tcp -m tcp --dport 80 -j ACCEPT"],
    ["-p tcp -m multiport --ports 80 -j DROP", "-p tcp -m tcp --dport 80 -j ACCEPT"],
    ["-p tcp -m multiport --dports 80 -j DROP", "-p tcp -m multiport --sports 80 -j ACCEPT"],
    ["-p tcp -m tcp --dport 80 -j DROP", "-p tcp -m multiport --sports 80 -j ACCEPT"],
    ["-p tcp -m tcp --dport 80 -j DROP", "-p tcp -m multiport ! --dports 80 -j ACCEPT"],
    [
      "-p tcp -m conntrack --ctstate NEW --ctdir ORIGINAL -j DROP",
      "-p tcp -m conntrack --ctstate NEW --ctdir ORIGINAL -j ACCEPT",
    ],
    ["-p tcp -j QUEUE", "-p tcp -j ACCEPT"],
    ["-p tcp -j gone", "-p tcp -j ACCEPT"],
    ["-m conntrack ! --ctstate NEW -j DROP", "-m conntrack --ctstate NEW,INVALID -j ACCEPT"],
    ["! -s 203.0.113.0/24 -j DROP", "-s 203.0.0.0/16 -j ACCEPT"],
  ])("are not what some packet gets to: %s before %s", (first, second) => {
    expect(deadOn(user(first, second))).toEqual([]);
  });

  test("are found over jumps: an accept in FORWARD before the jump, and what a called chain decides", () => {
    const early = aHost()
      .withRule("-A FORWARD -i eth0 -j ACCEPT", { at: "first" })
      .withRule("-A DOCKER-USER -i eth0 -j DROP", { at: "first" });
    expect(deadOn(early)).toEqual([
      "-A DOCKER-USER -i eth0 -j DROP after FORWARD 1: -A FORWARD -i eth0 -j ACCEPT",
    ]);
    const called = aHost()
      .withChain("closed")
      .withRule("-A closed -p udp -j RETURN")
      .withRule("-A closed -j DROP")
      .withRule("-A DOCKER-USER -p udp -j ACCEPT", { at: "first" })
      .withRule("-A DOCKER-USER -p tcp -j ACCEPT", { at: "first" })
      .withRule("-A DOCKER-USER -j closed", { at: "first" });
    expect(deadOn(called)).toEqual([
      "-A DOCKER-USER -p tcp -j ACCEPT after closed 2: -A closed -j DROP",
    ]);
  });

  test("are behind a goto, and not behind one that may come back", () => {
    const gone = (...rules: readonly string[]) =>
      rules.reduce(
        (host, rule) => host.withRule(`-A closed ${rule}`),
        user("-j both", "-p tcp -j ACCEPT")
          .withChain("both")
          .withChain("closed")
          .withRule("-A both -g closed"),
      );
    const one = "-A DOCKER-USER -p tcp -j ACCEPT";
    expect([deadOn(gone("-j DROP")), deadOn(gone("-p udp -j DROP"))]).toEqual([
      [`${one} after closed 1: -A closed -j DROP`],
      [],
    ]);
    const perhaps = gone("-j DROP").withRule("-A both -i eth9 -g open", { at: "first" });
    expect(deadOn(perhaps.withChain("open"))).toEqual([]);
    expect(deadOn(user("-p tcp -g closed", "-p tcp -j ACCEPT").withChain("closed"))).toEqual([
      `${one} after DOCKER-USER 1: -A DOCKER-USER -p tcp -g closed`,
    ]);
  });

  test("are those whose conditions exclude each other, and those that nobody jumps to", () => {
    const impossible = user("-i eth0 -j DROP").withRule("-A DOCKER-USER -p tcp ! -p tcp -j DROP");
    expect(deadOn(impossible)).toEqual(["-A DOCKER-USER -p tcp ! -p tcp -j DROP: impossible"]);
    const alone = user("-i eth0 -j DROP").withoutRule("-A FORWARD -j DOCKER-USER");
    expect(deadOn(alone)).toEqual(["-A DOCKER-USER -i eth0 -j DROP: no-jump"]);
  });

  test("are Docker's own too, behind what drops everything", () => {
    const { rules } = deadRules(user("-j DROP").facts().rulesets);
    const chains = new Set(rules.map(({ rule }) => rule.chain));
    expect([...chains]).toEqual([
      "FORWARD",
      "DOCKER",
      "DOCKER-ISOLATION-STAGE-1",
      "DOCKER-ISOLATION-STAGE-2",
    ]);
  });

  test("are alive when one of several ways leads to them", () => {
    const host = aHost()
      .withChain("mine")
      .withRule("-A mine -p tcp -j DROP")
      .withRule("-A DOCKER-USER -i docker0 -j mine", { at: "first" })
      .withRule("-A DOCKER-USER -p tcp -i eth0 -j ACCEPT", { at: "first" })
      .withRule("-A FORWARD -i eth0 -j mine");
    const { rules } = deadRules(host.facts().rulesets);
    expect(rules.filter(({ rule }) => rule.chain === "mine")).toEqual([]);
  });

  test("are not told of INPUT, nor of tables that iptables cannot print", () => {
    const input = aHost().withRule("-A INPUT -j ACCEPT").withRule("-A INPUT -j DROP");
    const unprinted = user("-j DROP", "-j ACCEPT").withUnprintedTable("filter");
    expect([deadOn(input), deadOn(unprinted)]).toEqual([[], []]);
  });

  test("leave out chains that are called from too many places", () => {
    const many = Array.from({ length: 30 }, (_, at) => at).reduce(
      (host, at) => host.withRule(`-A FORWARD -i veth${at} -j mine`),
      aHost().withChain("mine").withRule("-A mine -j DROP").withRule("-A mine -j ACCEPT"),
    );
    const { rules, left } = deadRules(many.facts().rulesets);
    expect([rules.filter(({ rule }) => rule.chain === "mine"), left]).toEqual([
      [],
      ["ipv4 filter mine: too long, in a loop, or called from too many places"],
    ]);
  });
});
