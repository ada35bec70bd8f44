import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectors } from "../../src/collectors/index.ts";
import { takeSnapshot } from "../../src/engine/take-snapshot.ts";
import { readBundle } from "../../src/host/bundle.ts";
import { replayHost } from "../../src/host/replay.ts";
import type { Fact, HostSnapshot } from "../../src/model/facts.ts";
import { runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { mustCallDocker } from "./support/docker-api.ts";
import { saveRecording } from "./support/docknet.ts";
import { labImage } from "./support/image.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { createNetwork } from "./support/networks.ts";
import { type Lan, startEngineHost, startLan } from "./support/standard-host.ts";
import { startSwarm, waitUntilReady } from "./support/swarm.ts";
import { waitFor } from "./support/wait-for.ts";

describeLab("Docker beyond one host's containers", () => {
  let lab: Lab;
  let lan: Lan;

  beforeAll(async () => {
    lab = await openLab();
    lan = await startLan(lab);
  });

  afterAll(() => lab?.close());

  describe("a manager with services", () => {
    let manager: LabHost;
    let facts: HostSnapshot["facts"];

    beforeAll(async () => {
      manager = await startEngineHost(lan, { name: "m1", number: 11 });
      await startSwarm(manager);
      await waitUntilReady(manager, [manager]);
      await createNetwork(manager, { name: "mesh", driver: "overlay" });
      await createService(manager, "byname", { EndpointSpec: { Mode: "dnsrr" } });
      const port = { Protocol: "tcp", TargetPort: 80, PublishedPort: 8088, PublishMode: "host" };
      await createService(manager, "onport", { EndpointSpec: { Mode: "vip", Ports: [port] } });
      await waitFor(async () => ((await runningTasks(manager)) === 2 ? true : undefined), {
        what: "both tasks run",
        timeoutMs: 60_000,
      });
      facts = await factsOf(manager, "services");
    });

    test("has the services that `docker service ls` lists", async () => {
      const format = "{{.ID}} {{.Name}} {{.Mode}}";
      const listed = await linesOf(manager, ["docker", "service", "ls", "--format", format]);
      const services = known(facts.swarmServices);
      expect(
        services.map(({ id, name, mode }) => `${id.slice(0, 12)} ${name} ${mode.kind}`).sort(),
      ).toEqual(listed);
      expect(
        services.map(({ name, endpointMode, publishedPorts }) => ({
          name,
          endpointMode,
          publishedPorts,
        })),
      ).toEqual(
        expect.arrayContaining([
          { name: "byname", endpointMode: "dnsrr", publishedPorts: [] },
          {
            name: "onport",
            endpointMode: "vip",
            publishedPorts: [
              { protocol: "tcp", containerPort: 80, hostPort: 8088, publishMode: "host" },
            ],
          },
        ]),
      );
    });

    test("has the tasks that `docker service ps` lists", async () => {
      const format = "{{.ID}} {{.DesiredState}} {{.CurrentState}}";
      const ps = ["docker", "service", "ps", "--no-trunc", "--format", format] as const;
      const listed = await linesOf(manager, [...ps, "byname", "onport"]);
      const tasks = known(facts.swarmTasks);
      expect(
        tasks.map(({ id, desiredState, state }) => `${id} ${desiredState} ${state}`).sort(),
      ).toEqual(listed.map((line) => line.split(" ").slice(0, 3).join(" ").toLowerCase()));
      const daemon = known(facts.dockerDaemon);
      const node = daemon.state === "running" ? daemon.swarm.nodeId : undefined;
      expect(tasks.map(({ nodeId }) => nodeId)).toEqual([node, node]);
      const ids = known(facts.containers).map(({ id }) => id);
      expect(tasks.map(({ containerId }) => containerId).sort()).toEqual([...ids].sort());
    });
  });

  test("finds the sandboxes of an engine with another exec-root", async () => {
    const options = { "exec-root": "/run/elsewhere" };
    const host = await startEngineHost(lan, { name: "x1", number: 21, daemonOptions: options });
    await runContainer(host, { name: "web", network: "bridge" });
    const { namespaces, sandboxes } = await factsOf(host, "exec-root");
    const listed = await linesOf(host, ["ls", "/run/elsewhere/netns"]);
    expect(listed.length).toBeGreaterThan(0);
    const files = known(namespaces).filter(({ origin }) => origin === "docker");
    expect(files.map(({ path }) => path).sort()).toEqual(
      listed.map((name) => `/run/elsewhere/netns/${name}`),
    );
    expect(known(sandboxes).map(({ containers }) => containers)).toEqual([["web"]]);
  });
});

function createService(manager: LabHost, name: string, spec: object): Promise<string> {
  const body = {
    Name: name,
    TaskTemplate: { ContainerSpec: { Image: labImage }, Networks: [{ Target: "mesh" }] },
    Mode: { Replicated: { Replicas: 1 } },
    ...spec,
  };
  return mustCallDocker(manager.socketPath, { method: "POST", path: "/services/create", body });
}

async function runningTasks(manager: LabHost): Promise<number> {
  const format = ["--format", "{{.Names}}"];
  return (await linesOf(manager, ["docker", "ps", ...format])).length;
}

/** What a program prints, its lines sorted. */
async function linesOf(
  host: LabHost,
  argv: readonly [string, ...string[]],
): Promise<readonly string[]> {
  const text = await mustOnHost(host, argv);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .sort();
}

async function factsOf(host: LabHost, name: string): Promise<HostSnapshot["facts"]> {
  const folder = await saveRecording(host, name, join(host.folder, "state", name));
  const read = await readBundle(folder);
  if (!read.ok) throw new Error(read.failure.message);
  const clock = { now: () => "2026-11-02T10:00:00.000Z", elapsedMs: () => 0 };
  const plan = { collectors, clock };
  return (await takeSnapshot(replayHost(read.bundle.recording), plan)).snapshot.facts;
}

function known<T>(fact: Fact<T>): T {
  if (fact.state !== "known") throw new Error(JSON.stringify(fact));
  return fact.value;
}
