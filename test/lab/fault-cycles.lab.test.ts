import { afterAll, beforeAll, expect, test } from "vitest";
import { type LabFault, type LabFaultName, labFaults } from "../support/lab-faults.ts";
import { examinedBy, type LabAgent, startAgent } from "./support/agent.ts";
import { containerAddress } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { saveRecording } from "./support/docknet.ts";
import { causesOf, conclusionOf, doctorOn, findingsOf, healthy } from "./support/doctor.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { outsidePorts } from "./support/outside.ts";
import { runRemedy } from "./support/remedy.ts";
import {
  publishedPorts,
  type StandardHost,
  standardHost,
  startLan,
} from "./support/standard-host.ts";
import { swarmPorts } from "./support/swarm.ts";
import { overlayName, type SwarmPair, swarmPair } from "./support/swarm-pair.ts";
import { tracedOn } from "./support/traced-on.ts";
import { datagramsDelivered, http, ping, tcp, udpEcho } from "./support/traffic.ts";
import { fromContainer, fromHost, fromOutside } from "./support/vantage.ts";
import { waitFor } from "./support/wait-for.ts";

interface Scene {
  readonly standard: StandardHost;
  readonly pair: SwarmPair;
}

/** What works on a healthy host and not under the fault: traffic, or what the fault takes from it. */
const works: Readonly<Record<LabFaultName, (scene: Scene) => Promise<boolean>>> = {
  "ip-forward-off": containerReachesOutside,
  "uplink-forwarding-off": outsideReachesPort,
  "bridge-forwarding-off": defaultBridgeReachesOutside,
  "forward-policy-drop": containerReachesOutside,
  "chains-flushed": containerReachesOutside,
  "masquerade-missing": defaultBridgeReachesOutside,
  "dnat-flushed": async (scene) =>
    (await serverSeesClient(scene, publishedPorts.web)) && udp(scene),
  "dnat-of-one-port-missing": (scene) => serverSeesClient(scene, publishedPorts.api),
  "docker-user-drops-uplink": containerReachesOutside,
  "bridge-down": defaultBridgeReachesOutside,
  "bridge-no-ip": defaultBridgeReachesOutside,
  "management-port-dropped": ({ pair }) =>
    connects(pair.worker, pair.manager, swarmPorts.management),
  "gossip-tcp-dropped": ({ pair }) => connects(pair.manager, pair.worker, swarmPorts.gossip),
  "gossip-udp-dropped": gossipArrives,
  "data-path-dropped": async ({ pair: { left, right } }) =>
    (await ping(fromContainer(left), await containerAddress(right, overlayName))).reached,
};

/** Saves each broken state to test/recordings when set: the corpus test judges them without root. */
const keepRecordings = process.env["DOCKNET_LAB_RECORD"] === "1";

describeLab("a fault on a real host", () => {
  let lab: Lab;
  let scene: Scene;
  /** They look when they are told, and remember from the first fault to the last what they asked of the host. */
  let agents: Readonly<Record<LabFault["host"], LabAgent>>;

  beforeAll(async () => {
    lab = await openLab();
    const lan = await startLan(lab);
    const [standard, pair] = await Promise.all([standardHost(lan), swarmPair(lan)]);
    scene = { standard, pair };
    const agentOn = (at: LabFault["host"]) =>
      startAgent(hostOf(scene, at), ["--schedule.every", "12h", "--schedule.jitter", "0s"]);
    const [onStandard, onManager, onWorker] = await Promise.all([
      agentOn("standard"),
      agentOn("manager"),
      agentOn("worker"),
    ]);
    agents = { standard: onStandard, manager: onManager, worker: onWorker };
  });

  afterAll(async () => {
    await lab?.close();
  });

  test.each(["standard", "manager", "worker"] as const)(
    "is not seen on a healthy %s",
    async (at) => {
      const host = hostOf(scene, at);
      expect(conclusionOf(await doctorOn(host))).toEqual(healthy);
      expect(findingsOf(await examinedBy(agents[at]))).toEqual([]);
      if (keepRecordings) await saveRecording(host, `lab-${host.name}--healthy`);
    },
  );

  test.each(labFaults)("is named, and mended by the remedy: $name", async (fault: LabFault) => {
    const host = hostOf(scene, fault.host);
    const passes = (): Promise<boolean> => works[fault.name as LabFaultName](scene);
    expect(await passes()).toBe(true);

    for (const line of fault.inject) await mustOnHost(host, ["sh", "-c", line]);
    expect(await passes()).toBe(false);
    const broken = await doctorOn(host);
    const [cause] = causesOf(broken.report);
    expect(causesOf(broken.report).map(({ fingerprint }) => fingerprint)).toEqual([
      `${fault.cause.check}|${fault.cause.subject}`,
    ]);
    expect(cause?.evidence.map(({ text }) => text).join("\n")).toContain(fault.evidence);
    expect(broken.code).toBe(cause?.severity === "warning" ? 1 : 2);
    const seenByAgent = await examinedBy(agents[fault.host]);
    expect(findingsOf(seenByAgent)).toEqual(findingsOf(broken.report));
    expect(causesOf(seenByAgent)[0]?.remedy).toEqual(cause?.remedy);
    for (const asked of fault.traces) expect(await tracedOn(host, asked)).toContain(asked.says);
    if (keepRecordings) await saveRecording(host, `lab-${host.name}--${fault.name}`);

    const commands = cause?.remedy.commands ?? [];
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      expect(await runRemedy(host, command)).toMatchObject({ code: 0 });
    }
    await waitFor(async () => ((await passes()) ? true : undefined), {
      what: `traffic passes again after ${commands.join("; ")}`,
      timeoutMs: 30_000,
    });
    const healed = await doctorOn(host);
    expect({ code: healed.code, findings: findingsOf(healed.report) }).toEqual({
      code: 0,
      findings: [],
    });
    expect(conclusionOf({ code: 0, report: await examinedBy(agents[fault.host]) })).toEqual(
      healthy,
    );
    console.log(
      `proved: ${fault.inject.join("; ")} → ${cause?.fingerprint} → ${commands.join("; ")} → mended`,
    );
  });
});

function hostOf({ standard, pair }: Scene, at: LabFault["host"]): LabHost {
  return { standard: standard.host, manager: pair.manager, worker: pair.worker }[at];
}

async function containerReachesOutside({ standard }: Scene): Promise<boolean> {
  const { containers, outside } = standard;
  const server = { address: outside.addresses.ipv4, port: outsidePorts.http };
  return (await http(fromContainer(containers.api), server)).reached;
}

async function defaultBridgeReachesOutside({ standard }: Scene): Promise<boolean> {
  const { containers, outside } = standard;
  return (await ping(fromContainer(containers.web), outside.addresses.ipv4)).reached;
}

async function outsideReachesPort({ standard }: Scene): Promise<boolean> {
  const { host, outside } = standard;
  const port = { address: host.addresses.ipv4, port: publishedPorts.web };
  return (await http(fromOutside(outside), port)).reached;
}

/** The address that the container's server sees is the client's own, not the bridge's. */
async function serverSeesClient({ standard }: Scene, port: number): Promise<boolean> {
  const { host, outside } = standard;
  const answer = await http(fromOutside(outside), { address: host.addresses.ipv4, port });
  return answer.reached && answer.seen?.client === outside.addresses.ipv4;
}

async function udp({ standard }: Scene): Promise<boolean> {
  const { host, outside } = standard;
  const to = { address: host.addresses.ipv4, port: publishedPorts.webUdp };
  const answer = await udpEcho(fromOutside(outside), to);
  return answer.reached && answer.seen?.client === outside.addresses.ipv4;
}

async function connects(from: LabHost, to: LabHost, port: number): Promise<boolean> {
  return (await tcp(fromHost(from), { address: to.addresses.ipv4, port })).reached;
}

/** A counter on the receiver: the swarm itself hides a loss of udp gossip for a while. */
async function gossipArrives({ pair: { manager, worker } }: Scene): Promise<boolean> {
  const plan = {
    receiver: worker,
    address: worker.addresses.ipv4,
    udpPort: swarmPorts.gossip,
    count: 300,
  };
  return (await datagramsDelivered(fromHost(manager), plan)) >= 300;
}
