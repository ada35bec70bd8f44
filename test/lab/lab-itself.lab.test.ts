import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeLab } from "./support/describe-lab.ts";
import { enginePings } from "./support/docker-api.ts";
import { killEngine, restartEngine } from "./support/engine.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { mustOnHost, onHost, startHost, stopHost } from "./support/lab-host.ts";
import { startSwitch } from "./support/lan-switch.ts";
import {
  leftoversOf,
  type MachineState,
  machineState,
  netnsInUse,
  nothingLeft,
} from "./support/leftovers.ts";
import { runRemedy } from "./support/remedy.ts";
import {
  publishedPorts,
  type StandardHost,
  standardHost,
  startLan,
} from "./support/standard-host.ts";
import { brokenStandardTraffic, standardTraffic } from "./support/standard-traffic.ts";
import { nodeStates, swarmPorts } from "./support/swarm.ts";
import { type SwarmPair, swarmPair } from "./support/swarm-pair.ts";
import { brokenSwarmTraffic } from "./support/swarm-traffic.ts";
import { datagramsDelivered, http, packetsMatched, ping, udpEcho } from "./support/traffic.ts";
import { fromHost, fromOutside } from "./support/vantage.ts";
import { waitFor } from "./support/wait-for.ts";

describeLab("the lab", () => {
  let before: MachineState;
  let lab: Lab;
  let standard: StandardHost;
  let pair: SwarmPair;

  beforeAll(async () => {
    before = await machineState();
    lab = await openLab();
    const lan = await startLan(lab);
    [standard, pair] = await Promise.all([standardHost(lan), swarmPair(lan)]);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("passes all traffic of a healthy host, with the client address kept", async () => {
    const outcomes = Object.fromEntries(await standardTraffic(standard));
    expect(outcomes).toMatchObject({
      "container on a user bridge asks a server outside": {
        reached: true,
        seen: { client: standard.host.addresses.ipv4, server: "outside" },
      },
      "outside asks the published tcp port on the default bridge": {
        reached: true,
        seen: { client: standard.outside.addresses.ipv4, server: "web" },
      },
      "outside asks the published udp port on the default bridge": {
        reached: true,
        seen: { client: standard.outside.addresses.ipv4, server: "web" },
      },
    });
    expect(await brokenStandardTraffic(standard)).toEqual([]);
  });

  test("passes all traffic of a healthy swarm", async () => {
    expect(await brokenSwarmTraffic(pair)).toEqual([]);
    expect(await nodeStates(pair.manager)).toEqual({ m1: "ready", w1: "ready" });
  });

  test("shows only its own host to a program on a host", async () => {
    const { host } = standard;
    const links = (await mustOnHost(host, ["ls", "/sys/class/net"])).split("\n");
    expect(links.filter((name) => !/^(veth|br-)/.test(name))).toEqual([
      "docker0",
      "eth0",
      "lo",
      "",
    ]);
    expect(await mustOnHost(host, ["hostname"])).toBe("h1\n");
    const engines = await mustOnHost(host, ["sh", "-c", "cat /proc/[0-9]*/comm | grep -c dockerd"]);
    expect(engines).toBe("1\n");
  });

  test("keeps what a host writes below /etc on that host", async () => {
    const path = "/etc/sysctl.d/99-docknet-lab.conf";
    await mustOnHost(standard.host, ["sh", "-c", `echo net.ipv4.ip_forward=1 >${path}`]);
    expect(await mustOnHost(standard.host, ["cat", path])).toBe("net.ipv4.ip_forward=1\n");
    expect(existsSync(path)).toBe(false);
    expect((await onHost(pair.worker, ["cat", path])).code).toBe(1);
    await mustOnHost(standard.host, ["rm", path]);
  });

  test("breaks routed traffic, and nothing else, without forwarding", async () => {
    await mustOnHost(standard.host, ["sysctl", "-qw", "net.ipv4.ip_forward=0"]);
    expect(await brokenStandardTraffic(standard)).toEqual([
      "container on the default bridge pings the outside",
      "container on a user bridge asks a server outside",
      "outside asks the published tcp port on the default bridge",
      "outside asks the published udp port on the default bridge",
      "outside asks the published tcp port on a user bridge",
    ]);
    const remedy = await runRemedy(standard.host, "sysctl -w net.ipv4.ip_forward=1");
    expect(remedy).toEqual({ code: 0, stdout: "net.ipv4.ip_forward = 1\n", stderr: "" });
    expect(await brokenStandardTraffic(standard)).toEqual([]);
  });

  test("breaks the default bridge, and no other, when docker0 is down", async () => {
    await mustOnHost(standard.host, ["ip", "link", "set", "docker0", "down"]);
    expect(await brokenStandardTraffic(standard)).toEqual([
      "container on the default bridge pings the outside",
      "outside asks the published tcp port on the default bridge",
      "outside asks the published udp port on the default bridge",
      "host asks the published tcp port on its own address",
      "host pings a container on the default bridge",
    ]);
    await mustOnHost(standard.host, ["ip", "link", "set", "docker0", "up"]);
    const healed = async () =>
      (await brokenStandardTraffic(standard)).length === 0 ? true : undefined;
    await waitFor(healed, { what: "traffic passes again", timeoutMs: 10_000 });
  });

  test("breaks only the overlay when a node drops VXLAN", async () => {
    const rule = ["INPUT", "-p", "udp", "--dport", String(swarmPorts.dataPath), "-j", "DROP"];
    await mustOnHost(pair.worker, ["iptables", "-I", ...rule]);
    expect(await brokenSwarmTraffic(pair)).toEqual([
      "left container pings the right one over the overlay",
      "right container asks the left one over the overlay",
    ]);
    const save = await mustOnHost(pair.worker, ["iptables-save", "-c"]);
    expect(packetsMatched(save, "--dport 4789 -j DROP")).toBeGreaterThan(0);
    await mustOnHost(pair.worker, ["iptables", "-D", ...rule]);
    expect(await brokenSwarmTraffic(pair)).toEqual([]);
  });

  test("counts the datagrams that come past a node's firewall", async () => {
    const { manager, worker } = pair;
    const plan = {
      receiver: worker,
      address: worker.addresses.ipv4,
      udpPort: swarmPorts.gossip,
      count: 300,
    };
    expect(await datagramsDelivered(fromHost(manager), plan)).toBeGreaterThanOrEqual(300);
    const rule = ["INPUT", "-p", "udp", "--dport", String(swarmPorts.gossip), "-j", "DROP"];
    await mustOnHost(worker, ["iptables", "-I", ...rule]);
    expect(await datagramsDelivered(fromHost(manager), plan)).toBeLessThan(150);
    await mustOnHost(worker, ["iptables", "-D", ...rule]);
  });

  test("serves published ports through docker-proxy alone when nat is flushed", async () => {
    const { host, outside } = standard;
    const web = { address: host.addresses.ipv4, port: publishedPorts.web };
    const webUdp = { address: host.addresses.ipv4, port: publishedPorts.webUdp };
    const servedTo = (client: string) => ({ reached: true, seen: { client, server: "web" } });
    await mustOnHost(host, ["iptables", "-t", "nat", "-F"]);
    expect(await brokenStandardTraffic(standard)).toEqual([
      "container on the default bridge pings the outside",
      "container on a user bridge asks a server outside",
    ]);
    expect(await http(fromOutside(outside), web)).toEqual(servedTo("172.17.0.1"));
    expect(await udpEcho(fromOutside(outside), webUdp)).toEqual(servedTo("172.17.0.1"));
    const remedy = await runRemedy(host, "systemctl restart docker && systemctl is-active docker");
    expect(remedy).toEqual({ code: 0, stdout: "active\n", stderr: "" });
    expect(await http(fromOutside(outside), web)).toEqual(servedTo(outside.addresses.ipv4));
    expect(await udpEcho(fromOutside(outside), webUdp)).toEqual(servedTo(outside.addresses.ipv4));
    expect(await brokenStandardTraffic(standard)).toEqual([]);
  });

  test("gives a host a second uplink and takes a host away", async () => {
    const { lanSwitch, outside } = standard;
    const secondSwitch = await startSwitch(lab, "second");
    const host = await startHost(lab, { name: "h2", number: 2, lanSwitch, secondSwitch });
    const addresses = await mustOnHost(host, ["ip", "-br", "addr", "show", "dev", "eth1"]);
    expect(addresses).toMatch(/10\.98\.0\.2\/24 fd00:98::2\/64/);
    expect(await ping(fromOutside(outside), host.addresses.ipv4)).toEqual({ reached: true });
    expect(await ping(fromOutside(outside), host.addresses.ipv6)).toEqual({ reached: true });
    await stopHost(host);
    // The kernel takes a network namespace apart a while after its last process.
    const isLost = async () => {
      const { reached } = await ping(fromOutside(outside), host.addresses.ipv4);
      return reached ? undefined : true;
    };
    await waitFor(isLost, { what: "host is gone from the LAN", timeoutMs: 20_000 });
  });

  test("starts a killed engine again", async () => {
    const { host } = standard;
    await killEngine(host);
    expect(await enginePings(host.socketPath)).toBe(false);
    await restartEngine(host);
    expect(await enginePings(host.socketPath)).toBe(true);
    const healed = async () =>
      (await brokenStandardTraffic(standard)).length === 0 ? true : undefined;
    await waitFor(healed, { what: "traffic passes again", timeoutMs: 20_000 });
  });

  test("leaves nothing when it closes", async () => {
    expect(leftoversOf(lab.id).processes.length).toBeGreaterThan(0);
    await lab.close();
    expect(leftoversOf(lab.id)).toEqual(nothingLeft);
    expect(await machineState()).toEqual(before);
  });
});

describeLab("a lab whose runner is killed", () => {
  test("leaves nothing", async () => {
    const before = await machineState();
    const script = join(import.meta.dirname, "support", "doomed-runner.ts");
    const runner = spawn(process.execPath, [script], { stdio: ["ignore", "pipe", "inherit"] });
    const [id] = await once(createInterface({ input: runner.stdout }), "line");
    const labId = String(id);
    const alive = leftoversOf(labId);
    expect(alive.netns.length).toBeGreaterThanOrEqual(4); // switch, outside, host, container
    runner.kill("SIGKILL");
    await once(runner, "exit");
    const gone = () => {
      const left = leftoversOf(labId);
      return [left.processes, left.cgroups, left.folders].flat().length === 0 ? left : undefined;
    };
    const left = await waitFor(gone, { what: "the lab is gone", timeoutMs: 15_000 });
    expect(left).toEqual(nothingLeft);
    expect(await machineState()).toEqual(before);
    expect(netnsInUse().filter((netns) => alive.netns.includes(netns))).toEqual([]);
  });
});
