import fc from "fast-check";
import { drawnBridges } from "./draw-bridges.ts";
import { drawnMacvlans } from "./draw-macvlans.ts";
import { drawnTunnels } from "./draw-tunnels.ts";
import type { DrawnWorld } from "./drawn-world.ts";

/** Worlds of every kind: bridges, links of one parent, tunnels. */
export function drawnWorlds(probes: number): fc.Arbitrary<DrawnWorld> {
  return fc.oneof(
    { weight: 3, arbitrary: drawnBridges(probes) },
    { weight: 2, arbitrary: drawnMacvlans(probes) },
    { weight: 2, arbitrary: drawnTunnels(probes) },
  );
}
