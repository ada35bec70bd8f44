import { afterAll, beforeAll, expect, test } from "vitest";
import { describeLab } from "./support/describe-lab.ts";
import { mustCallDocker } from "./support/docker-api.ts";
import { type Conclusion, conclusionOf, doctorOn, healthy } from "./support/doctor.ts";
import { restartEngine } from "./support/engine.ts";
import { type Lab, openLab } from "./support/lab.ts";
import type { LabHost } from "./support/lab-host.ts";
import { startEngineHost, startLan } from "./support/standard-host.ts";
import { joinSwarm, startSwarm } from "./support/swarm.ts";
import { waitFor } from "./support/wait-for.ts";

/** Nothing may be found on a host that is only being set up; what cannot be told yet may be said. */
const quiet = { code: expect.toBeOneOf([0, 3]), findings: [] };

describeLab("a healthy host that changes while docknet looks", () => {
  let lab: Lab;
  let manager: LabHost;
  let worker: LabHost;

  beforeAll(async () => {
    lab = await openLab();
    const lan = await startLan(lab);
    [manager, worker] = await Promise.all([
      startEngineHost(lan, { name: "m1", number: 11 }),
      startEngineHost(lan, { name: "w1", number: 12 }),
    ]);
    await startSwarm(manager);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("shows nothing while it joins a swarm, leaves it and joins again", async () => {
    for (let turn = 0; turn < 2; turn += 1) {
      const seen = await lookDuring(worker, () => joinSwarm(worker, manager, "worker"));
      expect(seen).toEqual(seen.map(() => expect.objectContaining(quiet)));
      await waitUntilHealthy(worker);
      if (turn > 0) break;
      const left = await lookDuring(worker, () =>
        mustCallDocker(worker.socketPath, { method: "POST", path: "/swarm/leave?force=1" }),
      );
      expect(left).toEqual(left.map(() => expect.objectContaining(quiet)));
    }
  });

  test("shows nothing while networks come and go", async () => {
    const seen = await lookDuring(manager, async () => {
      for (let turn = 0; turn < 25; turn += 1) {
        const body = { Name: `short-lived-${turn}`, Driver: "bridge" };
        const socket = manager.socketPath;
        await mustCallDocker(socket, { method: "POST", path: "/networks/create", body });
        await mustCallDocker(socket, { method: "DELETE", path: `/networks/${body.Name}` });
      }
    });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual(seen.map(() => expect.objectContaining(quiet)));
    await waitUntilHealthy(manager);
  });

  test("shows nothing after its engine was restarted", async () => {
    const seen = await lookDuring(worker, () => restartEngine(worker));
    expect(seen).toEqual(seen.map(() => expect.objectContaining(quiet)));
    await waitUntilHealthy(worker);
  });
});

async function waitUntilHealthy(host: LabHost): Promise<void> {
  const isHealthy = async () => ((await doctorOn(host)).code === 0 ? true : undefined);
  await waitFor(isHealthy, { what: `${host.name} is healthy`, timeoutMs: 30_000 });
  expect(conclusionOf(await doctorOn(host))).toEqual(healthy);
}

/** Examines a host again and again while something happens to it, and twice more after it. */
async function lookDuring(
  host: LabHost,
  event: () => Promise<unknown>,
): Promise<readonly Conclusion[]> {
  const seen: Conclusion[] = [];
  let over = false;
  const happening = event().finally(() => {
    over = true;
  });
  let more = 2;
  while (more > 0) {
    if (over) more -= 1;
    seen.push(conclusionOf(await doctorOn(host)));
  }
  await happening;
  return seen;
}
