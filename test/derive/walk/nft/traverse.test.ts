import { describe, expect, test } from "vitest";
import type { NftStatement } from "../../../../src/model/nft-rule.ts";
import { aHost } from "../../../support/a-host.ts";
import { appBridge } from "../../../support/healthy-facts.ts";
import {
  accept,
  back,
  drop,
  field,
  jump,
  match,
  meta,
  nftMap,
  nftTable,
  vmap,
} from "../../../support/nft-tables.ts";
import { fateOn, outgoing, walkOn } from "../../../support/walked.ts";

const passes = "out of eth0, 192.0.2.10 → 1.1.1.1:443";
const dropped = "dropped: nft inet t base: policy drop";
const limit: NftStatement = { kind: "limit", rate: 10 };
const dropping = { policy: "drop" } as const;
type Rules = Parameters<typeof nftTable>[0];
type More = Parameters<typeof nftTable>[1];

function fate(rules: Rules, more?: More): string {
  return fateOn(aHost().withNativeNft(nftTable(rules, more)), outgoing);
}

describe("a chain of nft", () => {
  test.each<readonly [string, Rules, More, string]>([
    ["accepts what no rule is for", [], {}, passes],
    ["does as its policy says", [], { base: dropping }, dropped],
    ["ends with the first verdict", [[accept], [drop]], { base: dropping }, passes],
    [
      "names the rule",
      [[accept, drop], [drop]].slice(1),
      {},
      "dropped: nft inet t base rule 1: drop",
    ],
    ["rejects", [[{ kind: "reject" }]], {}, "rejected: nft inet t base rule 1: reject"],
    [
      "goes on after a counter",
      [[{ kind: "counter" }, { kind: "log" }]],
      { base: dropping },
      dropped,
    ],
    ["does as its policy says on return", [[back], [accept]], { base: dropping }, dropped],
    [
      "comes back from a chain",
      [[jump("c")], [accept]],
      { base: dropping, called: { c: [] } },
      passes,
    ],
    [
      "comes back on return",
      [[jump("c")], [accept]],
      { base: dropping, called: { c: [[back], [drop]] } },
      passes,
    ],
    [
      "does not come back from goto",
      [[{ kind: "goto", chain: "c" }], [accept]],
      { base: dropping, called: { c: [] } },
      dropped,
    ],
    ["ends in a chain", [[jump("c")]], { base: dropping, called: { c: [[accept]] } }, passes],
    [
      "is unsure of a chain that is not there",
      [[jump("c")]],
      {},
      "unsure: chain c is not in the ruleset",
    ],
    [
      "is unsure of a chain that calls itself",
      [[jump("c")]],
      { called: { c: [[jump("c")]] } },
      "unsure: chain c is called by itself, too deep or too often",
    ],
    [
      "is unsure of a limit before a verdict",
      [[limit, drop]],
      {},
      "unsure: nft inet t base rule 1: limit rate 10/second drop",
    ],
    [
      "is sure where a limit does not matter",
      [
        [limit, accept],
        [limit, { kind: "log" }],
      ],
      {},
      passes,
    ],
    ["is sure where both ways drop", [[limit, drop]], { base: dropping }, dropped],
    [
      "is unsure of what xtables put there",
      [[{ kind: "xt", extension: "match", name: "string" }, drop]],
      {},
      "unsure: nft inet t base rule 1: xt match string drop",
    ],
    [
      "is unsure of what it does not know",
      [[{ kind: "unrecognised", text: "{}" }]],
      {},
      "unsure: nft inet t base rule 1: {}",
    ],
    ["hangs on nothing while its table is dormant", [[drop]], { flags: ["dormant"] }, passes],
    ["of another family sees nothing", [[drop]], { family: "ip6" }, passes],
  ])("%s", (...[, rules, more, expected]) => {
    expect(fate(rules, more)).toBe(expected);
  });

  test("of another table is asked although one accepts", () => {
    const host = aHost().withNativeNft(
      nftTable([[accept]], { name: "a" }),
      nftTable([[drop]], { name: "b", base: { priority: 10 } }),
    );
    expect(fateOn(host, outgoing)).toBe("dropped: nft inet b base rule 1: drop");
  });

  test("stands among the tables of iptables by its priority", () => {
    const seen = (priority: number): string =>
      fateOn(
        aHost()
          .withNativeNft(nftTable([[drop]], { base: { priority } }))
          .withEmptyChain("FORWARD"),
        outgoing,
      );
    expect(seen(-1)).toBe("dropped: nft inet t base rule 1: drop");
    expect(seen(1)).toBe("dropped: ipv4 filter FORWARD policy DROP");
  });

  test("shows each rule that was met with its handle and its counters", () => {
    const base = { chainType: "filter", hook: "forward", priority: 0 } as const;
    const statements = [{ kind: "counter", packets: 3, bytes: 180 } as const, drop];
    const chain = { name: "c", base, rules: [{ handle: 7, comment: "no", statements }] };
    const result = walkOn(aHost().withNativeNft({ ...nftTable([]), chains: [chain] }), outgoing);
    expect(result.steps.at(-1)).toEqual({
      at: "nft inet t c",
      element: {
        kind: "nft-rule",
        nftFamily: "inet",
        table: "t",
        chain: "c",
        handle: 7,
        position: 1,
        text: 'counter drop comment "no"',
        counters: { packets: 3, bytes: 180 },
      },
      verdict: "drop",
    });
  });
});

describe("a verdict map", () => {
  const called = { c: [[drop]] };

  test.each<readonly [string, NftStatement, string]>([
    [
      "jumps",
      vmap(meta("iifname"), [[appBridge, { kind: "jump", chain: "c" }]]),
      "dropped: nft inet t c rule 1: drop",
    ],
    ["passes over what it does not hold", vmap(meta("iifname"), [["docker0", drop]]), passes],
    [
      "takes the element for all others",
      vmap(meta("iifname"), [
        ["docker0", accept],
        [{ kind: "any" }, drop],
      ]),
      `dropped: nft inet t base rule 1: iifname vmap { "docker0" : accept, * : drop }`,
    ],
    [
      "asks a named map",
      vmap(field("ip", "daddr"), "verdicts"),
      "dropped: nft inet t base rule 1: ip daddr vmap @verdicts",
    ],
    [
      "is unsure by chance",
      vmap({ kind: "numgen", mode: "inc", modulus: 2 }, [
        [0, accept],
        [1, drop],
      ]),
      "unsure: nft inet t base rule 1: numgen inc mod 2 vmap { 0 : accept, 1 : drop }",
    ],
  ])("%s", (_name, statement, expected) => {
    const maps = [nftMap("verdicts", ["1.1.1.1", drop])];
    expect(fate([[statement]], { called, maps })).toBe(expected);
  });
});

describe("a set that rules change", () => {
  test("is unsure for the packets that ask it", () => {
    const add: NftStatement = {
      kind: "set",
      operation: "add",
      element: field("ip", "saddr"),
      set: "@seen",
    };
    const asked = match(field("ip", "saddr"), { kind: "set-reference", name: "seen" });
    const sets = [{ name: "seen", keyTypes: ["ipv4_addr"] }];
    expect(fate([[add], [asked, drop]], { sets })).toMatch(
      /^unsure: .* rule 2: ip saddr @seen drop$/,
    );
    expect(fate([[add, drop]], { sets })).toMatch(/^dropped/);
  });
});
