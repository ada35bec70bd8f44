import { containerAddress } from "./containers.ts";
import { swarmPorts } from "./swarm.ts";
import { overlayHttpPort, overlayName, type SwarmPair } from "./swarm-pair.ts";
import { http, ping, resolveName, type TrafficOutcome, tcp } from "./traffic.ts";
import { fromContainer, fromHost, fromOutside } from "./vantage.ts";

type TrafficTest = (on: SwarmPair) => Promise<TrafficOutcome>;

/** Every piece of traffic that passes on a healthy pair of nodes. */
const tests = {
  "left container pings the right one over the overlay": async ({ left, right }) =>
    ping(fromContainer(left), await containerAddress(right, overlayName)),
  "right container asks the left one over the overlay": async ({ left, right }) =>
    http(fromContainer(right), { address: await containerAddress(left, overlayName), port: 80 }),
  "right container resolves the left one by name": async ({ right }) => {
    const answers = await resolveName(fromContainer(right), "left");
    return answers.length > 0 ? { reached: true } : { reached: false, reason: "no answer" };
  },
  "left container pings the outside": ({ left, outside }) =>
    ping(fromContainer(left), outside.addresses.ipv4),
  "outside asks the published port on the worker": ({ outside, worker }) =>
    http(fromOutside(outside), { address: worker.addresses.ipv4, port: overlayHttpPort }),
  "worker connects to the manager's management port": ({ manager, worker }) =>
    tcp(fromHost(worker), { address: manager.addresses.ipv4, port: swarmPorts.management }),
  "worker connects to the manager's gossip port": ({ manager, worker }) =>
    tcp(fromHost(worker), { address: manager.addresses.ipv4, port: swarmPorts.gossip }),
  "manager connects to the worker's gossip port": ({ manager, worker }) =>
    tcp(fromHost(manager), { address: worker.addresses.ipv4, port: swarmPorts.gossip }),
} as const satisfies Readonly<Record<string, TrafficTest>>;

/** Name of a traffic test: a sentence that is true on a healthy pair. */
export type SwarmTraffic = keyof typeof tests;

/** Runs every traffic test of a swarm pair. */
export async function swarmTraffic(
  on: SwarmPair,
): Promise<readonly (readonly [SwarmTraffic, TrafficOutcome])[]> {
  return Promise.all(
    Object.keys(tests)
      .filter(isSwarmTraffic)
      .map(async (name) => [name, await tests[name](on)] as const),
  );
}

/** Names of the tests whose traffic does not arrive, in their order; none on a healthy pair. */
export async function brokenSwarmTraffic(on: SwarmPair): Promise<readonly SwarmTraffic[]> {
  const outcomes = await swarmTraffic(on);
  return outcomes.filter(([, { reached }]) => !reached).map(([name]) => name);
}

function isSwarmTraffic(name: string): name is SwarmTraffic {
  return Object.hasOwn(tests, name);
}
