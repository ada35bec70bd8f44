import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Report } from "../../../src/model/finding.ts";
import { fetchFrom, type LabAgent, metricOf, startAgent, waitForRuns } from "../support/agent.ts";
import { publishHttp, runContainer } from "../support/containers.ts";
import { describeLab } from "../support/describe-lab.ts";
import {
  enginePid,
  killEngine,
  restartEngine,
  startEngine,
  stopEngine,
} from "../support/engine.ts";
import { processesOf } from "../support/host-state.ts";
import { type Lab, openLab } from "../support/lab.ts";
import { type LabHost, mustOnHost } from "../support/lab-host.ts";
import { publishedPorts, startEngineHost, startLan } from "../support/standard-host.ts";
import { waitFor } from "../support/wait-for.ts";
import { faultyPrograms, type ProgramFault } from "./support/faulty-programs.ts";

const often = ["--schedule.every", "2s", "--schedule.jitter", "0s"];
const patience = ["--timeouts.command", "2s", "--timeouts.run", "15s"];

/** Facts that the commands of the host bring; an agent reads settings from their files. */
const ofCommands = ["links", "routes", "rulesets", "sockets"] as const;
/** Facts that the engine brings. */
const ofDocker = ["containers", "dockerNetworks"] as const;

describeLab("an agent that is not let down by what it is let down by", () => {
  let lab: Lab;
  let host: LabHost;
  let agent: LabAgent;

  beforeAll(async () => {
    lab = await openLab();
    host = await startEngineHost(await startLan(lab), { name: "h1", number: 1 });
    const ports = [publishHttp(publishedPorts.web)];
    await runContainer(host, { name: "web", network: "bridge", ports });
    agent = await startAgent(host, [...often, ...patience]);
    await healthy(agent);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test.each<readonly [fault: ProgramFault, says: RegExp]>([
    ["slow", /gave no answer within 2000 ms/],
    ["failing", /ended with 1: cannot open netlink socket: Out of luck/],
    ["garbage", /./],
  ])("says what it does not know while commands are %s", async (fault, says) => {
    const heal = await faultyPrograms(host, fault);
    const report = await reportWith(agent, (now) => unknowns(now, ofCommands).length === 4);
    expect(failuresOf(report, ofCommands).filter((text) => !says.test(text))).toEqual([]);
    expect(passedBlind(report)).toEqual([]);
    await stillServes(agent);
    await heal();
    await healthy(agent);
    await leavesNothing(agent);
  });

  test("reads rules while another program holds the lock of xtables", async () => {
    const lock = ["sh", "-c", "(flock /run/xtables.lock sleep 12) >/dev/null 2>&1 &"] as const;
    await mustOnHost(host, lock);
    const before = (await metricOf(agent, "docknet_runs_total")) ?? 0;
    await waitForRuns(agent, before + 3);
    expect(processesOf(host).some((line) => line.includes("flock /run/xtables.lock"))).toBe(true);
    await healthy(agent);
  });

  test("says what it does not know while dockerd is stopped", async () => {
    await stopEngine(host);
    const report = await reportWith(agent, (now) => unknowns(now, ofDocker).length === 2);
    expect(report.readings.dockerState).toBe("stopped");
    expect(unknowns(report, ofCommands)).toEqual([]);
    expect(passedBlind(report)).toEqual([]);
    await stillServes(agent);
    await startEngine(host);
    await healthy(agent);
    await leavesNothing(agent);
  });

  test("says what it does not know after dockerd was killed", async () => {
    await killEngine(host);
    const report = await reportWith(agent, (now) => unknowns(now, ofDocker).length === 2);
    expect([report.readings.dockerState, unknowns(report, ofCommands)]).toEqual(["stopped", []]);
    await stillServes(agent);
    await restartEngine(host);
    await healthy(agent);
  });

  test("goes on with the host's part while dockerd hangs", async () => {
    const pid = enginePid(host);
    await mustOnHost(host, ["kill", "-STOP", pid]);
    const report = await reportWith(agent, (now) => unknowns(now, ofDocker).length === 2);
    expect(failuresOf(report, ofDocker).join("\n")).toMatch(/gave no whole answer/);
    expect(unknowns(report, ofCommands)).toEqual([]);
    await stillServes(agent);
    await mustOnHost(host, ["kill", "-CONT", pid]);
    await healthy(agent);
  });

  test("has no finding while dockerd restarts again and again", async () => {
    const found: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await restartEngine(host);
      await sleep(500);
      found.push(...causesOf(await reportNow(agent)));
    }
    expect(found).toEqual([]);
    await healthy(agent);
    await leavesNothing(agent);
  });

  test("says so when it is out of file descriptors, and recovers with them", async () => {
    const limit = (most: number) =>
      mustOnHost(host, ["prlimit", "--pid", String(agent.pid), `--nofile=${most}:4096`]);
    // Its own listeners, pipes and files of Node take some twenty; a command takes three for a moment.
    const logged = agent.log().length;
    await limit(22);
    await sleep(6_000);
    expect(processesOf(host).some((line) => line.startsWith(`${agent.pid} `))).toBe(true);
    await limit(4_096);
    const log = agent.log().slice(logged);
    expect(log).toMatch(/msg="run ended" status=unknown/);
    expect(log).not.toMatch(/this is a bug in docknet/);
    await healthy(agent);
    await leavesNothing(agent);
  });

  test("answers 200 scrapes at once during a run", async () => {
    const scrape =
      "for at in $(seq 200); do busybox wget -q -O - \"$1\" | grep -c '^docknet_up 1' & done | sort | uniq -c";
    const argv = ["bash", "-c", scrape, "scrapes", `${agent.url}/metrics`] as const;
    expect((await mustOnHost(host, argv)).trim()).toBe("200 1");
    await healthy(agent);
  });

  test("is ended by the kernel at its memory limit, leaves nothing, and starts again", async () => {
    const memory = host.cgroups.hierarchies.findIndex(
      ({ version, mountOptions }) => version === 2 || mountOptions.split(",").includes("memory"),
    );
    const isSecond = host.cgroups.hierarchies[memory]?.version === 2;
    const folder = join(host.cgroups.roots[memory] ?? "", "agent");
    mkdirSync(folder);
    const limit = isSecond ? "memory.max" : "memory.limit_in_bytes";
    writeFileSync(join(folder, limit), String(16 * 2 ** 20));
    const doomed = await startAgent(host, [...often, "--web.listen-address", "127.0.0.1:0"]);
    writeFileSync(join(folder, "cgroup.procs"), String(machinePid(host, doomed.pid)));
    const gone = () =>
      processesOf(host).some((line) => line.startsWith(`${doomed.pid} `)) ? undefined : true;
    await waitFor(gone, { what: "the kernel ends the agent", timeoutMs: 60_000 });
    await leavesNothing(doomed);
    const next = await startAgent(host, [...often, "--web.listen-address", "127.0.0.1:0"]);
    expect((await next.stop()).code).toBe(0);
    await healthy(agent);
  });

  test("is the same process after all that, and leaves none when it ends", async () => {
    expect((await metricOf(agent, "docknet_run_failures_total")) ?? -1).toBe(0);
    expect(await agent.stop()).toMatchObject({ code: 0 });
    await leavesNothing(agent);
  });
});

async function reportNow(agent: LabAgent): Promise<Report> {
  const text = await waitFor(() => fetchFrom(agent, "/report"), {
    what: "the report is served",
    timeoutMs: 20_000,
  });
  const report: Report = JSON.parse(text);
  return report;
}

function reportWith(agent: LabAgent, isSo: (report: Report) => boolean): Promise<Report> {
  const ask = async () => {
    const report = await reportNow(agent);
    return isSo(report) ? report : undefined;
  };
  return waitFor(ask, { what: "a report as expected", timeoutMs: 60_000, intervalMs: 300 });
}

/** By itself: nobody touches the agent. */
async function healthy(agent: LabAgent): Promise<void> {
  await reportWith(
    agent,
    (report) =>
      report.summary.status === "ok" &&
      report.collectors.every(({ state }) => state !== "unknown") &&
      report.readings.containersRunning === 1,
  );
}

async function stillServes(agent: LabAgent): Promise<void> {
  const metrics = (await fetchFrom(agent, "/metrics")) ?? "";
  expect(metrics).toMatch(/^docknet_runs_total [1-9]/m);
  expect(metrics).toMatch(/docknet_scrape_collector_success\{[^}]*\} 0\n/);
  expect(await fetchFrom(agent, "/-/healthy")).toContain("Healthy");
}

/** Nothing that docknet starts is there in some moment between two runs, and nothing of it belongs to nobody. */
async function leavesNothing({ host }: LabAgent): Promise<void> {
  const started =
    /^\d+ (?:\S*\/)?(?:nsenter|ip|bridge|ss|brctl|nft|sysctl|sleep 10|head -c|\S*-save)(?: |$)/;
  const none = () =>
    processesOf(host).filter((line) => started.test(line)).length === 0 ? true : undefined;
  await waitFor(none, { what: "no process is left behind", timeoutMs: 20_000 });
}

function unknowns(report: Report, facts: readonly string[]): readonly string[] {
  return report.collectors
    .filter(({ fact, state }) => state === "unknown" && facts.includes(fact))
    .map(({ fact }) => fact);
}

function failuresOf(report: Report, facts: readonly string[]): readonly string[] {
  return report.collectors
    .filter(({ fact, state }) => state === "unknown" && facts.includes(fact))
    .map(({ failure }) => failure?.message ?? "");
}

/** Checks that are green although a fact that they look at is unknown, and those that broke. */
function passedBlind(report: Report): readonly string[] {
  const blind = report.collectors
    .filter(({ state }) => state === "unknown")
    .map(({ fact }) => fact);
  return report.outcomes
    .filter(
      ({ requires, result }) =>
        result.status === "broken" ||
        (result.status === "pass" && requires.some((fact) => blind.includes(fact))),
    )
    .map(({ check }) => check.id);
}

function causesOf(report: Report): readonly string[] {
  return report.outcomes.flatMap(({ check, result }) =>
    result.status === "fail" ? [check.id] : [],
  );
}

/** The id by which the machine knows a process of the host. */
function machinePid(host: LabHost, pid: number): number {
  const wanted = String(pid);
  const found = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .find((name) => {
      const ids =
        statusOf(name)
          .match(/^NSpid:\s+(.+)$/m)?.[1]
          ?.split(/\s+/) ?? [];
      return ids.length > 1 && ids.at(-1) === wanted && isOf(host, name);
    });
  if (found === undefined) throw new Error(`no process ${pid} on ${host.name}`);
  return Number(found);
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

function isOf(host: LabHost, pid: string): boolean {
  return readlinkSync(`/proc/${pid}/ns/pid`) === readlinkSync(`/proc/${host.pid}/ns/pid`);
}
