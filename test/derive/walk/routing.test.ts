import { describe, expect, test } from "vitest";
import { compileFib } from "../../../src/derive/walk/fib.ts";
import { routeText } from "../../../src/derive/walk/route-text.ts";
import { lookUpRoute, type RouteAnswer } from "../../../src/derive/walk/routing.ts";
import type { Lookup } from "../../../src/derive/walk/routing-rule.ts";
import { addressWords, familyOf } from "../../../src/model/ip.ts";
import type { Route, RoutingRule } from "../../../src/model/route.ts";
import type { LinkSettings } from "../../../src/model/sysctl.ts";
import { aRoute } from "../../support/healthy-facts.ts";

function aRule(
  priority: number,
  routeTable: string,
  change: Partial<RoutingRule> = {},
): RoutingRule {
  return {
    family: "ipv4",
    priority,
    inverted: false,
    action: { kind: "lookup", routeTable },
    unrecognised: [],
    ...change,
  };
}

const usual = [aRule(0, "local"), aRule(32766, "main")];
const tun = aRoute("default", "tun0", { routeTable: "77" });
const via = aRoute("default", "eth0", {
  nextHops: [{ gateway: "192.0.2.1", outputLink: "eth0", flags: [] }],
});

function lookUp(
  destination: string,
  so: { readonly routes: readonly Route[]; readonly rules?: readonly RoutingRule[] },
  change: Partial<Lookup> = {},
): RouteAnswer {
  const words = addressWords(destination) ?? [];
  return lookUpRoute(compileFib(so.routes, so.rules ?? []), familyOf(destination), {
    destination: words,
    source: words.map(() => 0),
    mark: 0,
    ...change,
  });
}

/** Link of the answer, or what it is instead. */
function outcome(answer: RouteAnswer): string {
  switch (answer.kind) {
    case "unicast":
      return answer.outputLink;
    case "refused":
      return answer.fate;
    default:
      return answer.kind;
  }
}

describe("a table", () => {
  test("gives the longest prefix, then the lowest metric, whatever their order", () => {
    const routes = [
      via,
      aRoute("10.0.0.0/8", "a"),
      aRoute("10.1.0.0/16", "c", { metric: 100 }),
      aRoute("10.1.0.0/16", "b", { metric: 50 }),
      aRoute("nonsense", "d", { destination: { family: "ipv4", address: "nonsense", length: 32 } }),
    ];
    expect(
      ["10.1.2.3", "10.2.0.1", "11.0.0.1"].map((to) => outcome(lookUp(to, { routes }))),
    ).toEqual(["b", "a", "eth0"]);
  });

  test("gives the gateway with the link", () => {
    expect(lookUp("1.1.1.1", { routes: [via] })).toEqual({
      kind: "unicast",
      route: via,
      outputLink: "eth0",
      gateway: "192.0.2.1",
    });
  });

  test("knows IPv6 by itself", () => {
    const routes = [via, aRoute("2001:db8::/32", "six")];
    expect([
      outcome(lookUp("2001:db8::1", { routes })),
      outcome(lookUp("fd00::1", { routes })),
    ]).toEqual(["six", "rejected"]);
  });

  test.each([
    ["local", "local"],
    ["broadcast", "other"],
    ["multicast", "other"],
    ["anycast", "other"],
    ["blackhole", "dropped"],
    ["unreachable", "rejected"],
    ["prohibit", "rejected"],
  ] as const)("answers %s with %s", (type, expected) => {
    const routes = [via, aRoute("10.0.0.0/8", "lo", { type, nextHops: [] })];
    expect(outcome(lookUp("10.1.1.1", { routes }))).toBe(expected);
  });

  test("passes on by throw, to the next rule", () => {
    const routes = [
      via,
      tun,
      aRoute("10.0.0.0/8", "x", { type: "throw", routeTable: "77", nextHops: [] }),
    ];
    const rules = [aRule(10, "77"), ...usual];
    expect(["10.1.1.1", "1.1.1.1"].map((to) => outcome(lookUp(to, { routes, rules })))).toEqual([
      "eth0",
      "tun0",
    ]);
  });

  test("says that there is no route", () => {
    expect(lookUp("1.1.1.1", { routes: [] })).toEqual({
      kind: "refused",
      fate: "rejected",
      element: { kind: "no-route", destination: "1.1.1.1" },
    });
  });
});

describe("a route", () => {
  const hop = (outputLink: string, ...flags: readonly string[]) => ({ outputLink, flags });

  test.each([
    [
      "over two links is unsure",
      aRoute("10.0.0.0/8", "a", { nextHops: [hop("a"), hop("b")] }),
      "unsure",
    ],
    [
      "over two gateways of one link is sure",
      aRoute("10.0.0.0/8", "a", { nextHops: [hop("a"), hop("a")] }),
      "a",
    ],
    [
      "takes the hop that lives",
      aRoute("10.0.0.0/8", "a", { nextHops: [hop("a", "dead"), hop("b")] }),
      "b",
    ],
    [
      "without a living hop is passed over",
      aRoute("10.0.0.0/8", "a", { nextHops: [hop("a", "dead")] }),
      "eth0",
    ],
    ["that is dead is passed over", aRoute("10.0.0.0/8", "a", { flags: ["dead"] }), "eth0"],
    ["without hops is unsure", aRoute("10.0.0.0/8", "a", { nextHops: [] }), "unsure"],
    [
      "whose link has no carrier still counts",
      aRoute("10.0.0.0/8", "a", { nextHops: [hop("a", "linkdown")] }),
      "a",
    ],
  ])("%s", (_name, route, expected) => {
    expect(outcome(lookUp("10.1.1.1", { routes: [via, route] }))).toBe(expected);
  });

  test.each([
    [via, "default via 192.0.2.1 dev eth0"],
    [tun, "default dev tun0 table 77"],
    [aRoute("10.0.0.0/8", "x", { type: "blackhole", nextHops: [] }), "blackhole 10.0.0.0/8"],
    [
      aRoute("10.0.0.0/8", "a", { nextHops: [hop("a"), hop("b")] }),
      "10.0.0.0/8 dev a nexthop dev b",
    ],
  ])("is written as ip route writes it", (route, text) => {
    expect(routeText(route)).toBe(text);
  });
});

describe("equal routes", () => {
  const second = aRoute("default", "tun0", {});
  const ten = [aRoute("10.0.0.0/8", "a"), aRoute("10.0.0.0/8", "b")];

  test("of IPv4 are taken in the order of the list, but the default ones of this host's packets are unsure", () => {
    const from = { inLink: "br-a" };
    expect([
      outcome(lookUp("10.1.1.1", { routes: ten })),
      outcome(lookUp("1.1.1.1", { routes: [via, second] }, from)),
      outcome(lookUp("1.1.1.1", { routes: [via, second] })),
    ]).toEqual(["a", "eth0", "unsure"]);
  });

  test("of IPv6 are unsure", () => {
    const routes = [aRoute("2001:db8::/32", "a"), aRoute("2001:db8::/32", "b")];
    expect(outcome(lookUp("2001:db8::1", { routes }))).toBe("unsure");
  });
});

describe("a route without a carrier", () => {
  const down = aRoute("10.0.0.0/8", "a", {
    nextHops: [{ outputLink: "a", flags: ["linkdown"] }],
  });
  const of = (settings: readonly LinkSettings[]) => {
    const fib = compileFib([via, down], [], { linkSettings: settings });
    const [destination, source] = [addressWords("10.1.1.1") ?? [], [0]];
    return outcome(lookUpRoute(fib, "ipv4", { destination, source, mark: 0 }));
  };
  const setting = (ifname: string, ignoresRoutesWithLinkdown?: boolean): LinkSettings => ({
    family: "ipv4",
    ifname,
    ...(ignoresRoutesWithLinkdown === undefined ? {} : { ignoresRoutesWithLinkdown }),
  });

  test.each([
    ["counts", [setting("all", false), setting("a", false)], "a"],
    ["does not where its link says so", [setting("all", false), setting("a", true)], "eth0"],
    ["does not where all links say so", [setting("all", true), setting("a", false)], "eth0"],
    ["is unsure where nobody read it", [setting("all", false), setting("a")], "unsure"],
  ] as const)("%s", (_name, settings, expected) => {
    expect(of(settings)).toBe(expected);
  });
});

describe("routing rules", () => {
  const routes = [via, tun];
  const to77 = (change: Partial<RoutingRule>) => [aRule(10, "77", change), ...usual];
  const inside = { source: addressWords("172.20.0.2") ?? [], inLink: "br-a" };
  const subnet = { family: "ipv4", address: "172.20.0.0", length: 16 } as const;

  test.each([
    ["by source", { source: subnet }, "tun0"],
    ["by another source", { source: { ...subnet, address: "172.30.0.0" } }, "eth0"],
    ["by a source that is no address", { source: { ...subnet, address: "nonsense" } }, "eth0"],
    ["by destination", { destination: { ...subnet, address: "1.0.0.0", length: 8 } }, "tun0"],
    ["by another destination", { destination: subnet }, "eth0"],
    ["by link", { inLink: "br-a" }, "tun0"],
    ["by another link", { inLink: "docker0" }, "eth0"],
    ["by a link that the host's own sockets are bound to", { outLink: "eth0" }, "eth0"],
    ["by mark", { mark: 0 }, "tun0"],
    ["by another mark", { mark: 7 }, "eth0"],
    ["by a part of the mark", { mark: 0x70, markMask: 0x0f }, "tun0"],
    ["by none of them", { source: subnet, inverted: true }, "eth0"],
    ["by all but another", { inLink: "docker0", inverted: true }, "tun0"],
    ["by what docknet does not model", { unrecognised: ["tos 0x10"] }, "unsure"],
    [
      "by what it does not model, of another source",
      { source: { ...subnet, address: "172.30.0.0" }, unrecognised: ["tos 0x10"] },
      "eth0",
    ],
    ["where a short prefix does not count", { suppressPrefixLength: 0 }, "eth0"],
    ["that black out", { action: { kind: "blackhole" } }, "dropped"],
    ["that refuse", { action: { kind: "unreachable" } }, "rejected"],
    ["that forbid", { action: { kind: "prohibit" } }, "rejected"],
    ["that do nothing", { action: { kind: "nop" } }, "eth0"],
    ["that go to another rule", { action: { kind: "goto", priority: 32766 } }, "eth0"],
    ["that go to a rule that is not there", { action: { kind: "goto", priority: 99 } }, "eth0"],
    ["of a VRF", { action: { kind: "unrecognised", text: "l3mdev" } }, "unsure"],
    ["to a table that is empty", { action: { kind: "lookup", routeTable: "88" } }, "eth0"],
  ] as const)("%s", (_name, change, expected) => {
    expect(outcome(lookUp("1.1.1.1", { routes, rules: to77(change) }, inside))).toBe(expected);
  });

  test("are asked in the order of their priorities", () => {
    const rules = [aRule(32766, "main"), aRule(5, "77"), aRule(0, "local")];
    expect(outcome(lookUp("1.1.1.1", { routes, rules }))).toBe("tun0");
  });

  test("let a longer prefix of a suppressed table through", () => {
    const rules = [aRule(10, "main", { suppressPrefixLength: 0 }), aRule(20, "77"), ...usual];
    const both = [...routes, aRoute("10.0.0.0/8", "lan")];
    expect(
      ["10.1.1.1", "1.1.1.1"].map((to) => outcome(lookUp(to, { routes: both, rules }))),
    ).toEqual(["lan", "tun0"]);
  });

  test.each([
    ["by protocol", ['ipproto "tcp"'], "tun0"],
    ["by another protocol", ['ipproto "udp"'], "eth0"],
    ["by port", ["dport 443"], "tun0"],
    ["by a range of ports", ["sport_start 40000", "sport_end 40010"], "tun0"],
    ["by other ports", ["dport_start 80", "dport_end 90"], "eth0"],
    ["by owner, of a packet that nobody here owns", ["uid_start 0", "uid_end 0"], "eth0"],
    ["without a group of links", ['suppress_ifgroup "9"'], "unsure"],
  ] as const)("%s", (_name, unrecognised, expected) => {
    const packet = { protocol: "tcp", sourcePort: 40_000, destinationPort: 443 } as const;
    const rules = to77({ unrecognised });
    expect(outcome(lookUp("1.1.1.1", { routes, rules }, { ...inside, packet }))).toBe(expected);
  });

  test("by protocol are unsure for a packet of none", () => {
    const rules = to77({ unrecognised: ['ipproto "tcp"', "dport 443"] });
    expect(outcome(lookUp("1.1.1.1", { routes, rules }, inside))).toBe("unsure");
  });

  test("by the link of this host's own packets, and by the one that a socket is bound to", () => {
    const own = (change: Partial<RoutingRule>, lookup: Partial<Lookup> = {}) =>
      outcome(lookUp("1.1.1.1", { routes, rules: to77(change) }, lookup));
    expect([
      own({ inLink: "lo" }),
      own({ outLink: "tun0" }, { outLink: "tun0" }),
      own({ outLink: "tun0" }, { outLink: "eth0" }),
    ]).toEqual(["tun0", "tun0", "eth0"]);
  });

  test("go on after a rule that a jump may pass over, unsure", () => {
    const jump = aRule(10, "", { mark: 7, action: { kind: "goto", priority: 30 } });
    const rules = [jump, aRule(20, "77"), aRule(30, "main")];
    expect(outcome(lookUp("1.1.1.1", { routes, rules }))).toBe("tun0");
    expect(outcome(lookUp("1.1.1.1", { routes, rules }, { mark: 7 }))).toBe("eth0");
    expect(outcome(lookUp("1.1.1.1", { routes, rules }, { mark: undefined }))).toBe("unsure");
  });

  test("are unsure by a mark that is not known", () => {
    const answer = lookUp("1.1.1.1", { routes, rules: to77({ mark: 7 }) }, { mark: undefined });
    expect(outcome(answer)).toBe("unsure");
  });

  test.each([
    [{ action: { kind: "blackhole" } }, "10: from all blackhole"],
    [
      {
        inverted: true,
        source: { ...subnet, address: "172.30.0.0" },
        destination: { ...subnet, address: "10.0.0.0", length: 8 },
        inLink: "eth1",
        mark: 255,
        action: { kind: "prohibit" },
      },
      "10: not from 172.30.0.0/16 to 10.0.0.0/8 iif eth1 fwmark 0xff prohibit",
    ],
    [{ action: { kind: "unrecognised", text: "l3mdev" } }, "routing rule 10: from all l3mdev"],
    [{ unrecognised: ["tos 0x10"] }, "routing rule 10: from all lookup 77"],
  ] as const)("are written as ip rule writes them", (change, text) => {
    expect(lookUp("1.1.1.1", { routes, rules: to77(change) })).toMatchObject({ element: { text } });
  });
});
