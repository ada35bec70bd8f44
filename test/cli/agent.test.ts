import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { checks } from "../../src/checks/index.ts";
import { main } from "../../src/cli/main.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { runPipeline } from "../../src/engine/pipeline.ts";
import { aWorld } from "../support/a-world.ts";
import { startAgentProcess } from "../support/agent-process.ts";

const folder = mkdtempSync(join(tmpdir(), "docknet-agent-"));
afterAll(() => rmSync(folder, { recursive: true }));

const areas = [...new Set(checks.map(({ area }) => area))].join(", ");
const recording = join(import.meta.dirname, "..", "recordings", "01-fresh-engine-h1--healthy");
const ready = (url: string) =>
  vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), {
    timeout: 20_000,
    interval: 100,
  });

describe("docknet agent", () => {
  test("serves the report that doctor gives, reloads by SIGHUP and ends by SIGTERM", async () => {
    const file = join(folder, "docknet.yml");
    writeFileSync(file, "log: {level: debug}\n");
    const agent = await startAgentProcess(["--config.file", file, "--bundle", recording]);
    await ready(agent.url);
    const doctor = aWorld({ openHost, runPipeline });
    await main(
      ["node", "docknet", "doctor", "--format", "json", "--bundle", recording],
      doctor.world,
    );
    expect(await (await fetch(`${agent.url}/report`)).text()).toBe(doctor.stdout());

    writeFileSync(file, "log: {level: loud}\n");
    agent.child.kill("SIGHUP");
    await vi.waitFor(() => expect(agent.log()).toContain("the old one stays"), { timeout: 5_000 });
    expect(agent.log()).toContain(
      `problem="${file}:1: log.level: expected one of error, warn, info, debug, not \\"loud\\""`,
    );
    expect(await (await fetch(`${agent.url}/metrics`)).text()).toContain(
      "\ndocknet_config_last_reload_successful 0\n",
    );

    const { exitCode, ms } = await agent.end("SIGTERM");
    expect(exitCode).toBe(0);
    expect(ms).toBeLessThan(5_000);
  }, 30_000);

  test("ends by SIGINT within five seconds while Docker accepts and never answers", async () => {
    const path = join(folder, "docker.sock");
    let asked = 0;
    const server = createServer(() => {
      asked += 1;
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const agent = await startAgentProcess(["--docker.host", `unix://${path}`]);
    await vi.waitFor(() => expect(asked).toBeGreaterThan(0), { timeout: 20_000 });
    const { exitCode, ms } = await agent.end("SIGINT");
    server.close();
    expect(exitCode).toBe(0);
    expect(ms).toBeLessThan(5_000);
  }, 30_000);

  test("tells what is wrong with flags, variables, the file and the bundle", async () => {
    const said = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      const { world, ...fake } = aWorld({ openHost });
      const code = await main(["node", "docknet", "agent", ...args], { ...world, env });
      return [code, fake.stderr()];
    };
    expect([
      await said(["--log.level", "loud"]),
      await said(["--checks.only", "kernal"], { DOCKNET_METRICS_MAX_FINDINGS: "-1" }),
      await said(["--config.file", "/nonexistent.yml"]),
      await said(["--nope"]),
    ]).toEqual([
      [
        64,
        "docknet: flag --log.level (log.level): expected one of error, warn, info, debug, " +
          'not "loud"\n',
      ],
      [
        78,
        "docknet: variable DOCKNET_METRICS_MAX_FINDINGS (metrics.maxFindings): " +
          'expected a whole number from 0 to 100000, not "-1"\n' +
          "flag --checks.only (checks.only): expected a check's id or one of " +
          `${areas}, not "kernal"; did you mean kernel?\n`,
      ],
      [78, "docknet: /nonexistent.yml: expected a readable file, there is none\n"],
      [64, "error: unknown option '--nope'\n"],
    ]);
    const [code, message] = await said(["--bundle", "/nonexistent"]);
    expect([code, message]).toEqual([66, expect.stringContaining("/nonexistent")]);
  });
});
