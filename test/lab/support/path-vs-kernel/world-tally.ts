import type { DrawnWorld } from "./drawn-world.ts";
import type { WorldPair } from "./run-world.ts";

export interface WorldRun {
  readonly world: DrawnWorld;
  readonly pairs: readonly WorldPair[];
}

/** Worlds where docknet must not be sure of every packet. */
const untellable: readonly string[] = ["unsure by nature", "macvlan vepa"];

export interface WorldTally {
  readonly worlds: number;
  readonly pairs: number;
  readonly delivered: number;
  readonly stopped: number;
  readonly ipv6: number;
  readonly tellable: { readonly pairs: number; readonly unsure: number };
  /** Share of the worlds by feature. */
  readonly shares: ReadonlyMap<string, number>;
  readonly doubts: readonly (readonly [text: string, pairs: number])[];
}

export function worldTallyOf(runs: readonly WorldRun[], features: readonly string[]): WorldTally {
  const pairs = runs.flatMap((run) => run.pairs);
  const plain = runs
    .filter(({ world }) => !world.features.some((feature) => untellable.includes(feature)))
    .flatMap((run) => run.pairs);
  const unsure = plain.flatMap(({ doubt }) => doubt ?? []);
  const texts = unsure.map((doubt) => ("text" in doubt ? doubt.text : JSON.stringify(doubt)));
  const held = new Map(features.map((name) => [name, 0]));
  for (const { world } of runs)
    for (const name of world.features) held.set(name, (held.get(name) ?? 0) + 1 / runs.length);
  const arrived = ({ received }: WorldPair) => received.answered || received.by.length > 0;
  return {
    worlds: runs.length,
    pairs: pairs.length,
    delivered: pairs.filter(arrived).length,
    stopped: pairs.filter((pair) => !arrived(pair)).length,
    ipv6: pairs.filter(({ probe }) => probe.destination.includes(":")).length,
    tellable: { pairs: plain.length, unsure: unsure.length },
    shares: held,
    doubts: [...Map.groupBy(texts, (text) => text)]
      .map(([text, all]): readonly [string, number] => [text, all.length])
      .sort((a, b) => b[1] - a[1]),
  };
}

export function worldTallyText(tally: WorldTally, seconds: number): string {
  const percent = (part: number, whole: number) =>
    `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
  const { pairs, worlds, tellable } = tally;
  return [
    `${pairs} pairs in ${worlds} worlds of several namespaces in ${seconds.toFixed(0)} s`,
    `  delivered ${percent(tally.delivered, pairs)}, stopped ${percent(tally.stopped, pairs)}, IPv6 ${percent(tally.ipv6, pairs)}`,
    `  unsure where everything can be told ${percent(tellable.unsure, tellable.pairs)} of ${tellable.pairs}`,
    ...tally.doubts.slice(0, 10).map(([text, count]) => `    ${count} × ${text.slice(0, 160)}`),
    "  share of the worlds, by feature:",
    ...[...tally.shares]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, share]) => `    ${percent(share, 1).padStart(7)}  ${name}`),
  ].join("\n");
}

/** What a run must be made of. */
export function lopsidedWorlds(tally: WorldTally, leastShare: number): readonly string[] {
  const { pairs } = tally;
  const least: readonly (readonly [name: string, part: number, least: number])[] = [
    ["delivered", tally.delivered / pairs, 1 / 5],
    ["stopped", tally.stopped / pairs, 1 / 5],
    ["IPv6", tally.ipv6 / pairs, 1 / 5],
    ...[...tally.shares].map(([name, share]) => [name, share, leastShare] as const),
  ];
  return least
    .filter(([, part, share]) => part < share)
    .map(([name, part, share]) => `${name}: ${part.toFixed(3)} < ${share.toFixed(3)}`);
}
