import fc from "fast-check";
import { expect, test } from "vitest";
import { drawnHosts } from "../../lab/support/walk-vs-kernel/draw-host.ts";
import { features, leastShare } from "../../lab/support/walk-vs-kernel/features.ts";

test("the routers that are drawn for the kernel hold every feature of the list, and nothing beside it", () => {
  const count = 500;
  const hosts = fc.sample(drawnHosts(40), { numRuns: count, seed: 20261123 });
  const drawn = hosts.flatMap((host) => host.features);
  const shares = new Map(features.map((name) => [name, 0]));
  for (const name of drawn) shares.set(name, (shares.get(name) ?? 0) + 1 / count);
  expect([...shares.keys()].filter((name) => !features.includes(name))).toEqual([]);
  expect([...shares].filter(([, share]) => share < leastShare)).toEqual([]);
});
