import { features as allFeatures } from "./features.ts";
import type { HostRun, Pair } from "./run-host.ts";

/** What a run was made of, so that it cannot be lopsided unseen. */
export interface Tally {
  readonly pairs: number;
  readonly hosts: number;
  readonly delivered: number;
  readonly stopped: number;
  readonly translated: number;
  readonly afterThird: number;
  readonly ipv6: number;
  readonly unsure: number;
  /** Why walks were unsure on hosts where everything can be told, the most frequent first. */
  readonly doubts: readonly (readonly [text: string, pairs: number])[];
  /** Pairs and unsure ones of hosts without anything that cannot be told by its nature. */
  readonly tellable: { readonly pairs: number; readonly unsure: number };
  /** Hosts by feature, with their pairs and the unsure ones. */
  readonly features: ReadonlyMap<string, FeatureTally>;
}

interface FeatureTally {
  hosts: number;
  pairs: number;
  unsure: number;
}

/** Features of hosts where the walk must not be sure of every packet: chance, and an order that nobody can see. */
const untellable: readonly string[] = ["unsure by nature", "iptables of both backends"];

export function tallyOf(runs: readonly HostRun[]): Tally {
  const pairs = runs.flatMap((run) => run.pairs);
  const count = (holds: (pair: Pair) => boolean) => pairs.filter(holds).length;
  const isUnsure = (pair: Pair) => pair.doubt !== undefined;
  const plain = runs
    .filter(({ host }) => !host.features.some((feature) => untellable.includes(feature)))
    .flatMap((run) => run.pairs);
  const features = new Map(
    allFeatures.map((name): [string, FeatureTally] => [name, { hosts: 0, pairs: 0, unsure: 0 }]),
  );
  for (const { host, pairs: own } of runs) {
    for (const feature of host.features) {
      const tally = features.get(feature) ?? { hosts: 0, pairs: 0, unsure: 0 };
      tally.hosts += 1;
      tally.pairs += own.length;
      tally.unsure += own.filter(isUnsure).length;
      features.set(feature, tally);
    }
  }
  return {
    pairs: pairs.length,
    hosts: runs.length,
    delivered: count(({ fate }) => fate.kind === "forwarded" || fate.kind === "local"),
    stopped: count(({ fate }) => fate.kind === "silent" || fate.kind === "rejected"),
    translated: count(isTranslated),
    afterThird: count(({ result }) => rulesMet(result.steps) >= 3),
    ipv6: count(({ sent }) => sent.probe.packet.family === "ipv6"),
    unsure: count(isUnsure),
    doubts: doubtsOf(plain),
    tellable: { pairs: plain.length, unsure: plain.filter(isUnsure).length },
    features,
  };
}

function doubtsOf(pairs: readonly Pair[]): Tally["doubts"] {
  const texts = pairs.flatMap(({ doubt }) =>
    doubt === undefined ? [] : ["text" in doubt ? doubt.text : JSON.stringify(doubt)],
  );
  const counted = [...Map.groupBy(texts, (text) => text)];
  return counted
    .map(([text, all]): readonly [string, number] => [text, all.length])
    .sort((a, b) => b[1] - a[1]);
}

function rulesMet(steps: Pair["result"]["steps"]): number {
  return steps.filter(({ element }) => ["rule", "policy", "nft-rule"].includes(element.kind))
    .length;
}

/** It left as another packet than it came. */
function isTranslated({ sent, fate }: Pair): boolean {
  const came = sent.probe.packet;
  const { packet } = fate;
  if (packet === undefined) return false;
  return (
    packet.source !== came.source ||
    packet.destination !== came.destination ||
    packet.destinationPort !== came.destinationPort
  );
}

/** The tally in words, the features by their share. */
export function tallyText(tally: Tally, seconds: number): string {
  const percent = (part: number, whole: number) =>
    `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
  const { pairs, hosts, tellable } = tally;
  return [
    `${pairs} pairs on ${hosts} hosts in ${seconds.toFixed(0)} s`,
    `  delivered ${percent(tally.delivered, pairs)}, dropped or rejected ${percent(tally.stopped, pairs)}, translated ${percent(tally.translated, pairs)}`,
    `  three rules met or more ${percent(tally.afterThird, pairs)}, IPv6 ${percent(tally.ipv6, pairs)}`,
    `  unsure ${percent(tally.unsure, pairs)}; where everything can be told ${percent(tellable.unsure, tellable.pairs)} of ${tellable.pairs}`,
    ...tally.doubts.slice(0, 10).map(([text, count]) => `    ${count} × ${text.slice(0, 160)}`),
    "  share of hosts, and of unsure pairs, by feature:",
    ...[...tally.features]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, own]) =>
          `    ${percent(own.hosts, hosts).padStart(7)} ${percent(own.unsure, own.pairs).padStart(7)}  ${name}`,
      ),
  ].join("\n");
}
