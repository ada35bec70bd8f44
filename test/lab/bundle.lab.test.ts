import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/model/finding.ts";
import { startAgentProcess } from "../support/agent-process.ts";
import { asNobody, takeBundle, timeless } from "./support/bundles.ts";
import { publishHttp, runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { doctorOn } from "./support/doctor.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { mustRun, runCommand } from "./support/run-command.ts";
import { publishedPorts, startEngineHost, startLan } from "./support/standard-host.ts";
import { waitFor } from "./support/wait-for.ts";

const secret = "hunter2-of-the-lab";

describeLab("a bundle of a real host", () => {
  let lab: Lab;
  let host: LabHost;
  /** Where an ordinary user of another machine has the bundles. */
  let elsewhere: string;

  beforeAll(async () => {
    lab = await openLab();
    elsewhere = mkdtempSync(join(tmpdir(), "docknet-bundles-"));
    chmodSync(elsewhere, 0o755);
    host = await startEngineHost(await startLan(lab), {
      name: "h1",
      number: 1,
      daemonOptions: { labels: [`password=${secret}`] },
    });
    await runContainer(host, {
      name: "web",
      network: "bridge",
      ports: [publishHttp(publishedPorts.web)],
      environment: { PASSWORD: secret },
      command: ["/srv/start", `--password=${secret}`],
    });
  });

  afterAll(async () => {
    rmSync(elsewhere, { recursive: true, force: true });
    await lab?.close();
  });

  describe.each([
    { state: "healthy", arrange: "true", code: 0 },
    { state: "broken", arrange: "iptables -t nat -F", code: 2 },
  ])("that is $state", ({ state, arrange, code }) => {
    let live: Report;

    beforeAll(async () => {
      await mustOnHost(host, ["sh", "-c", arrange]);
      const examined = await doctorOn(host);
      expect(examined.code).toBe(code);
      live = examined.report;
      await takeBundle(host, `${state}.tar.gz`, { to: elsewhere });
      await takeBundle(host, `${state}/`, { to: elsewhere });
    });

    test.each(["tar.gz", "directory"])(
      "gives an ordinary user the same report: %s",
      async (form) => {
        const path = join(elsewhere, form === "directory" ? state : `${state}.tar.gz`);
        const judged = await asNobody(["doctor", "--format", "json", "--bundle", path]);
        expect({ code: judged.code, stderr: judged.stderr }).toEqual({ code, stderr: "" });
        expect(timeless(JSON.parse(judged.stdout))).toEqual(timeless(live));
      },
    );

    test("gives an agent the same report", async () => {
      const agent = await startAgentProcess(["--bundle", join(elsewhere, `${state}.tar.gz`)]);
      const served = async (): Promise<unknown> => {
        const answer = await fetch(`${agent.url}/report`);
        return answer.ok ? answer.json() : undefined;
      };
      const report = await waitFor(served, { what: "the agent's report", timeoutMs: 20_000 });
      expect(timeless(report)).toEqual(timeless(live));
      expect((await agent.end("SIGTERM")).exitCode).toBe(0);
    });

    test("holds nothing of what a container was told in secret", async () => {
      const unpacked = join(elsewhere, `${state}-unpacked`);
      mkdirSync(unpacked);
      await mustRun(["tar", "-xzf", join(elsewhere, `${state}.tar.gz`), "-C", unpacked]);
      for (const folder of [unpacked, join(elsewhere, state)]) {
        const files = await mustRun(["find", folder, "-type", "f"]);
        expect(files.split("\n").length).toBeGreaterThan(30);
        expect(await runCommand(["grep", "-rl", secret, folder])).toMatchObject({ stdout: "" });
        expect(await runCommand(["grep", "-rl", "LAB_SERVER", folder])).toMatchObject({
          stdout: "",
        });
      }
    });
  });

  test("is refused with a clear word when it is cut off", async () => {
    const whole = join(elsewhere, "healthy.tar.gz");
    const cut = join(elsewhere, "cut.tar.gz");
    await mustRun(["sh", "-c", `head -c 3000 ${whole} >${cut}`]);
    const refused = await asNobody(["doctor", "--bundle", cut]);
    expect(refused).toMatchObject({ code: 66, stdout: "" });
    expect(refused.stderr).toContain("cut.tar.gz");
  });
});
