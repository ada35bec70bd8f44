import { type LabContainer, publishHttp, runContainer } from "./containers.ts";
import type { LabHost } from "./lab-host.ts";
import { createNetwork } from "./networks.ts";
import { type Lan, startEngineHost } from "./standard-host.ts";
import { joinSwarm, startSwarm, waitUntilReady } from "./swarm.ts";

/** Two swarm nodes with one container on each, both on one attachable overlay. */
export interface SwarmPair extends Lan {
  readonly manager: LabHost;
  readonly worker: LabHost;
  /** On the manager. */
  readonly left: LabContainer;
  /** On the worker. */
  readonly right: LabContainer;
}

/** The overlay of a swarm pair. */
export const overlayName = "mesh";

/** Published tcp port of both containers, each on its own host. */
export const overlayHttpPort = 8085;

export interface SwarmPairPlan {
  readonly manager: { readonly name: string; readonly number: number };
  readonly worker: { readonly name: string; readonly number: number };
}

const usualPlan: SwarmPairPlan = {
  manager: { name: "m1", number: 11 },
  worker: { name: "w1", number: 12 },
};

/** Brings up both nodes, healthy. */
export async function swarmPair(lan: Lan, plan: SwarmPairPlan = usualPlan): Promise<SwarmPair> {
  const [manager, worker] = await Promise.all([
    startEngineHost(lan, plan.manager),
    startEngineHost(lan, plan.worker),
  ]);
  await startSwarm(manager);
  await joinSwarm(worker, manager, "worker");
  await waitUntilReady(manager, [manager, worker]);
  await createNetwork(manager, { name: overlayName, driver: "overlay", attachable: "yes" });
  const ports = [publishHttp(overlayHttpPort)];
  const left = await runContainer(manager, { name: "left", network: overlayName, ports });
  const right = await runContainer(worker, { name: "right", network: overlayName, ports });
  return { ...lan, manager, worker, left, right };
}
