import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type AgentParts, startAgent } from "../../src/agent/run-agent.ts";
import { noServiceManager } from "../../src/agent/service-manager.ts";
import type { Config } from "../../src/config/defaults.ts";
import type { ConfigOutcome } from "../../src/config/load.ts";
import type { Report } from "../../src/model/finding.ts";
import { aFailure, aFinding, aReport } from "../support/a-report.ts";
import { noLimits } from "../support/agent-readings.ts";
import { type AgentUnderTest, aConfig, anAgent, gate, loaded } from "../support/an-agent.ts";

const agents: AgentUnderTest[] = [];
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop()));
});

async function started(parts: Partial<AgentParts> = {}): Promise<AgentUnderTest> {
  const agent = await anAgent(parts);
  agents.push(agent);
  return agent;
}

const ready = (agent: AgentUnderTest) =>
  vi.waitFor(async () => expect((await agent.get("/-/ready")).status).toBe(200));

const everySecond = { kind: "every", everyMs: 1_000 } as const;

describe("startAgent", () => {
  test("runs at once, and serves what it is before the first run has ended", async () => {
    const run = gate<Report>();
    const agent = await started({ examine: () => run.promise });
    const before = await agent.metrics();
    expect([
      (await agent.get("/-/healthy")).status,
      (await agent.get("/-/ready")).status,
      (await agent.get("/report")).status,
      before["docknet_runs_total"],
      before["docknet_last_run_timestamp_seconds"],
    ]).toEqual([200, 503, 503, 0, undefined]);
    run.resolve(aReport());
    await ready(agent);
    const after = await agent.metrics();
    expect([after["docknet_runs_total"], after["docknet_up"]]).toEqual([1, 1]);
    expect(await (await agent.get("/report")).json()).toEqual(aReport());
  });

  test("answers scrapes during a run from the report before, without a run of their own", async () => {
    const runs = [gate<Report>(), gate<Report>(), gate<Report>()];
    let count = 0;
    const examine = () => {
      count += 1;
      return runs[count - 1]?.promise ?? Promise.resolve(aReport());
    };
    const agent = await started({ examine });
    runs[0]?.resolve(aReport());
    await ready(agent);
    await agent.reload();
    const texts = await Promise.all(
      Array.from({ length: 100 }, async () => (await agent.get("/metrics")).text()),
    );
    expect([new Set(texts).size, count]).toEqual([1, 2]);
    expect(texts[0]).toContain("docknet_runs_total 1\n");
    runs[1]?.resolve(aReport());
  });

  test("counts the ticks that pass while a run goes on", async () => {
    const run = gate<Report>();
    const agent = await started({
      loadConfig: async () => loaded(aConfig({ schedule: everySecond })),
      examine: () => run.promise,
    });
    await vi.waitFor(
      async () =>
        expect((await agent.metrics())["docknet_skipped_ticks_total"]).toBeGreaterThanOrEqual(2),
      { timeout: 5_000 },
    );
    expect((await agent.metrics())["docknet_run_interval_seconds"]).toBe(1);
    run.resolve(aReport());
  });

  test("outlives a run that throws, counts it, and keeps the report before", async () => {
    let count = 0;
    const agent = await started({
      examine: async () => {
        count += 1;
        if (count > 1) throw new Error("a bug\nof two lines");
        return aReport();
      },
    });
    await ready(agent);
    await agent.reload();
    await vi.waitFor(async () =>
      expect(await agent.metrics()).toMatchObject({
        docknet_runs_total: 2,
        docknet_run_failures_total: 1,
        docknet_up: 1,
      }),
    );
    const errors = agent.lines.filter((line) => line.includes("level=error"));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('msg="this is a bug in docknet: please report it" error="Error: a');
  });

  test("gives a run its time and no more", async () => {
    const agent = await started({
      loadConfig: async () => loaded(aConfig({ timeouts: { runMs: 50, commandMs: 50 } })),
      examine: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(aReport()));
        }),
    });
    await ready(agent);
    expect(
      agent.lines.filter((line) => line.includes('msg="run timed out" limitMs=50')),
    ).toHaveLength(1);
  });

  test("tells findings once when they appear and once when they are gone", async () => {
    const reports = [aReport({ outcomes: [aFailure([aFinding()])] }), aReport()];
    let count = 0;
    const examine = async () => {
      count += 1;
      return reports[Math.floor((count - 1) / 2)] ?? aReport();
    };
    const agent = await started({ examine });
    await ready(agent);
    for (const runs of [2, 3, 4]) {
      await agent.reload();
      await vi.waitFor(async () =>
        expect((await agent.metrics())["docknet_runs_total"]).toBe(runs),
      );
    }
    expect(
      agent.lines
        .filter((line) => line.includes('msg="finding'))
        .map((line) => line.replace(/^ts=\S+ /, "")),
    ).toEqual([
      'level=warn msg="finding appeared" check=ip-forward-off severity=critical ' +
        "subject=sysctl:net.ipv4.ip_forward " +
        'text="net.ipv4.ip_forward is 0: the host carries no packet from one link to another"\n',
      'level=info msg="finding gone" check=ip-forward-off subject=sysctl:net.ipv4.ip_forward\n',
    ]);
  });

  test("does not start without its addresses, and lets go of those that it had", async () => {
    const first = await started();
    const taken = { text: "taken", host: "127.0.0.1", tcpPort: Number(new URL(first.url).port) };
    const start = await startAgent({
      loadConfig: async () =>
        loaded(
          aConfig({
            web: {
              telemetryPath: "/metrics",
              listenAddresses: [{ text: "free", host: "127.0.0.1", tcpPort: 0 }, taken],
            },
          }),
        ),
      examine: async () => aReport(),
      commandReadings: () => ({}),
      swiftly: (work) => work(),
      writeLog: () => undefined,
      serviceManager: noServiceManager,
      build: { version: "0.1.0", revision: "unknown", nodeVersion: "v24" },
    });
    expect(start).toEqual({
      ok: false,
      problems: [
        "web.listenAddresses: cannot listen on taken: another program listens there; " +
          "choose another with --web.listen-address",
      ],
    });
  });
});

describe("reload", () => {
  test("takes over a good configuration and runs with it", async () => {
    const configs = [
      aConfig(),
      aConfig({ schedule: everySecond, metrics: { ...noLimits, maxFindings: 0 } }),
    ];
    const seen: Config[] = [];
    const agent = await started({
      loadConfig: async () => loaded(configs[Math.min(seen.length, 1)] ?? aConfig()),
      examine: async (config) => {
        seen.push(config);
        return aReport({ outcomes: [aFailure([aFinding()])] });
      },
    });
    await ready(agent);
    await agent.reload();
    await vi.waitFor(async () => expect(seen.length).toBeGreaterThanOrEqual(3), { timeout: 5_000 });
    const { docknet_findings_truncated, docknet_run_interval_seconds } = await agent.metrics();
    expect([seen[1]?.schedule, docknet_findings_truncated, docknet_run_interval_seconds]).toEqual([
      everySecond,
      1,
      1,
    ]);
  });

  test("keeps the old one when the new is bad, and tells it by log and metric until it is good", async () => {
    const bad: ConfigOutcome = { ok: false, problems: ["FILE: log.level: expected one of …"] };
    const outcomes = [loaded(aConfig()), bad, loaded(aConfig())];
    const agent = await started({ loadConfig: async () => outcomes.shift() ?? bad });
    await ready(agent);
    const key = "docknet_config_last_reload_successful";
    await agent.reload();
    const afterBad = (await agent.metrics())[key];
    await agent.reload();
    expect([afterBad, (await agent.metrics())[key]]).toEqual([0, 1]);
    expect(agent.lines.filter((line) => line.includes("level=error"))).toEqual([
      expect.stringMatching(
        /msg="configuration not reloaded: the old one stays" problem="FILE: log.level: expected/,
      ),
    ]);
  });

  test("says that other addresses need a restart, and stays where it is", async () => {
    const elsewhere = { text: "127.0.0.1:1", host: "127.0.0.1", tcpPort: 1 };
    const outcomes = [
      loaded(aConfig()),
      loaded(aConfig({ web: { telemetryPath: "/m", listenAddresses: [elsewhere] } })),
    ];
    const agent = await started({
      loadConfig: async () => outcomes.shift() ?? loaded(aConfig()),
    });
    await ready(agent);
    await agent.reload();
    expect((await agent.get("/m")).status).toBe(200);
    expect(agent.lines.some((line) => line.includes("restart the agent to listen there"))).toBe(
      true,
    );
  });
});

describe("stop", () => {
  test("ends a run that hears the signal at once, and publishes nothing of it", async () => {
    let heard = false;
    const agent = await started({
      examine: (_, signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => {
            heard = true;
            resolve(aReport());
          });
        }),
    });
    const since = performance.now();
    await agent.stop();
    expect(heard).toBe(true);
    expect(performance.now() - since).toBeLessThan(1_000);
    await expect(agent.get("/-/healthy")).rejects.toThrow("fetch failed");
  });

  test("ends within five seconds although a run hangs and a peer holds its request open", async () => {
    const agent = await started({ examine: () => new Promise(() => undefined) });
    const { connect } = await import("node:net");
    const peer = connect(Number(new URL(agent.url).port), "127.0.0.1");
    peer.on("error", () => undefined);
    peer.write("GET /metrics HTTP/1.1\r\nHost: x\r\nX-Half: ");
    await sleep(100);
    const since = performance.now();
    await agent.stop();
    expect(performance.now() - since).toBeLessThan(5_000);
    peer.destroy();
  });
});
