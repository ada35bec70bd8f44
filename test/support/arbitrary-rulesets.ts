import fc from "fast-check";
import type {
  Chain,
  IptablesRule,
  Match,
  Ruleset,
  Table,
  Target,
} from "../../src/model/netfilter.ts";
import { appBridge, prefix } from "./healthy-facts.ts";

const userChains = ["A", "B", "C"] as const;
const inverted = fc.boolean();

/** Matches that certainly hold for a packet or certainly do not: of addresses, links, ports and conntrack. */
export const certainMatch: fc.Arbitrary<Match> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("source" as const, "destination" as const),
    inverted,
    prefix: fc
      .constantFrom("172.20.0.0/16", "172.20.0.2/32", "1.1.1.1/32", "0.0.0.0/0")
      .map(prefix),
  }),
  fc.record({
    kind: fc.constantFrom("in-interface" as const, "out-interface" as const),
    inverted,
    name: fc.constantFrom("eth0", "eth+", appBridge, "docker0"),
  }),
  fc.record({
    kind: fc.constant("protocol" as const),
    inverted,
    protocol: fc.constantFrom("tcp", "udp", "all"),
  }),
  fc.record({
    kind: fc.constantFrom("source-port" as const, "destination-port" as const),
    inverted,
    module: fc.constant("tcp"),
    ports: fc.constantFrom(
      { from: 443, to: 443 },
      { from: 8080, to: 8080 },
      { from: 1, to: 60_000 },
    ),
  }),
  fc.record({
    kind: fc.constant("ct-state" as const),
    inverted,
    module: fc.constant("conntrack" as const),
    states: fc.constantFrom(["NEW" as const], ["RELATED" as const, "ESTABLISHED" as const]),
  }),
);

const unrecognised: Match = { kind: "unrecognised", text: "-m odd" };

const verdict = fc
  .constantFrom("ACCEPT" as const, "DROP" as const, "RETURN" as const)
  .map((name): Target => ({ kind: "verdict", verdict: name }));

const jump = fc.record({
  kind: fc.constantFrom("jump" as const, "goto" as const),
  chain: fc.constantFrom(...userChains),
});

/** Targets that only decide, of the filter table. */
const decision: fc.Arbitrary<Target> = fc.oneof(
  verdict,
  jump,
  fc.constant<Target>({ kind: "none" }),
  fc.constant<Target>({ kind: "reject" }),
);

const change: fc.Arbitrary<Target> = fc.oneof(
  fc.constant<Target>({ kind: "set-mark", value: 7, mask: 0xffffffff }),
  fc.constant<Target>({ kind: "notrack" }),
  fc.constant<Target>({ kind: "unrecognised", name: "ODD", text: "-j ODD" }),
  fc.constant<Target>({ kind: "verdict", verdict: "QUEUE" }),
  fc.record({ kind: fc.constant("jump" as const), chain: fc.constant("GONE") }),
  fc.constantFrom("172.20.0.2", "172.17.0.2", "192.0.2.10").map(
    (from): Target => ({
      kind: "dnat",
      range: { from, ports: { from: 80, to: 80 } },
      options: [],
    }),
  ),
  fc.constant<Target>({ kind: "snat", range: { from: "192.0.2.10" }, options: [] }),
  fc.constant<Target>({ kind: "masquerade", options: [] }),
  fc.constant<Target>({ kind: "redirect", ports: { from: 22, to: 22 }, options: [] }),
);

function rulesOf(
  match: fc.Arbitrary<Match>,
  target: fc.Arbitrary<Target>,
): fc.Arbitrary<readonly IptablesRule[]> {
  const rule = fc.record({ matches: fc.array(match, { maxLength: 2 }), target });
  return fc
    .array(rule, { maxLength: 5 })
    .map((rules) =>
      rules.map((own, index) => ({ ...own, chain: "X", text: `rule ${index}`, line: index + 1 })),
    );
}

function tableOf(
  name: Table["name"],
  so: {
    readonly builtins: readonly string[];
    readonly match: fc.Arbitrary<Match>;
    readonly target: fc.Arbitrary<Target>;
  },
): fc.Arbitrary<Table> {
  const rules = rulesOf(so.match, so.target);
  const builtin = (chain: string): fc.Arbitrary<Chain> =>
    fc.record({
      name: fc.constant(chain),
      policy: fc.constantFrom("ACCEPT" as const, "DROP" as const),
      rules,
    });
  const user = (chain: string): fc.Arbitrary<Chain> =>
    fc.record({ name: fc.constant(chain), rules });
  return fc
    .tuple(...so.builtins.map(builtin), ...userChains.map(user))
    .map((chains) => ({ name, chains }));
}

function rulesetOf(tables: readonly Table[]): Ruleset {
  const source = { kind: "command", argv: ["iptables-nft-save", "-c"] } as const;
  return { family: "ipv4", backend: "nf_tables", tables, source };
}

/** A filter table whose rules can all be told, with chains that may call each other in circles. */
export const certainRuleset: fc.Arbitrary<Ruleset> = tableOf("filter", {
  builtins: ["INPUT", "FORWARD"],
  match: certainMatch,
  target: decision,
}).map((table) => rulesetOf([table]));

/** Anything that a dump may hold: matches and targets that are not known, missing chains, translations. */
export const anyRuleset: fc.Arbitrary<Ruleset> = fc
  .tuple(
    ...(
      [
        ["raw", ["PREROUTING"]],
        ["mangle", ["PREROUTING", "FORWARD", "POSTROUTING"]],
        ["nat", ["PREROUTING", "POSTROUTING"]],
        ["filter", ["INPUT", "FORWARD"]],
      ] as const
    ).map(([name, builtins]) =>
      tableOf(name, {
        builtins,
        match: fc.oneof(
          { weight: 5, arbitrary: certainMatch },
          { weight: 1, arbitrary: fc.constant(unrecognised) },
        ),
        target: fc.oneof({ weight: 3, arbitrary: decision }, { weight: 1, arbitrary: change }),
      }),
    ),
  )
  .map(rulesetOf);

/** The same ruleset with one more rule somewhere, of which docknet cannot tell whether it matches. */
export function withUnsureRule(ruleset: Ruleset, at: number, target: Target): Ruleset {
  const places = ruleset.tables.flatMap(({ chains }, table) =>
    chains.flatMap(({ rules }, chain) =>
      Array.from({ length: rules.length + 1 }, (_, index) => ({ table, chain, index })),
    ),
  );
  const place = places[at % places.length];
  const rule: IptablesRule = {
    chain: "X",
    text: "unsure",
    line: 0,
    matches: [unrecognised],
    target,
  };
  return {
    ...ruleset,
    tables: ruleset.tables.map((table, t) => ({
      ...table,
      chains: table.chains.map((chain, c) =>
        t === place?.table && c === place.chain
          ? { ...chain, rules: chain.rules.toSpliced(place.index, 0, rule) }
          : chain,
      ),
    })),
  };
}

/** Every target that a rule may have. */
export const anyTarget: fc.Arbitrary<Target> = fc.oneof(decision, change);
