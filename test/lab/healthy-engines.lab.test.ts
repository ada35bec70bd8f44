import { afterAll, beforeAll, expect, test } from "vitest";
import type { Report } from "../../src/model/finding.ts";
import { publishHttp, publishUdpEcho, runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { conclusionOf, doctorOn, healthy } from "./support/doctor.ts";
import { restartEngine } from "./support/engine.ts";
import { type Lab, openLab } from "./support/lab.ts";
import type { LabHost } from "./support/lab-host.ts";
import { createNetwork } from "./support/networks.ts";
import {
  type EngineHostPlan,
  type Lan,
  publishedPorts,
  startEngineHost,
  startLan,
} from "./support/standard-host.ts";
import { http } from "./support/traffic.ts";
import { fromOutside } from "./support/vantage.ts";

interface Variant extends EngineHostPlan {
  readonly backend: Report["readings"]["iptablesBackend"];
}

/** Engines that run in another way than the default, and are healthy. */
const variants = {
  "docker-proxy off": {
    name: "noproxy",
    number: 2,
    daemonOptions: { "userland-proxy": false },
    backend: "nf_tables",
  },
  "live restore": {
    name: "restore",
    number: 3,
    daemonOptions: { "live-restore": true },
    backend: "nf_tables",
  },
  "iptables off": {
    name: "norules",
    number: 4,
    daemonOptions: { iptables: false },
    backend: "none",
  },
  "masquerading off": {
    name: "nomasq",
    number: 5,
    daemonOptions: { "ip-masq": false },
    backend: "nf_tables",
  },
  "rules for IPv6": {
    name: "six",
    number: 6,
    daemonOptions: {
      experimental: true,
      ip6tables: true,
      ipv6: true,
      "fixed-cidr-v6": "fd00:d0c6::/64",
    },
    backend: "nf_tables",
  },
  "settings of the default bridge": {
    name: "settings",
    number: 8,
    daemonOptions: { bip: "192.168.77.1/24", mtu: 1400, ip: "10.99.0.8", icc: false },
    backend: "nf_tables",
  },
  "forwarding left to the administrator": {
    name: "manual",
    number: 9,
    daemonOptions: { "ip-forward": false },
    prepare: ["sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"],
    backend: "nf_tables",
  },
  "a bridge of the administrator": {
    name: "given",
    number: 10,
    daemonOptions: { bridge: "br-given" },
    prepare: [
      "ip link add br-given type bridge",
      "ip addr add 192.168.78.1/24 dev br-given",
      "ip link set br-given up",
    ],
    backend: "nf_tables",
  },
  "iptables-legacy": {
    name: "legacy",
    number: 7,
    prepare: ["iptables", "ip6tables"].flatMap((name) => [
      `ln -sfn /usr/sbin/${name}-legacy /etc/alternatives/${name}`,
      `ln -sfn /usr/sbin/${name}-legacy-save /etc/alternatives/${name}-save`,
    ]),
    backend: "legacy",
  },
} as const satisfies Readonly<Record<string, Variant>>;

describeLab("a healthy engine", () => {
  let lab: Lab;
  let lan: Lan;
  let hosts: ReadonlyMap<string, LabHost>;

  beforeAll(async () => {
    lab = await openLab();
    lan = await startLan(lab);
    const all = Object.entries(variants);
    const started = await Promise.all(
      all.map(async ([variant, plan]) => [variant, await busyHost(lan, plan)] as const),
    );
    hosts = new Map(started);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test.each(Object.entries(variants))("raises no alarm: %s", async (variant, { backend }) => {
    const host = hostOf(hosts, variant);
    const examination = await doctorOn(host);
    expect(conclusionOf(examination)).toEqual(healthy);
    expect(examination.report.moving).toEqual([]);
    const { iptablesBackend, intents } = examination.report.readings;
    expect(iptablesBackend).toBe(backend);
    expect(intents).toMatchObject({ degraded: 0, failed: 0, unsure: 0 });
    expect(intents.kept).toBeGreaterThan(0);
    const web = { address: host.addresses.ipv4, port: publishedPorts.web };
    expect(await http(fromOutside(lan.outside), web)).toMatchObject({ reached: true });
  });

  test("raises no alarm when live restore has kept containers over a restart", async () => {
    const host = hostOf(hosts, "live restore");
    await restartEngine(host);
    const examination = await doctorOn(host);
    expect(conclusionOf(examination)).toEqual(healthy);
    expect(examination.report.moving).toEqual([]);
  });

  test("raises no alarm without live restore after a restart", async () => {
    const host = hostOf(hosts, "docker-proxy off");
    await restartEngine(host);
    const examination = await doctorOn(host);
    expect(conclusionOf(examination)).toEqual(healthy);
    expect(examination.report.moving).toEqual([]);
  });
});

function hostOf(hosts: ReadonlyMap<string, LabHost>, variant: string): LabHost {
  const host = hosts.get(variant);
  if (host === undefined) throw new Error(`no host runs the variant "${variant}"`);
  return host;
}

/** A host with published ports on the default bridge and on one of its own with IPv6. */
async function busyHost(lan: Lan, plan: EngineHostPlan): Promise<LabHost> {
  const host = await startEngineHost(lan, plan);
  await createNetwork(host, { name: "apps", driver: "bridge", ipv6Subnet: "fd00:77::/64" });
  await runContainer(host, {
    name: "web",
    network: "bridge",
    ports: [publishHttp(publishedPorts.web), publishUdpEcho(publishedPorts.webUdp)],
  });
  await runContainer(host, {
    name: "api",
    network: "apps",
    ports: [publishHttp(publishedPorts.api), publishHttp(publishedPorts.apiLoopback, "127.0.0.1")],
  });
  return host;
}
