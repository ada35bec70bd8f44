import { describe, expect, test } from "vitest";
import type { NftStatement } from "../../../../src/model/nft-rule.ts";
import { aHost } from "../../../support/a-host.ts";
import { appBridge } from "../../../support/healthy-facts.ts";
import {
  accept,
  ct,
  drop,
  field,
  match,
  meta,
  nftTable,
  together,
} from "../../../support/nft-tables.ts";
import { answer, fateOn, incoming, outgoing, withPacket } from "../../../support/walked.ts";

const passes = "out of eth0, 192.0.2.10 → 1.1.1.1:443";
const limit: NftStatement = { kind: "limit", rate: 10 };
type Rules = Parameters<typeof nftTable>[0];
type More = Parameters<typeof nftTable>[1];

describe("translation by nft", () => {
  const nat = { chainType: "nat", hook: "prerouting", priority: -100 } as const;
  const bare = aHost().withEmptyChain("PREROUTING", { table: "nat" });

  function translatedBy(rules: Rules, more?: More): string {
    const host = bare.withPolicy("FORWARD", "ACCEPT");
    return fateOn(host.withNativeNft(nftTable(rules, { base: nat, ...more })), incoming);
  }

  test.each<readonly [string, NftStatement, string]>([
    [
      "to an address and port",
      { kind: "dnat", family: "ip", address: "172.20.0.2", port: 80 },
      `out of ${appBridge}, 198.51.100.7 → 172.20.0.2:80`,
    ],
    [
      "by a map",
      {
        kind: "dnat",
        family: "ip",
        address: {
          kind: "map",
          key: field("tcp", "dport"),
          data: { kind: "pairs", pairs: [{ key: 8080, value: together("172.20.0.2", 80) }] },
        },
      },
      `out of ${appBridge}, 198.51.100.7 → 172.20.0.2:80`,
    ],
    [
      "for another family, not at all",
      { kind: "dnat", family: "ip6", address: "::1" },
      "taken by docker-proxy, 198.51.100.7 → 192.0.2.10:8080",
    ],
    [
      "to the host itself",
      { kind: "redirect", port: 22 },
      "taken by sshd, 198.51.100.7 → 192.0.2.10:22",
    ],
    [
      "to another network, bit by bit",
      {
        kind: "dnat",
        family: "ip",
        typeFlags: ["prefix"],
        address: { kind: "prefix", address: "172.20.0.0", length: 28 },
      },
      "unsure",
    ],
    [
      "to one of several",
      {
        kind: "dnat",
        family: "ip",
        address: { kind: "range", from: "172.20.0.2", to: "172.20.0.9" },
      },
      "unsure: nft inet t base rule 1: dnat ip to 172.20.0.2-172.20.0.9",
    ],
  ])("goes %s", (_name, statement, expected) => {
    const to = translatedBy([[statement]]);
    if (expected !== "unsure") expect(to).toBe(expected);
    else expect(to).toContain("172.20.0.10:8080");
  });

  test("ends the chains of nat after it, whatever their priorities are beside other tables", () => {
    const dnat = (port: number): NftStatement => ({
      kind: "dnat",
      family: "ip",
      address: "172.20.0.2",
      port,
    });
    const host = bare.withNativeNft(
      nftTable([[dnat(81)]], { name: "late", base: { ...nat, priority: 50 } }),
      nftTable([[dnat(80)]], { name: "early", base: { ...nat, priority: -150 } }),
    );
    expect(fateOn(host, incoming)).toBe(`out of ${appBridge}, 198.51.100.7 → 172.20.0.2:80`);
  });

  test("is not asked again for the packets that follow", () => {
    const host = aHost().withNativeNft(nftTable([[drop]], { base: nat }));
    expect(fateOn(host, answer)).toBe(`out of ${appBridge}, 1.1.1.1 → 172.20.0.2:40000`);
  });
});

describe("a mark that nft sets", () => {
  const early = { hook: "prerouting", priority: -150 } as const;
  const set = (value: number): NftStatement => ({ kind: "mangle", key: meta("mark"), value });
  const later = nftTable([[match(meta("mark"), 5), drop]], { name: "later" });

  test("is seen by the chains after", () => {
    const host = aHost().withNativeNft(nftTable([[set(5)]], { base: early }), later);
    expect(fateOn(host, outgoing)).toBe(
      "dropped: nft inet later base rule 1: meta mark 0x00000005 drop",
    );
    const other = aHost().withNativeNft(nftTable([[set(6)]], { base: early }), later);
    expect(fateOn(other, outgoing)).toBe(passes);
  });

  test("is not known where the rule may not match, or the packet may have been accepted before", () => {
    const perhaps = aHost().withNativeNft(nftTable([[limit, set(5)]], { base: early }), later);
    expect(fateOn(perhaps, outgoing)).toMatch(/^unsure/);
    const before = aHost().withNativeNft(
      nftTable([[limit, accept], [set(5)]], { base: early }),
      later,
    );
    expect(fateOn(before, outgoing)).toMatch(/^unsure/);
  });

  test("counts for a rule that asks for it", () => {
    expect(fateOn(aHost().withNativeNft(later), withPacket(outgoing, {}))).toBe(passes);
  });
});

describe("a mark of a connection that nft sets", () => {
  const early = { hook: "prerouting", priority: -150 } as const;
  const save: NftStatement = { kind: "mangle", key: ct("mark"), value: 7 };
  const restore: NftStatement = { kind: "mangle", key: meta("mark"), value: ct("mark") };

  test("is seen by the chains after, and gives the packet its mark", () => {
    const fate = (mark: number): string =>
      fateOn(
        aHost().withNativeNft(
          nftTable([[save], [restore]], { base: early }),
          nftTable([[match(meta("mark"), mark), drop]], { name: "later" }),
        ),
        outgoing,
      );
    expect(fate(7)).toMatch(/^dropped/);
    expect(fate(0)).toBe(passes);
  });

  test("is not there for a packet that conntrack does not see", () => {
    const raw = { hook: "prerouting", priority: -300 } as const;
    const host = aHost().withNativeNft(
      nftTable([[{ kind: "notrack" }]], { base: raw }),
      nftTable([[match(ct("mark"), 1, "!="), drop]], { name: "later" }),
      nftTable([[match(ct("state"), "untracked", "in"), drop]], { name: "state" }),
    );
    expect(fateOn(host, outgoing)).toMatch(/^dropped: nft inet state/);
  });
});
