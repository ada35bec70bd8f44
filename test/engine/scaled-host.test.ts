import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checks } from "../../src/checks/index.ts";
import { collectors } from "../../src/collectors/index.ts";
import { runPipeline } from "../../src/engine/pipeline.ts";
import type { Recording } from "../../src/host/recording.ts";
import { replayHost } from "../../src/host/replay.ts";
import { scaledRecording } from "../support/scaled-recording.ts";

describe("a host with 200 containers on 26 networks", { timeout: 60_000 }, () => {
  test("is healthy, and every promise on it is judged", async () => {
    const recording = await scaledRecording({ containers: 200, networks: 20 });
    const report = await examined(recording);
    const { collectors: collected, summary } = report;
    expect(summary).toMatchObject({ status: "ok", counts: { fail: 0, unknown: 0 } });
    expect(
      collected.filter(({ state, ignoredLines }) => state === "unknown" || ignoredLines > 0),
    ).toEqual([]);
    const { containersRunning, networks, intents } = report.readings;
    expect({ containersRunning, networks, intents }).toEqual({
      containersRunning: 200,
      networks: 26,
      intents: { kept: 1050, degraded: 0, failed: 0, unsure: 0 },
    });
  });

  test("has one cause for all that fails when its nat table is flushed", async () => {
    const recording = await scaledRecording({ containers: 200, networks: 20 });
    const report = await examined(withoutNatRules(recording));
    const findings = report.outcomes.flatMap(({ result }) =>
      result.status === "fail" ? result.findings : [],
    );
    const causes = findings.filter(({ explainedBy }) => explainedBy === undefined);
    expect(causes.map(({ check, subject }) => [check, subject])).toEqual([
      ["docker-chains-flushed", { kind: "chain", family: "ipv4", table: "nat", chain: "DOCKER" }],
    ]);
  });

  test("gives each link and each published port a name of its own", async () => {
    const recording = await scaledRecording({ containers: 200, networks: 20 });
    const links = z
      .array(z.object({ ifindex: z.number(), ifname: z.string(), address: z.string() }))
      .parse(JSON.parse(answerTo(recording, "ip -j -d addr")));
    for (const key of ["ifindex", "ifname", "address"] as const) {
      expect(new Set(links.map((link) => link[key])).size).toBe(links.length);
    }
    const rules = answerTo(recording, "iptables-nft-save -c").split("\n");
    const dnat = rules.filter((rule) => rule.includes("-j DNAT"));
    expect(new Set(dnat).size).toBe(dnat.length);
  });
});

function examined(recording: Recording): ReturnType<typeof runPipeline> {
  return runPipeline(replayHost(recording), {
    collectors,
    checks,
    suppressions: [],
    clock: { now: () => "2026-11-23T19:43:42.319Z", elapsedMs: () => 0 },
    toolVersion: "0.1.0",
  });
}

function answerTo(recording: Recording, command: string): string {
  const found = recording.find(
    ({ query }) => query.kind === "command" && query.argv.join(" ") === command,
  );
  return found?.observation.ok === true ? found.observation.text : "";
}

/** As after `iptables -t nat -F` and `-X`. */
function withoutNatRules(recording: Recording): Recording {
  return recording.map(({ query, observation }) => {
    const isSave = query.kind === "command" && query.argv[0] === "iptables-nft-save";
    if (!isSave || !observation.ok) return { query, observation };
    const [filter = "", nat = ""] = observation.text.split("*nat\n");
    const kept = nat.split("\n").filter((line) => !/-A |^:DOCKER /.test(line));
    return { query, observation: { ...observation, text: `${filter}*nat\n${kept.join("\n")}` } };
  });
}
