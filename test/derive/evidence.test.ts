import { describe, expect, test } from "vitest";
import { elementEvidence, elementText, ofOwner } from "../../src/derive/evidence.ts";
import { chainOwner } from "../../src/derive/rule-owners.ts";
import type { Element } from "../../src/model/packet.ts";
import { queryCommand } from "../../src/model/query.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { aHost } from "../support/a-host.ts";

const rule: Extract<Element, { readonly kind: "rule" }> = {
  kind: "rule",
  family: "ipv4",
  backend: "nf_tables",
  table: "filter",
  chain: "DOCKER-USER",
  ruleNumber: 1,
  text: "-A DOCKER-USER -j RETURN",
  counters: { packets: 7, bytes: 420 },
};
const policy = { ...rule, kind: "policy", policy: "DROP", chain: "FORWARD" } as const;
const { rulesets } = aHost().facts();

describe("an element", () => {
  test.each([
    [rule, "iptables-nft-save -c", "[7:420] -A DOCKER-USER -j RETURN"],
    [policy, "iptables-nft-save -c", ":FORWARD DROP [0:0] (table filter)"],
    [
      { kind: "sysctl", key: "net.ipv4.ip_forward", value: "0" },
      "sysctl net.ipv4.ip_forward",
      "net.ipv4.ip_forward = 0",
    ],
    [{ kind: "link", ifname: "eth0", problem: "down" }, "ip link show eth0", "eth0 is down"],
    [
      { kind: "no-address", ifname: "br0", address: "10.0.0.1" },
      "ip addr show br0",
      "br0 does not carry 10.0.0.1",
    ],
    [{ kind: "route", text: "default dev eth0" }, "ip route show table all", "default dev eth0"],
    [
      { kind: "no-route", destination: "1.1.1.1" },
      "ip route show table all",
      "no route to 1.1.1.1",
    ],
    [{ kind: "routing-rule", text: "5: from all blackhole" }, "ip rule", "5: from all blackhole"],
    [
      { kind: "listener", protocol: "tcp", port: 80, process: "nginx" },
      "ss -lntup",
      "nginx listens on 80/tcp",
    ],
    [{ kind: "listener", protocol: "tcp", port: 80 }, "ss -lntup", "a socket listens on 80/tcp"],
    [
      { kind: "no-listener", protocol: "udp", address: "10.0.0.1", port: 53 },
      "ss -lntup",
      "nothing listens on 10.0.0.1 port 53/udp",
    ],
    [
      { kind: "nft-chain", nftFamily: "inet", table: "fw", chain: "fwd", detail: "policy drop" },
      "nft list chain inet fw fwd",
      "nft inet fw fwd: policy drop",
    ],
    [
      { kind: "not-translated", what: "source", address: "172.17.0.2" },
      "iptables -t nat -S",
      "no nat rule translates the source 172.17.0.2",
    ],
    [
      { kind: "not-modelled", text: "chain A is not in the dump" },
      "docknet doctor",
      "chain A is not in the dump",
    ],
  ] as const)("shows where it is found: %o", (element, command, text) => {
    const evidence = elementEvidence(element, rulesets);
    expect([queryCommand(evidence.source), evidence.text]).toEqual([command, text]);
  });

  test.each([
    [rule, "ipv4 filter DOCKER-USER rule 1: -A DOCKER-USER -j RETURN"],
    [policy, "ipv4 filter FORWARD policy DROP"],
    [{ kind: "link", ifname: "eth0", problem: "missing" }, "link eth0 is missing"],
    [
      { kind: "no-address", ifname: "br0", address: "10.0.0.1" },
      "link br0 does not carry 10.0.0.1",
    ],
    [{ kind: "sysctl", key: "a.b", value: "1" }, "a.b = 1"],
  ] as const)("has a name: %o", (element, text) => {
    expect(elementText(element)).toBe(text);
  });
});

describe("the line of a rule", () => {
  test("is that of the dump, where the rule stands there", () => {
    const [line] =
      rulesets[0]?.tables[0]?.chains.find(({ name }) => name === "DOCKER-USER")?.rules ?? [];
    expect(elementEvidence(rule, rulesets).line).toBe(line?.line);
  });

  test.each([
    ["another rule stands there", { ...rule, text: "-A DOCKER-USER -j DROP" }, rulesets],
    ["the chain is empty", { ...rule, ruleNumber: 9 }, rulesets],
    ["the dump is not at hand", rule, []],
  ] as const)("is left out where %s", (_name, element, known) => {
    expect(elementEvidence(element, known).line).toBe(undefined);
  });

  test("is left out of what docknet assumed, and so are counters that were not read", () => {
    const { counters: _counters, ...uncounted } = rule;
    const assumed = rulesets.map((ruleset) => ({
      ...ruleset,
      tables: ruleset.tables.map((table) => ({
        ...table,
        chains: table.chains.map((chain) => ({
          ...chain,
          rules: chain.rules.map((own) => ({ ...own, line: 0 })),
        })),
      })),
    }));
    expect(elementEvidence(uncounted, assumed)).toEqual({
      source: { kind: "command", argv: ["iptables-nft-save", "-c"] },
      text: "-A DOCKER-USER -j RETURN",
      owner: chainOwner("DOCKER-USER"),
    });
  });

  test("says whose it is, where its chain or its comment tells", () => {
    const text =
      '-A FORWARD -o incusbr0 -m comment --comment "generated for Incus network incusbr0" -j DROP';
    const dump = parseIptablesSave(`*filter\n:FORWARD ACCEPT [0:0]\n${text}\nCOMMIT\n`);
    const source = { kind: "command", argv: ["iptables-nft-save", "-c"] } as const;
    const tables = dump.ok ? dump.value.tables : [];
    const own = [{ family: "ipv4", backend: "nf_tables", tables, source } as const];
    const element = { ...rule, chain: "FORWARD", text };
    expect(ofOwner(element, own)).toBe(" (a rule of Incus)");
    expect(ofOwner(element, [])).toBe("");
    expect(ofOwner({ ...rule, chain: "ufw-user-forward" }, [])).toBe(" (a rule of ufw)");
    expect(ofOwner(policy, own)).toBe("");
  });

  test("of a policy shows no counters where the dump is not at hand", () => {
    expect(elementEvidence(policy, [])).toEqual({
      source: { kind: "command", argv: ["iptables-save", "-c"] },
      text: ":FORWARD DROP [0:0] (table filter)",
    });
  });
});
