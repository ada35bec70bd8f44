import { expect, test } from "vitest";
import { checks } from "../../src/checks/index.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { collectors } from "../../src/collectors/index.ts";
import type { DerivedMemory } from "../../src/engine/evaluate.ts";
import { runPipeline } from "../../src/engine/pipeline.ts";
import type { HostPort } from "../../src/host/port.ts";
import { hostMemory, rememberingHost } from "../../src/host/reusing/remembering.ts";
import type { Report } from "../../src/model/finding.ts";
import { recordingNames, recordingPath } from "../support/replay-recording.ts";

/** An agent with everything that it remembers from run to run. */
function anAgent() {
  const memory = hostMemory();
  const derived: DerivedMemory = new Map();
  return {
    look: (name: string) => reportOf(name, (host) => rememberingHost(host, memory), derived),
    derived,
  };
}

async function reportOf(
  name: string,
  wrap: (host: HostPort) => HostPort = (host) => host,
  derived?: DerivedMemory,
): Promise<Report> {
  const opened = await openHost({ kind: "bundle", path: recordingPath(name) });
  if (!opened.ok) throw new Error(opened.failure.message);
  return runPipeline(wrap(opened.host), {
    collectors,
    checks,
    suppressions: [],
    clock: opened.clock,
    toolVersion: "0.0.0",
    ...(derived === undefined ? {} : { derived }),
  });
}

/** Recordings of one host: healthy, and with one fault after the other. */
const hosts = [...Map.groupBy(recordingNames, (name) => name.split("--")[0] ?? "")];

test.each(hosts)(
  "an agent says of %s what one without a memory says, run after run",
  { timeout: 60_000 },
  async (_, names) => {
    const { look } = anAgent();
    const alone = new Map<string, Report>();
    for (const name of names) alone.set(name, await reportOf(name));
    for (const name of [...names.flatMap((each) => [each, each]), ...names.toReversed()]) {
      expect([name, await look(name)]).toEqual([name, alone.get(name)]);
    }
  },
);

test("an agent works out a healthy host's promises once, and those of a broken host in every run", async () => {
  const { look, derived } = anAgent();
  await look("lab-h1--healthy");
  const [first] = [...derived.values()];
  await look("lab-h1--healthy");
  expect([...derived.values()][0]?.value).toBe(first?.value);
  await look("lab-h1--forward-policy-drop");
  expect(derived.size).toBe(0);
});
