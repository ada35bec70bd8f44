import fc from "fast-check";
import { expect, test } from "vitest";
import { deadRules } from "../../src/derive/dead-rules/dead-rules.ts";
import { compileNetns } from "../../src/derive/walk/compile.ts";
import { walk } from "../../src/derive/walk/walk.ts";
import type { Attempt } from "../../src/model/intent.ts";
import type { Ruleset } from "../../src/model/netfilter.ts";
import { aHost } from "../support/a-host.ts";
import { anyRuleset, certainRuleset } from "../support/arbitrary-rulesets.ts";
import { answer, incoming, outgoing } from "../support/walked.ts";

const { rulesets: _rulesets, ...facts } = aHost().facts();

/** Packets around the addresses, links and ports that the rules ask for. */
const packets: fc.Arbitrary<Attempt> = fc
  .record({
    base: fc.constantFrom(outgoing, incoming, answer),
    source: fc.constantFrom("172.20.0.2", "172.20.0.3", "1.1.1.1", "198.51.100.7"),
    protocol: fc.constantFrom("tcp" as const, "udp" as const),
    destinationPort: fc.constantFrom(22, 80, 443, 8080, 61_000),
    ifname: fc.constantFrom("eth0", "docker0", "br-0123456789ab"),
  })
  .map(({ base, ifname, ...change }) => ({
    ...base,
    entry: { kind: "link", ifname },
    packet: { ...base.packet, ...change },
  }));

/** Chain and number of the rules that a walk met. */
function metBy(ruleset: Ruleset, attempt: Attempt): readonly string[] {
  const { steps } = walk(compileNetns({ ...facts, rulesets: [ruleset] }), attempt);
  return steps.flatMap(({ element }) =>
    element.kind === "rule" ? [`${element.table} ${element.chain} ${element.ruleNumber}`] : [],
  );
}

function deadIn(ruleset: Ruleset): readonly string[] {
  return deadRules([ruleset]).rules.map(
    ({ rule }) => `${rule.table} ${rule.chain} ${rule.ruleNumber}`,
  );
}

test.each([
  ["that can all be told", certainRuleset],
  ["of any kind", anyRuleset],
])("no packet ever meets a dead rule: rules %s", (_name, rulesets) => {
  let dead = 0;
  let met = 0;
  fc.assert(
    fc.property(rulesets, fc.array(packets, { minLength: 6, maxLength: 6 }), (ruleset, all) => {
      const never = deadIn(ruleset);
      dead += never.length;
      for (const attempt of all) {
        const seen = metBy(ruleset, attempt);
        met += seen.length;
        expect(seen.filter((rule) => never.includes(rule))).toEqual([]);
      }
    }),
    { numRuns: 400 },
  );
  // The property is worth nothing where nothing is dead, or nothing is met.
  expect(dead).toBeGreaterThan(100);
  expect(met).toBeGreaterThan(500);
});
