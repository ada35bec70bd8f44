import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Figure, type Measurement, median } from "./measurement.ts";
import { processCpu } from "./process-cost.ts";

const root = join(import.meta.dirname, "../..");
const cli = join(root, "src/cli.ts");
const recording = join(root, "test/recordings/lab-h1--healthy");
const times = 10;

/** What a person waits for before docknet does anything, from the sources as they are. */
export const startUp: Measurement = {
  id: "start-up",
  title: "start-up of the command line",
  limitedBy: "Node itself, then reading, stripping and compiling docknet's and zod's modules",
  where: "anywhere",
  async measure(): Promise<readonly Figure[]> {
    return [
      ...runs("node", "node -e 0, for comparison", ["-e", "0"]),
      ...runs("checks", "docknet checks", [cli, "checks"]),
      ...runs("doctor", "docknet doctor on a bundle of 7 containers", [
        cli,
        "doctor",
        "--bundle",
        recording,
      ]),
    ];
  },
};

function runs(key: string, title: string, argv: readonly string[]): readonly Figure[] {
  const before = processCpu("self").childrenMs;
  const walls = Array.from({ length: times }, () => {
    const since = performance.now();
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${argv.join(" ")} ended with ${status}: ${stderr}`);
    return performance.now() - since;
  });
  const cpu = (processCpu("self").childrenMs - before) / times;
  return [
    { key: `startUp.${key}.cpuMs`, title: `${title}: CPU time`, value: cpu, unit: "ms" },
    { key: `startUp.${key}.wallMs`, title: `${title}: elapsed`, value: median(walls), unit: "ms" },
  ];
}
