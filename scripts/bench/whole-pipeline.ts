import { readFence, whatMoved } from "../../src/collectors/fence.ts";
import { judgedIntents } from "../../src/derive/judged-intents.ts";
import { judgeSnapshot, runPipeline } from "../../src/engine/pipeline.ts";
import { takeSnapshot } from "../../src/engine/take-snapshot.ts";
import { jsonReport } from "../../src/render/json.ts";
import { type Figure, type Measurement, timed } from "./measurement.ts";
import { largeSnapshot, replayedHost, wholePlan } from "./replayed-host.ts";

const scale = { containers: 200, networks: 20 };

/** The run of doctor and agent on a replayed host: what is left when commands take no time. */
export const wholePipeline: Measurement = {
  id: "pipeline",
  title: `whole pipeline on a replayed host with ${scale.containers} containers`,
  limitedBy: "parsing the JSON of Docker and iproute2, and the walks of derive",
  where: "anywhere",
  async measure(): Promise<readonly Figure[]> {
    const host = await replayedHost(scale);
    const whole = await timed(() => runPipeline(host(), wholePlan), 15);
    const report = await runPipeline(host(), wholePlan);
    const { taken, facts } = await largeSnapshot(scale);
    const snapshot = await timed(() => takeSnapshot(host(), wholePlan), 15);
    const fence = await timed(async () => {
      const recorded = host();
      whatMoved(await readFence(recorded), { fences: [await readFence(recorded)] });
    }, 15);
    const derive = await timed(() => judgedIntents.compute(facts), 15);
    const judge = await timed(() => judgeSnapshot(taken, wholePlan), 15);
    const { status, counts } = report.summary;
    if (status !== "ok" || counts.unknown > 0) throw new Error("the scaled host is not healthy");
    return [
      {
        key: "pipeline.containers",
        title: "containers",
        value: report.readings.containersRunning ?? 0,
        unit: "count",
      },
      {
        key: "pipeline.intents",
        title: "promises judged, all kept",
        value: report.readings.intents.kept,
        unit: "count",
      },
      { key: "pipeline.ms", title: "CPU time of a run", value: whole.medianMs, unit: "ms" },
      { key: "pipeline.firstMs", title: "the first run", value: whole.firstMs, unit: "ms" },
      { key: "pipeline.shortestMs", title: "shortest run", value: whole.shortestMs, unit: "ms" },
      {
        key: "pipeline.parseMs",
        title: "of it observe and parse",
        value: snapshot.shortestMs - fence.shortestMs,
        unit: "ms",
      },
      {
        key: "pipeline.fenceMs",
        title: "of it the fence",
        value: fence.shortestMs,
        unit: "ms",
      },
      { key: "pipeline.deriveMs", title: "of it derive", value: derive.shortestMs, unit: "ms" },
      {
        key: "pipeline.checkMs",
        title: "of it checks and report",
        value: judge.shortestMs - derive.shortestMs,
        unit: "ms",
      },
      {
        key: "pipeline.reportKiB",
        title: "the report as JSON",
        value: jsonReport(report).length / 1_024,
        unit: "KiB",
      },
    ];
  },
};
