import fc from "fast-check";
import { expect, test } from "vitest";
import { drawnWorlds } from "../../lab/support/path-vs-kernel/draw-world.ts";
import { worldFeatures } from "../../lab/support/path-vs-kernel/world-features.ts";
import { leastShare } from "../../lab/support/walk-vs-kernel/features.ts";

test("the worlds that are drawn for the kernel hold every feature of the list, and nothing beside it", () => {
  const count = 500;
  const worlds = fc.sample(drawnWorlds(5), { numRuns: count, seed: 20261123 });
  const drawn = worlds.flatMap((world) => world.features);
  const shares = new Map(worldFeatures.map((name) => [name, 0]));
  for (const name of drawn) shares.set(name, (shares.get(name) ?? 0) + 1 / count);
  expect([...shares.keys()].filter((name) => !worldFeatures.includes(name))).toEqual([]);
  expect([...shares].filter(([, share]) => share < leastShare)).toEqual([]);
});
