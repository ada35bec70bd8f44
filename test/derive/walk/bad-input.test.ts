import { describe, expect, test } from "vitest";
import { elementText } from "../../../src/derive/evidence.ts";
import { compileNetns } from "../../../src/derive/walk/compile.ts";
import type { NetnsFacts } from "../../../src/derive/walk/netns-facts.ts";
import { walk } from "../../../src/derive/walk/walk.ts";
import type { Attempt } from "../../../src/model/intent.ts";
import { parseIptablesSave } from "../../../src/parsers/iptables-save.ts";
import { parseNftRuleset } from "../../../src/parsers/nft-ruleset.ts";
import { aHost } from "../../support/a-host.ts";
import { outgoing } from "../../support/walked.ts";

/** Far more than any of these takes, and far less than what grows beyond all bounds. */
const limitMs = 5_000;

/** A host whose table filter is this text. */
function filtering(chains: readonly string[], rules: readonly string[]): NetnsFacts {
  const lines = [":FORWARD ACCEPT [0:0]", ":INPUT ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]"];
  const own = chains.map((name) => `:${name} - [0:0]`);
  const parsed = parseIptablesSave(["*filter", ...lines, ...own, ...rules, "COMMIT\n"].join("\n"));
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const facts = aHost().facts();
  const rulesets = facts.rulesets.map((ruleset) =>
    ruleset.family === "ipv6"
      ? ruleset
      : {
          ...ruleset,
          tables: [
            ...ruleset.tables.filter(({ name }) => name !== "filter"),
            ...parsed.value.tables,
          ],
        },
  );
  return { ...facts, rulesets };
}

/** What the walk says, and that it says so in time. */
function said(facts: NetnsFacts, attempt: Attempt = outgoing): string {
  const since = performance.now();
  const result = walk(compileNetns(facts), attempt);
  expect(performance.now() - since).toBeLessThan(limitMs);
  return result.fate === "delivered"
    ? result.fate
    : `${result.fate}: ${elementText(result.element)}`;
}

const names = (count: number) => Array.from({ length: count }, (_, at) => `C${at}`);

describe("rulesets that no kernel would take", () => {
  test("with chains that call each other in a circle", () => {
    const rules = ["-A FORWARD -j C0", "-A C0 -j C1", "-A C1 -j C0", "-A C1 -j C0", "-A C0 -j C1"];
    expect(said(filtering(names(2), rules))).toBe("unsure: chain C0 calls itself");
  });

  test("with thirty chains each of which calls all", () => {
    const all = names(30);
    const rules = all.flatMap((one) => all.map((other) => `-A ${one} -j ${other}`));
    expect(said(filtering(all, ["-A FORWARD -j C0", ...rules]))).toMatch(
      /^unsure: chain C\d+ calls itself$/,
    );
  });

  test("with a chain that is not there", () => {
    expect(said(filtering([], ["-A FORWARD -j GONE"]))).toMatch(/^unsure: .* -j GONE$/);
  });

  test("with a circle that the packet does not come to, or behind which it is dropped", () => {
    const circle = ["-A C0 -j C1", "-A C1 -j C0"];
    expect(said(filtering(names(2), ["-A FORWARD -p udp -j C0", ...circle]))).toBe("delivered");
    expect(said(filtering(names(2), ["-A FORWARD -j DROP", "-A FORWARD -j C0", ...circle]))).toBe(
      "dropped: ipv4 filter FORWARD rule 1: -A FORWARD -j DROP",
    );
  });

  test("of nftables with the same faults", () => {
    const entry = (json: object) => json;
    const nftables = [
      entry({ metainfo: { version: "1.0.6", json_schema_version: 1 } }),
      entry({ table: { family: "inet", name: "t", handle: 1 } }),
      entry({
        chain: {
          family: "inet",
          table: "t",
          name: "f",
          type: "filter",
          hook: "forward",
          prio: 0,
          policy: "accept",
        },
      }),
      ...names(12).map((name) => entry({ chain: { family: "inet", table: "t", name } })),
      entry({
        rule: { family: "inet", table: "t", chain: "f", expr: [{ jump: { target: "C0" } }] },
      }),
      ...names(12).flatMap((one) =>
        names(12).map((other) =>
          entry({
            rule: { family: "inet", table: "t", chain: one, expr: [{ jump: { target: other } }] },
          }),
        ),
      ),
    ];
    const parsed = parseNftRuleset(JSON.stringify({ nftables }));
    if (!parsed.ok) throw new Error(parsed.failure.message);
    const nativeNft = {
      state: "read",
      tables: parsed.value.tables,
      incompatible: { state: "read", chains: [] },
      unrecognised: [],
    } as const;
    expect(said({ ...aHost().facts(), nativeNft })).toMatch(
      /^unsure: chain C\d+ is called by itself/,
    );
  });
});

describe("rulesets that are only large", () => {
  test("with 100,000 rules, the last of which decides", () => {
    const many = Array.from(
      { length: 100_000 },
      (_, at) =>
        `-A FORWARD -s 203.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}/32 -j ACCEPT`,
    );
    const facts = filtering([], [...many, "-A FORWARD -j DROP"]);
    expect(said(facts)).toBe("dropped: ipv4 filter FORWARD rule 100001: -A FORWARD -j DROP");
  });

  test("with chains that lead to each other by two ways each, forty times over", () => {
    const chains = names(41);
    const twice = chains
      .slice(0, -1)
      .flatMap((name, at) => [`-A ${name} -j C${at + 1}`, `-A ${name} -j C${at + 1}`]);
    const end = "-A C40 -p tcp -m tcp --dport 443 -j RETURN";
    expect(said(filtering(chains, ["-A FORWARD -j C0", ...twice, end]))).toBe("delivered");
  });

  test("with five thousand chains one below the other", () => {
    const chains = names(5_000);
    const down = chains.slice(0, -1).map((name, at) => `-A ${name} -j C${at + 1}`);
    expect(said(filtering(chains, ["-A FORWARD -j C0", ...down]))).toMatch(
      /^unsure: chain C\d+ is called more than \d+ deep$/,
    );
  });
});

test.each([
  "-m unheard --of it -j DROP",
  "-m string --string x --algo bm -j DROP",
  "-j UNHEARD --of it",
  "-m bpf --bytecode nonsense -j REJECT",
])("a rule with what nobody knows leaves the packet unsure and is named: %s", (rule) => {
  expect(said(filtering([], [`-A FORWARD ${rule}`]))).toMatch(/^unsure: .*FORWARD/);
});

describe("facts that are missing", () => {
  const facts = aHost().facts();
  test.each([
    ["settings of links", { linkSettings: [] }],
    ["nftables", { nativeNft: { state: "unreadable", reason: "not permitted" } }],
    [
      "all three",
      { sysctls: {}, linkSettings: [], nativeNft: { state: "unreadable", reason: "x" } },
    ],
  ] as const)("leave a packet unsure, and a certain drop certain: %s", (_name, missing) => {
    const blind: NetnsFacts = { ...facts, ...missing };
    expect(said(blind)).toMatch(/^unsure: /);
    const dropping = filtering([], ["-A FORWARD -j DROP"]);
    expect(said({ ...dropping, ...missing })).toMatch(/^dropped: .*FORWARD rule 1/);
  });

  test("with no links, no routes and no rules at all there is an answer", () => {
    const none = { ...facts, links: [], routes: [], routingRules: [], rulesets: [] };
    expect(said(none)).toMatch(/^dropped: link .* is missing$/);
  });
});
