import { z } from "zod";
import { callDocker, mustCallDocker } from "./docker-api.ts";
import type { LabHost } from "./lab-host.ts";
import { waitFor } from "./wait-for.ts";

/** Ports between the nodes of a swarm; the data path port carries VXLAN. */
export const swarmPorts = { management: 2377, gossip: 7946, dataPath: 4789 } as const;

/** Makes a host the first manager of a new swarm. */
export async function startSwarm(manager: LabHost): Promise<void> {
  await post(manager, "/swarm/init", {
    ListenAddr: `0.0.0.0:${swarmPorts.management}`,
    AdvertiseAddr: manager.addresses.ipv4,
  });
}

/** Lets a host join the swarm of a manager. */
export async function joinSwarm(
  host: LabHost,
  manager: LabHost,
  role: "manager" | "worker",
): Promise<void> {
  const tokens = z.object({
    JoinTokens: z.object({ Manager: z.string(), Worker: z.string() }),
  });
  const { JoinTokens } = tokens.parse(JSON.parse(await get(manager, "/swarm")));
  await post(host, "/swarm/join", {
    ListenAddr: `0.0.0.0:${swarmPorts.management}`,
    AdvertiseAddr: host.addresses.ipv4,
    RemoteAddrs: [`${manager.addresses.ipv4}:${swarmPorts.management}`],
    JoinToken: role === "manager" ? JoinTokens.Manager : JoinTokens.Worker,
  });
}

const nodesSchema = z.array(
  z.object({
    Description: z.object({ Hostname: z.string() }),
    Status: z.object({ State: z.string() }),
  }),
);

/** State of each node by host name, as a manager sees it: `ready`, `down`, … */
export async function nodeStates(manager: LabHost): Promise<Readonly<Record<string, string>>> {
  const nodes = nodesSchema.parse(JSON.parse(await get(manager, "/nodes")));
  return Object.fromEntries(
    nodes.map(({ Description, Status }) => [Description.Hostname, Status.State]),
  );
}

/** Waits until a manager sees these nodes ready. */
export async function waitUntilReady(manager: LabHost, nodes: readonly LabHost[]): Promise<void> {
  const allReady = async () => {
    const answer = await callDocker(manager.socketPath, { method: "GET", path: "/nodes" });
    if (answer.status !== 200) return undefined; // no leader yet
    const states = await nodeStates(manager);
    return nodes.every(({ name }) => states[name] === "ready") ? true : undefined;
  };
  await waitFor(allReady, { what: "swarm nodes are ready", timeoutMs: 30_000 });
}

function get(host: LabHost, path: string): Promise<string> {
  return mustCallDocker(host.socketPath, { method: "GET", path });
}

function post(host: LabHost, path: string, body: object): Promise<string> {
  return mustCallDocker(host.socketPath, { method: "POST", path, body });
}
