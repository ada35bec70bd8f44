import { containerAddress } from "./containers.ts";
import { outsidePorts } from "./outside.ts";
import { publishedPorts, type StandardHost, standardNetworks } from "./standard-host.ts";
import { http, ping, resolveName, type TrafficOutcome, udpEcho } from "./traffic.ts";
import { fromContainer, fromHost, fromOutside } from "./vantage.ts";

type TrafficTest = (on: StandardHost) => Promise<TrafficOutcome>;

/** Every piece of traffic that passes on a healthy standard host. */
const tests = {
  "container on the default bridge pings the outside": ({ containers, outside }) =>
    ping(fromContainer(containers.web), outside.addresses.ipv4),
  "container on a user bridge asks a server outside": ({ containers, outside }) =>
    http(fromContainer(containers.api), serverOf(outside.addresses.ipv4)),
  "container pings another one on its bridge": async ({ containers }) =>
    ping(
      fromContainer(containers.client),
      await containerAddress(containers.api, standardNetworks.user),
    ),
  "container resolves another one by name": async ({ containers }) => {
    const answers = await resolveName(fromContainer(containers.client), "api");
    return answers.length > 0 ? { reached: true } : { reached: false, reason: "no answer" };
  },
  "container pings another one on the internal network": async ({ containers }) =>
    ping(
      fromContainer(containers.client),
      await containerAddress(containers.store, standardNetworks.internal),
    ),
  "outside asks the published tcp port on the default bridge": ({ host, outside }) =>
    http(fromOutside(outside), { address: host.addresses.ipv4, port: publishedPorts.web }),
  "outside asks the published udp port on the default bridge": ({ host, outside }) =>
    udpEcho(fromOutside(outside), { address: host.addresses.ipv4, port: publishedPorts.webUdp }),
  "outside asks the published tcp port on a user bridge": ({ host, outside }) =>
    http(fromOutside(outside), { address: host.addresses.ipv4, port: publishedPorts.api }),
  "outside asks the server in host mode": ({ host, outside }) =>
    http(fromOutside(outside), { address: host.addresses.ipv4, port: publishedPorts.hostMode }),
  "outside pings the macvlan container": async ({ containers, outside }) =>
    ping(fromOutside(outside), await containerAddress(containers.onlan, standardNetworks.macvlan)),
  "host asks the published tcp port on its own address": ({ host }) =>
    http(fromHost(host), { address: host.addresses.ipv4, port: publishedPorts.web }),
  "host asks the port published on loopback": ({ host }) =>
    http(fromHost(host), { address: "127.0.0.1", port: publishedPorts.apiLoopback }),
  "host pings a container on the default bridge": async ({ host, containers }) =>
    ping(fromHost(host), await containerAddress(containers.web, "bridge")),
} as const satisfies Readonly<Record<string, TrafficTest>>;

/** Name of a traffic test: a sentence that is true on a healthy host. */
export type StandardTraffic = keyof typeof tests;

/** Runs every traffic test of the standard host. */
export async function standardTraffic(
  on: StandardHost,
): Promise<readonly (readonly [StandardTraffic, TrafficOutcome])[]> {
  return Promise.all(
    Object.keys(tests)
      .filter(isStandardTraffic)
      .map(async (name) => [name, await tests[name](on)] as const),
  );
}

/** Names of the tests whose traffic does not arrive, in their order; none on a healthy host. */
export async function brokenStandardTraffic(on: StandardHost): Promise<readonly StandardTraffic[]> {
  const outcomes = await standardTraffic(on);
  return outcomes.filter(([, { reached }]) => !reached).map(([name]) => name);
}

function isStandardTraffic(name: string): name is StandardTraffic {
  return Object.hasOwn(tests, name);
}

function serverOf(address: string) {
  return { address, port: outsidePorts.http };
}
