import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeBundle } from "../../src/host/bundle.ts";
import { scaledRecording } from "../../test/support/scaled-recording.ts";
import { runCourse } from "./agent/course.ts";
import { courseFigures } from "./agent/course-figures.ts";
import { packagedAgent } from "./agent/packaged-agent.ts";
import type { Figure, Measurement } from "./measurement.ts";

const scale = { containers: 100, networks: 10 };
const runs = Number(process.env["DOCKNET_BENCH_RUNS"] ?? 2_000);

/** An hour and more of the executable, on a recorded host: no command takes time, and the bundle is read anew in each run. */
export const agentLong: Measurement = {
  id: "agent-long",
  title: `the packaged agent over ${runs} runs on a replayed host with ${scale.containers} containers`,
  limitedBy: "reading the bundle, its JSON, and the collector of garbage",
  where: "lab",
  async measure(): Promise<readonly Figure[]> {
    const folder = mkdtempSync(join(tmpdir(), "docknet-bench-"));
    try {
      const bundle = join(folder, "bundle/");
      const origin = {
        tool: { name: "docknet", version: "bench" },
        createdAt: "2026-01-01T00:00:00.000Z",
        redactions: [],
      };
      const failure = await writeBundle(bundle, {
        origin,
        recording: await scaledRecording(scale),
      });
      if (failure !== undefined) throw new Error(failure.message);
      const executable = await packagedAgent(join(folder, "made"));
      const course = await runCourse({
        argv: [executable, "--bundle", bundle],
        warmUpRuns: 20,
        runs,
        every: 20,
        quietMs: 15_000,
      });
      return courseFigures("agentLong", course);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
