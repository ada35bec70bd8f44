import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgedWorld, type SeenWorld } from "../../lab/support/path-vs-kernel/run-world.ts";

const folder = join(import.meta.dirname, "regressions");
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));

test.each(names)(
  "a path on which docknet and the kernel once differed is as the kernel had it, or unsure: %s",
  async (name) => {
    const kept: SeenWorld = JSON.parse(readFileSync(join(folder, name), "utf8"));
    const pairs = await judgedWorld(kept);
    expect(pairs.flatMap(({ wrong }) => wrong ?? [])).toEqual([]);
  },
);
