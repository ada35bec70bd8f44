import { describe, expect, test } from "vitest";
import { compileNetns } from "../../../src/derive/walk/compile.ts";
import type { NftBaseChain } from "../../../src/model/native-nft.ts";
import type { NftTable } from "../../../src/model/nft.ts";
import { aHost } from "../../support/a-host.ts";
import { appBridge } from "../../support/healthy-facts.ts";
import { answer, fateOn, incoming, outgoing, withPacket } from "../../support/walked.ts";

const nat = { table: "nat" };
const first = { table: "nat", at: "first" } as const;
const passes = "out of eth0, 192.0.2.10 → 1.1.1.1:443";
const served = `out of ${appBridge}, 198.51.100.7 → 172.20.0.2:80`;

/** A table with one base chain and as many rules as said. */
function nftChain(change: Partial<Omit<NftBaseChain, "nftFamily">> & Partial<Family>): NftTable {
  const { nftFamily = "inet", hook = "forward", priority = 0, chainType = "filter" } = change;
  const base = { hook, priority, chainType, policy: change.policy ?? "accept" } as const;
  const rules = Array.from({ length: change.ruleCount ?? 0 }, () => ({
    statements: [{ kind: "queue" as const }],
  }));
  const chains = [{ name: change.chain ?? "forward", base, rules }];
  const empty = { sets: [], maps: [], flowtables: [], objects: [] };
  return { family: nftFamily, name: change.table ?? "fw", chains, ...empty };
}

interface Family {
  readonly nftFamily: NftTable["family"];
}

describe("translation", () => {
  test("sends a published port to its container, and masquerades what leaves", () => {
    expect(fateOn(aHost(), incoming)).toBe(served);
    expect(fateOn(aHost(), outgoing)).toBe(passes);
  });

  test("is made for the first packet of a connection alone", () => {
    const reply = { ...outgoing, packet: { ...outgoing.packet, ctState: "ESTABLISHED" } } as const;
    expect(fateOn(aHost().withPolicy("FORWARD", "ACCEPT"), reply)).toBe(
      "out of eth0, 172.20.0.2 → 1.1.1.1:443",
    );
    const drop = aHost().withRule("-A PREROUTING -j DROP", first);
    expect(fateOn(drop, answer)).toBe(`out of ${appBridge}, 1.1.1.1 → 172.20.0.2:40000`);
  });

  test.each([
    [
      "-A PREROUTING -d 192.0.2.10/32 -j DNAT --to-destination 172.20.0.2",
      `out of ${appBridge}, 198.51.100.7 → 172.20.0.2:8080`,
    ],
    [
      "-A PREROUTING -p tcp -j REDIRECT --to-ports 22",
      "taken by sshd, 198.51.100.7 → 192.0.2.10:22",
    ],
    [
      "-A PREROUTING -p tcp -j DNAT --to-destination 172.20.0.2-172.20.0.9",
      "unsure: ipv4 nat PREROUTING rule 1: -A PREROUTING -p tcp -j DNAT --to-destination 172.20.0.2-172.20.0.9",
    ],
    [
      "-A PREROUTING -p tcp -j DNAT --to-destination 172.20.0.2:80-90",
      "unsure: ipv4 nat PREROUTING rule 1: -A PREROUTING -p tcp -j DNAT --to-destination 172.20.0.2:80-90",
    ],
    [
      "-A PREROUTING -p tcp -j DNAT --to-destination 172.20.0.2-172.20.0.2",
      `out of ${appBridge}, 198.51.100.7 → 172.20.0.2:8080`,
    ],
    [
      "-A PREROUTING -m set --match-set some src -j DNAT --to-destination 172.20.0.9",
      "unsure: ipv4 nf_tables table nat, rule 1 of PREROUTING: -A PREROUTING -m set --match-set some src -j DNAT --to-destination 172.20.0.9",
    ],
    ["-A PREROUTING -j ACCEPT", "taken by docker-proxy, 198.51.100.7 → 192.0.2.10:8080"],
    [
      "-A PREROUTING -m set --match-set some src -j ACCEPT",
      `unsure: ipv4 nat DOCKER rule 3: -A DOCKER ! -i ${appBridge} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80`,
    ],
    [
      "-A PREROUTING -m set --match-set some src -j DOCKER",
      `unsure: ipv4 nat DOCKER rule 3: -A DOCKER ! -i ${appBridge} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80`,
    ],
  ])("by %s", (rule, expected) => {
    expect(fateOn(aHost().withPolicy("FORWARD", "ACCEPT").withRule(rule, first), incoming)).toBe(
      expected,
    );
  });

  test.each([
    [
      "-A POSTROUTING -o eth0 -j SNAT --to-source 192.0.2.77",
      "out of eth0, 192.0.2.77 → 1.1.1.1:443",
    ],
    [
      "-A POSTROUTING -o eth0 -p tcp -j SNAT --to-source :1024-2048",
      "out of eth0, 172.20.0.2 → 1.1.1.1:443",
    ],
    ["-A POSTROUTING -o eth0 -j MASQUERADE --random", passes],
    ["-A POSTROUTING -o eth0 -p tcp -j MASQUERADE --to-ports 1024-2048", passes],
    ["-A POSTROUTING -o eth0 -j RETURN", "out of eth0, 172.20.0.2 → 1.1.1.1:443"],
  ])("by %s", (rule, expected) => {
    expect(fateOn(aHost().withRule(rule, first), outgoing)).toBe(expected);
  });

  test("cannot be told where the output link has no address to give, or the input link none to take", () => {
    const host = aHost().withLinkChange("eth0", { addresses: [] });
    const none = aHost().withFacts({
      links: aHost()
        .facts()
        .links.map((link) => ({ ...link, addresses: [] })),
    });
    expect(fateOn(none, outgoing)).toMatch(/^unsure: ipv4 nat POSTROUTING rule 1: .*MASQUERADE$/);
    // The kernel takes an address of another link then (inet_select_addr).
    expect(fateOn(host, outgoing)).toBe("out of eth0, 172.17.0.1 → 1.1.1.1:443");
    const redirect = host.withRule("-A PREROUTING -p tcp -j REDIRECT --to-ports 22", first);
    expect(fateOn(redirect, incoming)).toMatch(/^unsure: ipv4 nat PREROUTING rule 1: .*REDIRECT/);
  });

  test("takes the first that certainly holds, of a called chain too", () => {
    const host = aHost()
      .withPolicy("FORWARD", "ACCEPT")
      .withChain("A", nat)
      .withRule("-A PREROUTING -j A", first)
      .withRule("-A A -p tcp -j DNAT --to-destination 172.20.0.2:81", nat);
    expect(fateOn(host, incoming)).toBe(`out of ${appBridge}, 198.51.100.7 → 172.20.0.2:81`);
  });
});

describe("two backends at one hook", () => {
  const legacy = { table: "nat", backend: "legacy" } as const;
  const rule = `-A PREROUTING -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2`;

  test("are unsure where both translate, and differently", () => {
    expect(fateOn(aHost().withRule(`${rule}:81`, legacy), incoming)).toBe(
      "unsure: two nat chains of one priority both translate here; which one comes first is not visible",
    );
  });

  test("agree where both translate alike, or one does not", () => {
    expect(fateOn(aHost().withRule(`${rule}:80`, legacy), incoming)).toBe(served);
    expect(fateOn(aHost().withRule("-A PREROUTING -p udp -j ACCEPT", legacy), incoming)).toBe(
      served,
    );
  });

  test("must both accept", () => {
    const host = aHost().withPolicy("FORWARD", "DROP", { backend: "legacy" });
    expect(fateOn(host, outgoing)).toBe("dropped: ipv4 filter FORWARD policy DROP");
  });
});

describe("tables", () => {
  test.each([
    ["raw", "PREROUTING"],
    ["mangle", "PREROUTING"],
    ["mangle", "FORWARD"],
    ["mangle", "POSTROUTING"],
    ["security", "FORWARD"],
  ])("of the name %s are asked at %s", (table, chain) => {
    const empty = { name: table, chains: [{ name: chain, policy: "DROP" }], rules: [] };
    const host = aHost().withTables([empty], { backend: "legacy" });
    expect(fateOn(host, outgoing)).toBe(`dropped: ipv4 ${table} ${chain} policy DROP`);
  });

  test("are asked in the order of their priorities", () => {
    const drop = (table: string) => ({
      name: table,
      chains: [{ name: "FORWARD", policy: "DROP" }],
      rules: [],
    });
    const host = aHost().withTables([drop("security"), drop("filter"), drop("mangle")], {
      backend: "legacy",
    });
    expect(fateOn(host, outgoing)).toBe("dropped: ipv4 mangle FORWARD policy DROP");
  });

  test("of security stand behind nat where iptables-nft made them", () => {
    const input = (name: string) => ({
      name,
      chains: [{ name: "INPUT", policy: "ACCEPT" }],
      rules: [],
    });
    const orderOf = (backend: "legacy" | "nf_tables") =>
      compileNetns(
        aHost()
          .withTables([input("security"), input("nat")], { backend })
          .facts(),
      )
        .hooks.ipv4.input.flatMap((entry) =>
          entry.kind === "iptables" && entry.table.backend === backend ? entry.table.name : [],
        )
        .filter((name) => name !== "filter");
    expect([orderOf("legacy"), orderOf("nf_tables")]).toEqual([
      ["security", "nat"],
      ["nat", "security"],
    ]);
  });

  test.each(["raw", "mangle", "nat", "filter", "security"])(
    "of which iptables prints nothing leave a packet unsure: %s",
    (table) => {
      expect(fateOn(aHost().withUnprintedTable(table), outgoing)).toBe(
        `unsure: ipv4 table ${table} holds nftables rules that iptables cannot print`,
      );
    },
  );

  test("of another family are not asked", () => {
    const host = aHost().withPolicy("FORWARD", "DROP", { family: "ipv6" });
    expect(fateOn(host, outgoing)).toBe(passes);
  });
});

describe("native nftables", () => {
  const rules = "3 native nftables rules that docknet does not evaluate yet";
  const queue = "forward rule 1: queue";

  test.each([
    ["an empty chain with policy accept", nftChain({}), passes],
    [
      "an empty chain with policy drop",
      nftChain({ policy: "drop" }),
      "dropped: nft inet fw forward: policy drop",
    ],
    ["a chain with rules", nftChain({ ruleCount: 3 }), `unsure: nft inet fw ${queue}`],
    [
      "a chain with rules at another hook of the way",
      nftChain({ nftFamily: "ip", hook: "postrouting", ruleCount: 3 }),
      `unsure: nft ip fw ${queue}`,
    ],
    [
      "a chain at a hook that is not on the way",
      nftChain({ hook: "input", policy: "drop" }),
      passes,
    ],
    ["a chain of the other family", nftChain({ nftFamily: "ip6", policy: "drop" }), passes],
    ["a chain of another kind", nftChain({ nftFamily: "arp", policy: "drop" }), passes],
    [
      "a chain that sees frames",
      nftChain({ nftFamily: "bridge", ruleCount: 3 }),
      `unsure: nft bridge fw forward: ${rules}`,
    ],
    [
      "a chain that sees frames on some link",
      nftChain({ nftFamily: "netdev", hook: "ingress", policy: "drop" }),
      "unsure: nft netdev fw forward: policy drop that docknet does not evaluate yet",
    ],
    ["an empty chain that sees frames", nftChain({ nftFamily: "netdev", hook: "egress" }), passes],
  ])("%s", (_name, chain, expected) => {
    expect(fateOn(aHost().withNativeNft(chain), outgoing)).toBe(expected);
  });

  test("of a chain with rules never win over a certain drop", () => {
    const host = aHost()
      .withNativeNft(nftChain({ hook: "prerouting", priority: -150, ruleCount: 3 }))
      .withEmptyChain("FORWARD");
    expect(fateOn(host, outgoing)).toBe("dropped: ipv4 filter FORWARD policy DROP");
  });

  test("of a nat chain may send a packet anywhere: even a missing listener is unsure", () => {
    const host = aHost()
      .withEmptyChain("DOCKER", nat)
      .withoutSocket("tcp", 8080)
      .withNativeNft(
        nftChain({ hook: "prerouting", chainType: "nat", priority: -100, ruleCount: 3 }),
      );
    expect(fateOn(host, incoming)).toBe(`unsure: nft inet fw ${queue}`);
    expect(fateOn(host, withPacket(answer, {}))).toMatch(/^out of/);
  });

  test("leave the mark of a packet unknown", () => {
    const host = aHost()
      .withNativeNft(nftChain({ hook: "prerouting", priority: -150, ruleCount: 3 }))
      .withRoutingRules(
        {
          family: "ipv4",
          priority: 5,
          inverted: false,
          mark: 1,
          action: { kind: "blackhole" },
          unrecognised: [],
        },
        {
          family: "ipv4",
          priority: 32766,
          inverted: false,
          action: { kind: "lookup", routeTable: "main" },
          unrecognised: [],
        },
      );
    expect(fateOn(host, outgoing)).toBe("unsure: routing rule 5: from all fwmark 0x1 blackhole");
  });

  test("that could not be read leave what is delivered unsure, and what is dropped dropped", () => {
    const host = aHost().withUnreadableNft("nft is not installed");
    expect(fateOn(host, outgoing)).toBe("unsure: nft is not installed");
    expect(
      fateOn(host.withoutSocket("tcp", 8080), {
        ...incoming,
        packet: { ...incoming.packet, destinationPort: 22 },
      }),
    ).toBe("unsure: nft is not installed");
    expect(fateOn(host.withEmptyChain("FORWARD"), outgoing)).toBe(
      "dropped: ipv4 filter FORWARD policy DROP",
    );
  });
});
