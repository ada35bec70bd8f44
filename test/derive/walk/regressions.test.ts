import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type RegressionCase, replayed } from "../../lab/support/walk-vs-kernel/regression.ts";

const folder = join(import.meta.dirname, "regressions");
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));

describe("a packet on which the walk and the kernel once differed", () => {
  test.each(names)(
    "has the fate that the kernel gave it, or none that is certain: %s",
    async (name) => {
      const text = readFileSync(join(folder, name), "utf8");
      const kept: RegressionCase = JSON.parse(text);
      expect(["as the kernel", "unsure"]).toContain(await replayed(kept));
    },
  );
});
