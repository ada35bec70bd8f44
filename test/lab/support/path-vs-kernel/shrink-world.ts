import type { DrawnWorld, WorldProbe } from "./drawn-world.ts";

/** A smaller world that still fails, with the one probe that showed it: lines of its setup go one by one, the last first. */
export async function shrunkWorld(
  world: DrawnWorld,
  failing: WorldProbe,
  {
    stillFails,
    tries,
  }: { stillFails(world: DrawnWorld): Promise<boolean>; readonly tries: number },
): Promise<DrawnWorld> {
  let smallest: DrawnWorld = { ...world, probes: [failing] };
  if (!(await stillFails(smallest))) return world;
  let left = tries;
  for (let at = smallest.setup.length - 1; at >= 0 && left > 0; at -= 1) {
    left -= 1;
    const candidate = { ...smallest, setup: smallest.setup.filter((_, index) => index !== at) };
    if (await stillFails(candidate)) smallest = candidate;
  }
  return smallest;
}
