import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { debianRoot } from "../../../scripts/package/debian-root.ts";
import type { Report } from "../../../src/model/finding.ts";
import { runContainer } from "../support/containers.ts";
import { describeLab } from "../support/describe-lab.ts";
import { buildImage, importImage } from "../support/image.ts";
import { type Lab, openLab } from "../support/lab.ts";
import { startSwitch } from "../support/lan-switch.ts";
import { mustRun } from "../support/run-command.ts";
import { waitFor } from "../support/wait-for.ts";
import { dockerHostPackages } from "./support/docker-host-packages.ts";
import { documentedCommand } from "./support/documented-commands.ts";
import {
  bootMachine,
  type Machine,
  mustOnMachine,
  onMachine,
  sharedFolder,
} from "./support/machine.ts";
import { madePackages } from "./support/made-packages.ts";

const page = "docs/install.md";
const url = "http://127.0.0.1:10323";
/** Where the stack answers the report. */
const stackReport = "http://127.0.0.1:10324/report";

describeLab("the container image on real Docker hosts", () => {
  let lab: Lab;
  let machines: readonly [Machine, Machine];

  beforeAll(async () => {
    const { image, executable } = await madePackages();
    const tree = await debianRoot({ suite: "bookworm", packages: dockerHostPackages });
    lab = await openLab();
    const lanSwitch = await startSwitch(lab);
    const labImage = await buildImage(lab);
    const boot = async (number: number): Promise<Machine> => {
      const files = [join(import.meta.dirname, "../../../deploy/docker-stack.yml")];
      const name = `m${number}`;
      const machine = await bootMachine(lab, { name, number, lanSwitch, tree, files });
      const share = join(machine.folder, "share");
      await mustRun(["mkdir", "-p", join(share, "packages"), join(share, "deploy")]);
      await mustRun(["ln", image, executable, join(share, "packages")]).catch(() =>
        mustRun(["cp", image, executable, join(share, "packages")]),
      );
      copyFileSync(join(share, "docker-stack.yml"), join(share, "deploy", "docker-stack.yml"));
      await importImage(machine, labImage);
      await runContainer(machine, { name: "web", network: "bridge" });
      await asDocumented(machine, "docker import");
      return machine;
    };
    machines = [await boot(1), await boot(2)];
  });

  afterAll(async () => {
    await lab?.close();
  });

  describe("by docker run, as the documentation says", () => {
    beforeAll(async () => {
      await asDocumented(machines[0], "docker run");
    });

    afterAll(async () => {
      await mustOnMachine(machines[0], "docker rm --force docknet");
    });

    test("sees the host as the host's own doctor does, not the container", async () => {
      await expectHostSeen(machines[0], await reportOf(machines[0]));
    });

    test("serves metrics of the host, and its faults", async () => {
      const [machine] = machines;
      const line = 'docknet_check_status{check="ip-forward-off",status="fail"}';
      expect(await metric(machine, line)).toBe("0");
      await mustOnMachine(machine, "sysctl -qw net.ipv4.ip_forward=0");
      await mustOnMachine(machine, "docker kill --signal HUP docknet");
      await waitForMetric(machine, line, "1");
      await mustOnMachine(machine, "sysctl -qw net.ipv4.ip_forward=1");
      await mustOnMachine(machine, "docker kill --signal HUP docknet");
      await waitForMetric(machine, line, "0");
    });

    test("ends in good order, well before Docker would kill it", async () => {
      const [machine] = machines;
      await mustOnMachine(machine, "docker stop --time 8 docknet");
      const state = "docker inspect --format {{.State.ExitCode}} docknet";
      expect(await mustOnMachine(machine, state)).toBe("0");
    });
  });

  describe("as a stack of a swarm", () => {
    beforeAll(async () => {
      const [manager, worker] = machines;
      await mustOnMachine(manager, `docker swarm init --advertise-addr ${manager.addresses.ipv4}`);
      const token = await mustOnMachine(manager, "docker swarm join-token --quiet worker");
      const join = `docker swarm join --token ${token} ${manager.addresses.ipv4}:2377`;
      await mustOnMachine(worker, join);
      await asDocumented(manager, "docker stack deploy");
    });

    test.each([0, 1] as const)("runs on node %i and sees that host", async (index) => {
      await expectHostSeen(machines[index], await reportOf(machines[index], stackReport));
    });

    test("can be scraped from another node", async () => {
      const [manager, worker] = machines;
      const line = `curl --silent --fail http://${worker.addresses.ipv4}:10323/metrics`;
      expect(await mustOnMachine(manager, line)).toContain("docknet_up 1");
    });
  });
});

/** Runs a command of the documentation in the shared folder, which has the packages where a checkout has them. */
async function asDocumented(machine: Machine, start: string): Promise<void> {
  const command = documentedCommand(page, start);
  await mustOnMachine(machine, `cd ${sharedFolder} && ${command}`, 120_000);
}

/** Holds what a container says to what docknet says that runs on the host itself, as root. */
async function expectHostSeen(machine: Machine, seen: Report): Promise<void> {
  const program = `$(ls ${sharedFolder}/packages/docknet-*-linux-*)`;
  const { stdout } = await onMachine(machine, `${program} doctor --format json`);
  const own: Report = JSON.parse(stdout);
  expect(essence(seen)).toEqual(essence(own));
  expect(seen.host.hostname).toBe(machine.name);
  expect(seen.summary.status).toBe("ok");
}

/** What does not change from run to run. */
function essence({ host, outcomes, collectors, coverage }: Report) {
  return {
    host,
    checks: outcomes.map(({ check, result }) => `${check.id} ${result.status}`),
    facts: collectors.map(({ fact, state, reason }) => `${fact} ${state} ${reason ?? ""}`),
    coverage,
  };
}

async function reportOf(machine: Machine, from = `${url}/report`): Promise<Report> {
  const served = async () => {
    const { code, stdout } = await onMachine(machine, `curl --silent --fail ${from}`);
    return code === 0 ? stdout : undefined;
  };
  try {
    return JSON.parse(await waitFor(served, { what: "the report", timeoutMs: 60_000 }));
  } catch (error) {
    const line =
      "docker ps --all; docker service ps --no-trunc docknet_agent; docker logs $(docker ps --all --quiet --filter ancestor=docknet:latest | head -1)";
    const { stdout, stderr } = await onMachine(machine, line);
    throw new Error(`${error}\n${stdout}\n${stderr}`);
  }
}

async function metric(machine: Machine, series: string): Promise<string | undefined> {
  const { stdout } = await onMachine(machine, `curl --silent --fail ${url}/metrics`);
  const line = stdout.split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return line?.slice(series.length + 1);
}

async function waitForMetric(machine: Machine, series: string, value: string): Promise<void> {
  const asExpected = async () => ((await metric(machine, series)) === value ? true : undefined);
  await waitFor(asExpected, { what: `${series} is ${value}`, timeoutMs: 30_000 });
}
