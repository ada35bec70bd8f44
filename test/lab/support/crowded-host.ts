import { lanAddresses } from "./address-plan.ts";
import {
  type LabContainer,
  pauseContainer,
  publishHttp,
  publishUdpEcho,
  runContainer,
  stopContainer,
} from "./containers.ts";
import type { LabHost } from "./lab-host.ts";
import { startSwitch } from "./lan-switch.ts";
import { createNetwork } from "./networks.ts";
import { type Lan, startEngineHost } from "./standard-host.ts";

/** A healthy host with two uplinks and every odd but legal network and container. */
export interface CrowdedHost extends Lan {
  readonly host: LabHost;
  /** On the default bridge, `crowdedPorts.web` published on every address. */
  readonly web: LabContainer;
  /** Ends at once, again and again; `crowdedPorts.looping` published. */
  readonly looping: LabContainer;
}

/** Ports that the crowded host publishes, by where and on what. */
export const crowdedPorts = {
  web: 8080,
  webUdp: 5300,
  oneAddress: 8101,
  loopback: 8102,
  everyIpv6: 8103,
  secondUplink: 8104,
  manyHomes: 8105,
  paused: 8106,
  exited: 8107,
  looping: 8108,
  unmasqueraded: 8109,
  sixNet: 8110,
} as const;

const hostNumber = 1;

/** Brings it up. */
export async function crowdedHost(lan: Lan): Promise<CrowdedHost> {
  const secondSwitch = await startSwitch(lan.lab, "second");
  const host = await startEngineHost(lan, { name: "h1", number: hostNumber, secondSwitch });
  await Promise.all([
    createNetwork(host, { name: "apps", driver: "bridge" }),
    createNetwork(host, { name: "vault", driver: "bridge", access: "internal" }),
    createNetwork(host, {
      name: "apart",
      driver: "bridge",
      options: { "com.docker.network.bridge.enable_icc": "false" },
    }),
    createNetwork(host, {
      name: "plain",
      driver: "bridge",
      subnet: "10.77.0.0/24",
      options: { "com.docker.network.bridge.enable_ip_masquerade": "false" },
    }),
    createNetwork(host, { name: "six", driver: "bridge", ipv6Subnet: "fd00:77::/64" }),
    createNetwork(host, {
      name: "named",
      driver: "bridge",
      options: {
        "com.docker.network.bridge.name": "dmz0",
        "com.docker.network.driver.mtu": "1400",
      },
    }),
    createNetwork(host, { name: "empty", driver: "bridge" }),
  ]);
  const first = lanAddresses(hostNumber, "first");
  const second = lanAddresses(hostNumber, "second");
  const [web, looping, paused, exited] = await Promise.all([
    runContainer(host, {
      name: "web",
      network: "bridge",
      ports: [publishHttp(crowdedPorts.web), publishUdpEcho(crowdedPorts.webUdp)],
    }),
    runContainer(host, {
      name: "looping",
      network: "apps",
      ports: [publishHttp(crowdedPorts.looping)],
      command: ["/bin/false"],
    }),
    runContainer(host, {
      name: "paused",
      network: "apps",
      ports: [publishHttp(crowdedPorts.paused)],
    }),
    runContainer(host, {
      name: "exited",
      network: "apps",
      ports: [publishHttp(crowdedPorts.exited)],
    }),
    runContainer(host, {
      name: "homes",
      network: "apps",
      alsoOn: ["vault", "named", "six"],
      ports: [publishHttp(crowdedPorts.manyHomes)],
    }),
    runContainer(host, {
      name: "bound",
      network: "apps",
      ports: [
        publishHttp(crowdedPorts.oneAddress, first.ipv4),
        publishHttp(crowdedPorts.loopback, "127.0.0.1"),
        publishHttp(crowdedPorts.everyIpv6, "::"),
        publishHttp(crowdedPorts.secondUplink, second.ipv4),
      ],
    }),
    runContainer(host, { name: "apart-a", network: "apart" }),
    runContainer(host, { name: "apart-b", network: "apart" }),
    runContainer(host, {
      name: "plain",
      network: "plain",
      ports: [publishHttp(crowdedPorts.unmasqueraded)],
    }),
    runContainer(host, { name: "six", network: "six", ports: [publishHttp(crowdedPorts.sixNet)] }),
    runContainer(host, { name: "store", network: "vault" }),
    runContainer(host, { name: "lonely", network: "none" }),
  ]);
  await runContainer(host, {
    name: "sidecar",
    network: "container:web",
    command: ["/bin/sleep", "86400"],
  });
  await Promise.all([pauseContainer(paused), stopContainer(exited)]);
  return { ...lan, host, web, looping };
}
