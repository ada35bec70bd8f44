import { intentsOf } from "../../src/derive/intents.ts";
import { type JudgedFacts, judge } from "../../src/derive/judged-intents.ts";
import { compileNetns } from "../../src/derive/walk/compile.ts";
import { walk } from "../../src/derive/walk/walk.ts";
import type { Intent } from "../../src/model/intent.ts";
import type { IptablesRule, Ruleset } from "../../src/model/netfilter.ts";
import { parseIptablesSave } from "../../src/parsers/iptables-save.ts";
import { type Figure, type Measurement, timed } from "./measurement.ts";
import { largeSnapshot } from "./replayed-host.ts";

const intentCount = 2_000;
const ruleCount = 10_000;

/** Docker's promises through the rules of a large host, most of them a list of blocked sources that each packet passes. */
export const walkPackets: Measurement = {
  id: "walk",
  title: `walk of ${intentCount} intents over ${ruleCount} rules`,
  limitedBy: "rules that no index can pass over, and one step of evidence per rule that matches",
  where: "anywhere",
  async measure(): Promise<readonly Figure[]> {
    const { facts } = await largeSnapshot({ containers: 400, networks: 20 });
    const few = facts;
    const many = withBlockedSources(facts, ruleCount);
    const intents = intentsOf(facts).slice(0, intentCount);
    const kept = judge(intents, many).filter(({ outcome }) => outcome.state === "kept").length;
    const one = await timed(() => judge(intents, many));
    const twice = await timed(() => judge(intents, withBlockedSources(facts, 2 * ruleCount)), 5);
    const short = await timed(() => judge(intents, few));
    const compiling = await timed(() => compileNetns(many));
    const packets = intents.reduce((sum, { attempts }) => sum + attempts.length, 0);
    const walking = await timed(() => walkAll(intents, many));
    const perPacket = ((walking.medianMs - compiling.medianMs) * 1_000) / packets;
    return [
      { key: "walk.intents", title: "intents", value: intents.length, unit: "count" },
      { key: "walk.kept", title: "of these kept", value: kept, unit: "count" },
      { key: "walk.rules", title: "rules", value: rulesOf(many), unit: "count" },
      { key: "walk.ms", title: "CPU time to judge them", value: one.medianMs, unit: "ms" },
      {
        key: "walk.firstMs",
        title: "the first time",
        value: one.firstMs,
        unit: "ms",
      },
      {
        key: "walk.compileMs",
        title: "of it making the rules ready",
        value: compiling.medianMs,
        unit: "ms",
      },
      { key: "walk.packetUs", title: "per packet", value: perPacket, unit: "us" },
      {
        key: "walk.packetsPerSecond",
        title: "packets per second",
        value: 1_000_000 / perPacket,
        unit: "1/s",
      },
      {
        key: "walk.growth",
        title: "time for twice the rules",
        value: twice.medianMs / one.medianMs,
        unit: "x",
      },
      {
        key: "walk.rulesOfDockerAlone",
        title: "without the blocked sources: rules",
        value: rulesOf(few),
        unit: "count",
      },
      {
        key: "walk.msOfDockerAlone",
        title: "without the blocked sources: CPU time",
        value: short.medianMs,
        unit: "ms",
      },
    ];
  },
};

/** Every attempt, also after one that keeps the promise. */
function walkAll(intents: readonly Intent[], facts: JudgedFacts): number {
  const netns = compileNetns(facts);
  let delivered = 0;
  for (const { attempts } of intents) {
    for (const attempt of attempts) {
      if (walk(netns, attempt).fate === "delivered") delivered += 1;
    }
  }
  return delivered;
}

function rulesOf(facts: JudgedFacts): number {
  return facts.rulesets
    .flatMap(({ tables }) => tables.flatMap(({ chains }) => chains))
    .reduce((sum, { rules }) => sum + rules.length, 0);
}

/** DOCKER-USER with as many rules more as the count asks for: what a blocklist of addresses and networks writes there. */
function withBlockedSources(facts: JudgedFacts, count: number): JudgedFacts {
  const missing = count - rulesOf(facts);
  const lines = Array.from({ length: missing }, (_, index) => {
    const prefix = `198.${18 + (index % 2)}.${(index >> 9) & 255}.${(index >> 1) & 255}`;
    return index % 10 === 0
      ? `-A DOCKER-USER -s 203.${(index >> 8) & 255}.${index & 255}.0/24 -i eth0 -j DROP`
      : `-A DOCKER-USER -s ${prefix}/32 -j DROP`;
  });
  const parsed = parseIptablesSave(
    ["*filter", ":DOCKER-USER - [0:0]", ...lines, "COMMIT", ""].join("\n"),
  );
  const added = parsed.ok ? (parsed.value.tables[0]?.chains[0]?.rules ?? []) : [];
  return { ...facts, rulesets: facts.rulesets.map((ruleset) => withRules(ruleset, added)) };
}

function withRules(ruleset: Ruleset, added: readonly IptablesRule[]): Ruleset {
  const tables = ruleset.tables.map((table) => ({
    ...table,
    chains: table.chains.map((chain) =>
      chain.name === "DOCKER-USER" && table.name === "filter"
        ? { ...chain, rules: [...added, ...chain.rules] }
        : chain,
    ),
  }));
  return { ...ruleset, tables };
}
