import { describe, expect, test } from "vitest";
import { firewallManagers } from "../../../src/derive/exposure/firewall-managers.ts";
import { aHost, type HostBuilder } from "../../support/a-host.ts";
import { exposureOn } from "../../support/exposed-on.ts";
import { accept, field, nftTable } from "../../support/nft-tables.ts";

/** What each manager says of port 8080, with what decides. */
function claimsOn(host: HostBuilder): readonly string[] {
  const port = exposureOn(host).ports.find(({ hostPort }) => hostPort === 8080);
  return (port?.addresses ?? []).flatMap(({ claims }) =>
    claims.map(({ manager, level, perhaps, text = "" }) =>
      [
        `${manager}: ${level}`,
        ...(perhaps === undefined ? [] : [`to ${perhaps}`]),
        `(${text})`,
      ].join(" "),
    ),
  );
}

/** ufw as it fills INPUT, with rules of its user's own. */
function ufw(...rules: readonly string[]): HostBuilder {
  const host = aHost()
    .withPolicy("INPUT", "DROP")
    .withChain("ufw-before-input")
    .withChain("ufw-user-input")
    .withRule("-A INPUT -p tcp -m tcp --dport 8080 -j ACCEPT")
    .withRule("-A INPUT -j ufw-before-input")
    .withRule("-A ufw-before-input -i lo -j ACCEPT")
    .withRule("-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT")
    .withRule("-A ufw-before-input -j ufw-user-input");
  return rules.reduce((before, rule) => before.withRule(`-A ufw-user-input ${rule}`), host);
}

describe("what ufw claims", () => {
  test("is its own chains and the policy, whatever others put into INPUT", () => {
    expect(claimsOn(ufw("-p tcp -m tcp --dport 22 -j ACCEPT"))).toEqual([
      "ufw: host (ipv4 filter INPUT policy DROP)",
    ]);
  });

  test.each([
    [
      "-p tcp -m tcp --dport 8080 -j ACCEPT",
      "anyone (ipv4 filter ufw-user-input rule 1: -A ufw-user-input -p tcp -m tcp --dport 8080 -j ACCEPT)",
    ],
    ["-s 192.0.2.0/24 -p tcp -m tcp --dport 8080 -j ACCEPT", "lan (ipv4 filter INPUT policy DROP)"],
    [
      "-s 203.0.113.9/32 -p tcp -m tcp --dport 8080 -j ACCEPT",
      "named (ipv4 filter INPUT policy DROP)",
    ],
    [
      "-p tcp -m tcp --dport 8080 -j DROP",
      "host (ipv4 filter ufw-user-input rule 1: -A ufw-user-input -p tcp -m tcp --dport 8080 -j DROP)",
    ],
    [
      "-p tcp -m limit --limit 3/min -j ACCEPT",
      "host to anyone (ipv4 nf_tables table filter, rule 1 of ufw-user-input: -A ufw-user-input -p tcp -m limit --limit 3/min -j ACCEPT)",
    ],
  ])("with %s", (rule, claim) => {
    expect(claimsOn(ufw(rule))[0]?.replace("ufw: ", "")).toBe(claim);
  });

  test("is nothing where it is switched off, though its chains are left", () => {
    const off = aHost().withChain("ufw-before-input").withRule("-A INPUT -j ufw-before-input");
    expect([claimsOn(off), exposureOn(off).managers]).toEqual([
      [],
      [{ name: "ufw", active: false }],
    ]);
  });

  test("is nothing on a host without it", () => {
    expect(firewallManagers(aHost().facts())).toEqual([]);
  });

  test("cannot be told where rules of nft stand in the same table", () => {
    const mixed = ufw().withNativeNft(nftTable([], { family: "ip", name: "filter" }));
    expect(claimsOn(mixed)).toEqual([
      "ufw: nobody to anyone (the filter table of iptables holds rules of nft, so that ufw's own cannot be told)",
    ]);
  });
});

describe("what firewalld claims", () => {
  const input = { hook: "input", priority: 10 } as const;
  const web = [
    { kind: "match", operator: "==", left: field("tcp", "dport"), right: 8080 } as const,
    accept,
  ];

  test("is what its table makes of INPUT", () => {
    const table = nftTable([[{ kind: "reject" }]], { name: "firewalld", base: input });
    expect(claimsOn(aHost().withNativeNft(table))).toEqual([
      "firewalld: nobody (nft inet firewalld base rule 1: reject)",
    ]);
  });

  test("is a service that it lets in", () => {
    const table = nftTable([web, [{ kind: "reject" }]], { name: "firewalld", base: input });
    const [claim] = claimsOn(aHost().withNativeNft(table));
    expect(claim).toBe("firewalld: anyone (nft inet firewalld base rule 1: tcp dport 8080 accept)");
  });

  test("is not what another table says", () => {
    const table = nftTable([[{ kind: "reject" }]], { name: "mine", base: input });
    expect(claimsOn(aHost().withNativeNft(table))).toEqual([]);
  });

  test("is unsure where its table holds what is not modelled, and without native rules", () => {
    const odd = [{ kind: "xt", extension: "match", name: "odd" } as const, accept];
    const table = nftTable([odd, [{ kind: "reject" }]], { name: "firewalld", base: input });
    const [claim = ""] = claimsOn(aHost().withNativeNft(table));
    expect(claim).toMatch(/^firewalld: nobody to anyone /);
    const perhaps = nftTable([odd], { name: "firewalld", base: { ...input, chainType: "nat" } });
    expect(claimsOn(aHost().withNativeNft(perhaps))).toEqual(["firewalld: anyone ()"]);
    const both = aHost()
      .withUnreadableNft("nft is missing")
      .withChain("IN_public")
      .withRule("-A INPUT -j IN_public")
      .withRule("-A IN_public -j DROP");
    expect(claimsOn(both)).toEqual([
      "firewalld: nobody (ipv4 filter IN_public rule 1: -A IN_public -j DROP)",
    ]);
  });

  test("is all of INPUT where it uses iptables", () => {
    const host = aHost()
      .withChain("IN_public")
      .withRule("-A INPUT -i lo -j ACCEPT")
      .withRule("-A INPUT -j IN_public")
      .withRule("-A INPUT -j REJECT --reject-with icmp-host-prohibited")
      .withRule("-A IN_public -p tcp -m tcp --dport 22 -j ACCEPT");
    expect(claimsOn(host)).toEqual([
      "firewalld: host (ipv4 filter INPUT rule 3: -A INPUT -j REJECT --reject-with icmp-host-prohibited)",
    ]);
  });
});
