import {
  type ContainerPlan,
  type LabContainer,
  publishHttp,
  publishUdpEcho,
  runContainer,
} from "./containers.ts";
import { type DaemonOptions, startEngine } from "./engine.ts";
import { buildImage, importImage } from "./image.ts";
import type { Lab } from "./lab.ts";
import { type LabHost, mustOnHost, startHost } from "./lab-host.ts";
import { type LanSwitch, startSwitch } from "./lan-switch.ts";
import { createNetwork } from "./networks.ts";
import { type Outside, startOutside } from "./outside.ts";

/** The LAN of a lab: a switch, the client on it, and the image for its hosts. */
export interface Lan {
  readonly lab: Lab;
  readonly lanSwitch: LanSwitch;
  readonly outside: Outside;
  readonly image: Buffer;
}

/** A host with one container on each kind of network that the kernel of the lab can make. */
export interface StandardHost extends Lan {
  readonly host: LabHost;
  readonly containers: Readonly<Record<StandardContainer, LabContainer>>;
}

export type StandardContainer =
  | "web"
  | "api"
  | "client"
  | "store"
  | "hostmode"
  | "lonely"
  | "onlan";

/** Ports of the standard host that are published, by what they are for. */
export const publishedPorts = {
  /** tcp, container `web` on the default bridge, every address */
  web: 8080,
  /** udp, the same container */
  webUdp: 5300,
  /** tcp, container `api` on the network `apps`, every address */
  api: 8081,
  /** tcp, the same container, bound to 127.0.0.1 */
  apiLoopback: 8082,
  /** tcp, container `hostmode`, not published but listening on the host itself */
  hostMode: 8090,
} as const;

/** Networks of the standard host, beside bridge, host and none. */
export const standardNetworks = { user: "apps", internal: "vault", macvlan: "lan" } as const;

const plans: Readonly<Record<StandardContainer, Omit<ContainerPlan, "name">>> = {
  web: {
    network: "bridge",
    ports: [publishHttp(publishedPorts.web), publishUdpEcho(publishedPorts.webUdp)],
  },
  api: {
    network: standardNetworks.user,
    ports: [publishHttp(publishedPorts.api), publishHttp(publishedPorts.apiLoopback, "127.0.0.1")],
  },
  client: { network: standardNetworks.user, alsoOn: [standardNetworks.internal] },
  store: { network: standardNetworks.internal },
  hostmode: { network: "host", listensOn: { http: publishedPorts.hostMode, udpEcho: 5390 } },
  lonely: { network: "none" },
  onlan: { network: standardNetworks.macvlan },
};

/** Makes the LAN of a lab. */
export async function startLan(lab: Lab): Promise<Lan> {
  const [image, lanSwitch] = await Promise.all([buildImage(lab), startSwitch(lab)]);
  return { lab, lanSwitch, image, outside: await startOutside(lab, lanSwitch) };
}

export interface EngineHostPlan {
  readonly name: string;
  readonly number: number;
  readonly daemonOptions?: DaemonOptions;
  /** A second uplink, `eth1`, on another LAN. */
  readonly secondSwitch?: LanSwitch;
  /** Shell lines, run on the host as root before its engine starts. */
  readonly prepare?: readonly string[];
}

/** Boots a host, starts its engine and gives it the image. */
export async function startEngineHost(lan: Lan, plan: EngineHostPlan): Promise<LabHost> {
  const { name, number, secondSwitch } = plan;
  const host = await startHost(lan.lab, {
    name,
    number,
    lanSwitch: lan.lanSwitch,
    ...(secondSwitch === undefined ? {} : { secondSwitch }),
  });
  for (const line of plan.prepare ?? []) await mustOnHost(host, ["sh", "-c", line]);
  await startEngine(host, plan.daemonOptions);
  await importImage(host, lan.image);
  return host;
}

/** Brings up the standard host, healthy; published ports answer when this returns. */
export async function standardHost(
  lan: Lan,
  plan: EngineHostPlan = { name: "h1", number: 1 },
): Promise<StandardHost> {
  const host = await startEngineHost(lan, plan);
  const { user, internal, macvlan } = standardNetworks;
  await createNetwork(host, { name: user, driver: "bridge" });
  await createNetwork(host, { name: internal, driver: "bridge", access: "internal" });
  await createNetwork(host, {
    name: macvlan,
    driver: "macvlan",
    subnet: "10.99.0.0/24",
    gateway: "10.99.0.254",
    addressRange: "10.99.0.192/27",
    options: { parent: "eth0" },
  });
  const start = (name: StandardContainer) => runContainer(host, { name, ...plans[name] });
  const [web, api, client, store, hostmode, lonely, onlan] = await Promise.all([
    start("web"),
    start("api"),
    start("client"),
    start("store"),
    start("hostmode"),
    start("lonely"),
    start("onlan"),
  ]);
  return { ...lan, host, containers: { web, api, client, store, hostmode, lonely, onlan } };
}
