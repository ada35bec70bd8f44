import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { fetchFrom, type LabAgent, metricOf, startAgent, waitForRuns } from "./support/agent.ts";
import { publishHttp, runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { processesOf } from "./support/host-state.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, labFolderOnHost, mustOnHost, onHost } from "./support/lab-host.ts";
import { inHostOf } from "./support/netns-exec.ts";
import { publishedPorts, startEngineHost, startLan } from "./support/standard-host.ts";
import { waitFor } from "./support/wait-for.ts";

const everySecond = ["--schedule.every", "1s", "--schedule.jitter", "0s"];
const prometheusUrl = "http://127.0.0.1:9090";

describeLab("the agent on a real host", () => {
  let lab: Lab;
  let host: LabHost;
  let agent: LabAgent;

  beforeAll(async () => {
    lab = await openLab();
    host = await startEngineHost(await startLan(lab), { name: "h1", number: 1 });
    const ports = [publishHttp(publishedPorts.web)];
    await runContainer(host, { name: "web", network: "bridge", ports });
    agent = await startAgent(host, everySecond);
    await startPrometheus(lab, host);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("serves metrics to which promtool has nothing to say", async () => {
    const input = (await fetchFrom(agent, "/metrics")) ?? "";
    expect(input).toContain("docknet_up 1");
    expect(await onHost(host, ["promtool", "check", "metrics"], { input })).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });

  test("shows a fault to a real Prometheus, and its end", async () => {
    const findings = 'docknet_findings{check="ip-forward-off",severity="critical"}';
    const status = (state: string) =>
      `docknet_check_status{check="ip-forward-off",status="${state}"}`;
    await waitForAnswers(host, { up: 1, docknet_up: 1, [findings]: 0, [status("pass")]: 1 });
    await mustOnHost(host, ["sysctl", "-qw", "net.ipv4.ip_forward=0"]);
    await waitForAnswers(host, {
      [findings]: 1,
      [status("pass")]: 0,
      [status("fail")]: 1,
      'docknet_finding_info{subject="sysctl:net.ipv4.ip_forward",role="cause"}': 1,
    });
    await mustOnHost(host, ["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
    await waitForAnswers(host, { [findings]: 0, [status("pass")]: 1, [status("fail")]: 0 });
  });

  test("takes over a changed configuration by SIGHUP, and keeps the old one when it is bad", async () => {
    const file = join(labFolderOnHost, "docknet.yml");
    const write = (text: string) => writeFileSync(join(host.folder, "state", "docknet.yml"), text);
    write("schedule:\n  every: 1s\n  jitter: 0s\n");
    const other = await startAgent(host, [
      "--config.file",
      file,
      "--web.listen-address",
      "127.0.0.1:0",
    ]);
    write("schedule:\n  every: 30s\n  jitter: 0s\n");
    await other.signal("HUP");
    await waitForMetric(other, "docknet_config_last_reload_successful", 1);
    await waitForMetric(other, "docknet_run_interval_seconds", 30);
    write("schedule:\n  every: soon\n");
    await other.signal("HUP");
    await waitForMetric(other, "docknet_config_last_reload_successful", 0);
    expect(await metricOf(other, "docknet_run_interval_seconds")).toBe(30);
    expect(other.log()).toMatch(/level=error .*schedule\.every/);
    expect(await other.stop()).toMatchObject({ code: 0 });
  });

  test("ends by SIGTERM within five seconds, and leaves no process", async () => {
    await waitForRuns(agent, 3);
    const { code, tookMs } = await agent.stop();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5_000);
    const left = processesOf(host).filter((line) => /cli\.ts|-save|ip -j|nsenter/.test(line));
    expect(left).toEqual([]);
  });
});

/** Starts a Prometheus on the host that scrapes its agent; it ends with the lab. */
async function startPrometheus(lab: Lab, host: LabHost): Promise<void> {
  const folder = join(host.folder, "state");
  writeFileSync(
    join(folder, "prometheus.yml"),
    `scrape_configs: [{job_name: docknet, scrape_interval: 500ms, scrape_timeout: 500ms,
      static_configs: [{targets: ["127.0.0.1:10323"]}]}]\n`,
  );
  const argv = [
    "sh",
    "-c",
    'echo; exec "$@" >/dev/null 2>&1',
    "prometheus",
    "prometheus",
    `--config.file=${labFolderOnHost}/prometheus.yml`,
    `--storage.tsdb.path=${labFolderOnHost}/prometheus`,
    `--web.listen-address=${new URL(prometheusUrl).host}`,
  ] as const;
  await lab.hold(inHostOf(host.pid, argv), "prometheus.log");
}

const answerSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** The value of the one series that Prometheus has for an expression; undefined where it has none. */
async function ask(host: LabHost, expression: string): Promise<number | undefined> {
  const url = `${prometheusUrl}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const { code, stdout } = await onHost(host, ["busybox", "wget", "-q", "-O", "-", url]);
  if (code !== 0) return undefined;
  const [series, more] = answerSchema.parse(JSON.parse(stdout)).data.result;
  return series === undefined || more !== undefined ? undefined : Number(series.value[1]);
}

async function waitForAnswers(
  host: LabHost,
  expected: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [expression, value] of Object.entries(expected)) {
    const asExpected = async () => ((await ask(host, expression)) === value ? true : undefined);
    await waitFor(asExpected, { what: `${expression} is ${value}`, timeoutMs: 20_000 });
  }
}

async function waitForMetric(agent: LabAgent, name: string, value: number): Promise<void> {
  const asExpected = async () => ((await metricOf(agent, name)) === value ? true : undefined);
  await waitFor(asExpected, { what: `${name} is ${value}`, timeoutMs: 10_000 });
}
