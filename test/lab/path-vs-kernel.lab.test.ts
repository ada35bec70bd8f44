import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { describeLab } from "./support/describe-lab.ts";
import { drawnWorlds } from "./support/path-vs-kernel/draw-world.ts";
import type { DrawnWorld, WorldProbe } from "./support/path-vs-kernel/drawn-world.ts";
import { judgedWorld, seenWorld } from "./support/path-vs-kernel/run-world.ts";
import { shrunkWorld } from "./support/path-vs-kernel/shrink-world.ts";
import { worldFeatures } from "./support/path-vs-kernel/world-features.ts";
import {
  lopsidedWorlds,
  type WorldRun,
  worldTallyOf,
  worldTallyText,
} from "./support/path-vs-kernel/world-tally.ts";
import { leastShare } from "./support/walk-vs-kernel/features.ts";

const worldCount = Number(process.env["DOCKNET_WORLDS"] ?? 100);
const given = process.env["DOCKNET_SEED"] ?? "20261123";
const seed = given === "random" ? Date.now() % 2 ** 31 : Number(given);
const probesPerWorld = 40;
// Most of the time is waiting for neighbours that do not answer.
const atOnce = 6;
const regressions = join(import.meta.dirname, "../derive/path/regressions");

describeLab(`the path between namespaces beside the kernel (seed ${seed})`, () => {
  test(
    "leads no packet for certain where the kernel does not",
    async () => {
      const start = performance.now();
      const runs = await runsOf(worldCount);
      const tally = worldTallyOf(runs, worldFeatures);
      const seconds = (performance.now() - start) / 1_000;
      process.stdout.write(`${worldTallyText(tally, seconds)}\n`);
      const wrong = runs.flatMap(({ world, pairs }) =>
        pairs.flatMap((pair) => (pair.wrong === undefined ? [] : [{ world, pair }])),
      );
      const [first] = wrong;
      if (first !== undefined) await save(first.world, first.pair.probe);
      const texts = wrong.map(({ pair }) => `${JSON.stringify(pair.probe)}\n${pair.wrong}`);
      expect(texts).toEqual([]);
      expect(lopsidedWorlds(tally, leastShare)).toEqual([]);
      expect([...tally.shares.keys()].filter((name) => !worldFeatures.includes(name))).toEqual([]);
      expect(tally.tellable.unsure / tally.tellable.pairs).toBeLessThan(0.02);
    },
    Math.max(300_000, worldCount * 4_000),
  );
});

async function runsOf(count: number): Promise<readonly WorldRun[]> {
  const worlds = fc.sample(drawnWorlds(probesPerWorld), { numRuns: count, seed });
  const runs: WorldRun[] = [];
  const worker = async (): Promise<void> => {
    for (let world = worlds.shift(); world !== undefined; world = worlds.shift())
      runs.push(await runOf(world));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return runs;
}

async function runOf(world: DrawnWorld): Promise<WorldRun> {
  return { world, pairs: await judgedWorld(await seenWorld(world)) };
}

/** Makes the world of a failing probe small and keeps what docknet read of it, to be replayed without a kernel. */
async function save(world: DrawnWorld, probe: WorldProbe): Promise<void> {
  const small = await shrunkWorld(world, probe, {
    // A line that is left out may leave another without sense: such a world is none.
    stillFails: (candidate) =>
      runOf(candidate).then(
        ({ pairs }) => pairs.some(({ wrong }) => wrong !== undefined),
        () => false,
      ),
    tries: 60,
  });
  mkdirSync(regressions, { recursive: true });
  const path = join(regressions, `world-of-seed-${seed}.json`);
  writeFileSync(path, `${JSON.stringify(await seenWorld(small), undefined, 2)}\n`);
  process.stdout.write(`the smallest world that shows it: ${path}\n`);
}
