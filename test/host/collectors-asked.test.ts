import { join } from "node:path";
import { expect, test } from "vitest";
import { collectors } from "../../src/collectors/index.ts";
import { takeSnapshot } from "../../src/engine/take-snapshot.ts";
import { isAllowed } from "../../src/host/allowed.ts";
import { readBundle } from "../../src/host/bundle.ts";
import { recordingHost } from "../../src/host/recording.ts";
import { replayHost } from "../../src/host/replay.ts";

const recordings = join(import.meta.dirname, "../recordings");
const clock = { now: () => "2026-11-02T10:00:00.000Z", elapsedMs: () => 0 };

test.each([
  "02-single-host-drivers-h1--healthy",
  "04-swarm-services-h1--healthy-but-no-ipvs",
  "15-trixie-26.1-legacy-tl--healthy",
])("every question that the collectors ask of %s is on the closed list", async (name) => {
  const read = await readBundle(join(recordings, name));
  const recorder = recordingHost(replayHost(read.ok ? read.bundle.recording : []));
  await takeSnapshot(recorder.host, { collectors, clock });
  const asked = recorder.recording().map(({ query }) => query);
  expect(asked.length).toBeGreaterThan(20);
  expect(asked.filter((query) => !isAllowed(query))).toEqual([]);
});
