import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { processWorld } from "../../src/cli/process-world.ts";
import { runPipeline } from "../../src/engine/pipeline.ts";
import { readBundle } from "../../src/host/bundle.ts";
import type { HostPort, Observation } from "../../src/host/port.ts";
import { pseudonymRedactions } from "../../src/host/redact.ts";
import { notPermitted, unparsable } from "../../src/model/failure.ts";
import { aWorld } from "../support/a-world.ts";

const folder = mkdtempSync(join(tmpdir(), "docknet-snapshot-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1 };
const closed: Observation = { ok: false, failure: notPermitted("not for you"), ...at };
const host: HostPort = {
  observe: async (query) =>
    query.kind === "file" && query.path === "/proc/sys/kernel/hostname"
      ? { ok: true, text: "web-07\n", ...at }
      : closed,
};
const clock = { now: () => at.observedAt, elapsedMs: () => 0 };
const { writeBundle } = processWorld();

describe("docknet snapshot", () => {
  test.each(["web.tar.gz", "web/"])("writes %s, and doctor says the same from it", async (name) => {
    const output = join(folder, name) + (name.endsWith("/") ? "/" : "");
    const live = aWorld({ openHost: async () => ({ ok: true, host, clock }), runPipeline });
    const taking = { ...live.world, writeBundle };
    expect(await main(["node", "docknet", "snapshot", "-o", output], taking)).toBe(0);
    expect(live.stderr()).toBe("");
    expect(live.stdout().split("\n")[1]).toBe(
      `judge it on any machine: docknet doctor --bundle ${output}`,
    );
    const replayed = aWorld({ openHost, runPipeline });
    const direct = aWorld({ openHost: async () => ({ ok: true, host, clock }), runPipeline });
    const argv = ["node", "docknet", "doctor", "--format", "json"];
    const codes = [
      await main([...argv, "--bundle", output], replayed.world),
      await main(argv, direct.world),
    ];
    expect(codes[0]).toBe(codes[1]);
    expect(replayed.stdout()).toBe(direct.stdout());
  });

  test("writes pseudonyms with --redact, and says so in the manifest", async () => {
    const output = join(folder, "redacted.tar.gz");
    const live = aWorld({ openHost: async () => ({ ok: true, host, clock }), runPipeline });
    const argv = ["node", "docknet", "snapshot", "--redact", "-o", output];
    expect(await main(argv, { ...live.world, writeBundle })).toBe(0);
    expect(live.stdout()).toContain(" answers under pseudonyms, ");
    const read = await readBundle(output);
    if (!read.ok) throw new Error(read.failure.message);
    const { origin, recording } = read.bundle;
    expect(JSON.stringify(read.bundle)).not.toContain("web-07");
    expect(
      recording.flatMap(({ observation }) => (observation.ok ? [observation.text] : [])),
    ).toEqual(["p-name-001\n"]);
    expect(origin.redactions.slice(-pseudonymRedactions.length)).toEqual([...pseudonymRedactions]);
  });

  test("says why nothing could be written", async () => {
    const fake = aWorld();
    const world = { ...fake.world, writeBundle: async () => unparsable("the disk is full") };
    expect(await main(["node", "docknet", "snapshot", "-o", "x.tar.gz"], world)).toBe(66);
    expect([fake.stdout(), fake.stderr()]).toEqual([
      "",
      'docknet: cannot write "x.tar.gz": the disk is full\n',
    ]);
  });

  test("needs a name", async () => {
    const fake = aWorld();
    expect(await main(["node", "docknet", "snapshot"], fake.world)).toBe(64);
  });
});
