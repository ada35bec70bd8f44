import { afterAll, beforeAll, expect, test } from "vitest";
import { describeLab } from "./support/describe-lab.ts";
import { causesOf, conclusionOf, doctorOn, healthy } from "./support/doctor.ts";
import { engineLog } from "./support/engine.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { inHostOf } from "./support/netns-exec.ts";
import { runRemedy } from "./support/remedy.ts";
import { startEngineHost, startLan } from "./support/standard-host.ts";
import { joinSwarm, nodeStates, startSwarm, swarmPorts, waitUntilReady } from "./support/swarm.ts";
import { waitFor } from "./support/wait-for.ts";

/** TCP port of ssh. */
const ssh = 22;

const subjects = ["swarm-port:7946/tcp", "swarm-port:7946/udp"].map(
  (subject) => `swarm-port-blocked|${subject}`,
);

describeLab("a gossip port that dockerd does not have", () => {
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
    await takePort(lab, worker, swarmPorts.gossip);
    // As on any real host something else listens too: no socket at all would make docknet doubt what it read.
    await takePort(lab, worker, ssh);
    await joinSwarm(worker, manager, "worker");
    await waitUntilReady(manager, [manager, worker]);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("is named, with the program that took it, though the node counts as ready", async () => {
    expect(await nodeStates(manager)).toMatchObject({ w1: "ready" });
    expect(engineLog(worker)).toContain("7946: bind: address already in use");
    const { code, report } = await doctorOn(worker);
    expect(code).toBe(2);
    const causes = causesOf(report);
    expect(causes.map(({ fingerprint }) => fingerprint)).toEqual(subjects);
    expect(causes.map(({ message }) => message)).toEqual([
      "another program than dockerd listens on 7946/tcp (gossip): 0.0.0.0:7946 perl",
      "nothing listens on 7946/udp (gossip), although the node is active",
    ]);
  });

  test("is named when the program is gone, and mended by a restart", async () => {
    const [taken] = causesOf((await doctorOn(worker)).report);
    const [end = "", ...restart] = taken?.remedy.commands ?? [];
    expect(end).toMatch(/^kill \d+$/);
    expect(await runRemedy(worker, end)).toMatchObject({ code: 0 });
    const isFree = async () =>
      (await mustOnHost(worker, ["ss", "-lntH"])).includes(":7946 ") ? undefined : true;
    await waitFor(isFree, { what: "port 7946 is free", timeoutMs: 10_000 });

    const { code, report } = await doctorOn(worker);
    expect(code).toBe(2);
    const causes = causesOf(report);
    expect(causes.map(({ fingerprint }) => fingerprint)).toEqual(subjects);
    expect(causes[0]?.message).toBe(
      "nothing listens on 7946/tcp (gossip), although the node is active",
    );
    expect(causes[0]?.remedy.commands).toEqual(restart);
    for (const command of restart) {
      expect(await runRemedy(worker, command)).toMatchObject({ code: 0 });
    }
    await waitUntilReady(manager, [manager, worker]);
    const isHealthy = async () => ((await doctorOn(worker)).code === 0 ? true : undefined);
    await waitFor(isHealthy, { what: "worker is healthy", timeoutMs: 30_000 });
    expect(conclusionOf(await doctorOn(worker))).toEqual(healthy);
    expect(conclusionOf(await doctorOn(manager))).toEqual(healthy);
  });
});

/** A program of its own on a host that listens on a tcp port, as Serf or MetalLB do on 7946. */
function takePort(lab: Lab, host: LabHost, port: number): Promise<unknown> {
  const listen = `use IO::Socket::INET; my $s = IO::Socket::INET->new(LocalPort => ${port}, Listen => 5) or die $!;`;
  const serve = '$| = 1; print "listening\\n"; close(STDOUT); $s->accept while 1;';
  return lab.hold(inHostOf(host.pid, ["perl", "-e", `${listen} ${serve}`]), `taken-${port}.log`);
}
