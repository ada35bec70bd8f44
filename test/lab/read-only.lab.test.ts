import { afterAll, beforeAll, expect, test } from "vitest";
import { startAgent, waitForRuns } from "./support/agent.ts";
import { describeLab } from "./support/describe-lab.ts";
import { docknetOn } from "./support/docknet.ts";
import { type HostState, hostState, restingHostState } from "./support/host-state.ts";
import { type Lab, openLab } from "./support/lab.ts";
import type { LabHost } from "./support/lab-host.ts";
import { standardHost, startEngineHost, startLan } from "./support/standard-host.ts";

/** What docknet does on a host over a day, in short. */
const agentRuns = 20;

describeLab("docknet only reads", () => {
  let lab: Lab;
  let standard: LabHost;
  let legacy: LabHost;

  beforeAll(async () => {
    lab = await openLab();
    const lan = await startLan(lab);
    const link = (name: string) => `ln -sfn /usr/sbin/${name} /etc/alternatives/`;
    const prepare = ["iptables", "ip6tables"].flatMap((name) => [
      `${link(`${name}-legacy`)}${name}`,
      `${link(`${name}-legacy-save`)}${name}-save`,
    ]);
    [{ host: standard }, legacy] = await Promise.all([
      standardHost(lan),
      startEngineHost(lan, { name: "legacy", number: 2, prepare }),
    ]);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("doctor and the agent change nothing on a host", async () => {
    const before = await restingHostState(standard);
    expect(await whatDoctorChanges(standard, before)).toEqual([]);
    const agent = await startAgent(standard, ["--schedule.every", "1s", "--schedule.jitter", "0s"]);
    await waitForRuns(agent, agentRuns);
    expect(await agent.stop()).toMatchObject({ code: 0 });
    expect(await hostState(standard)).toEqual(before);
  });

  test("no table of iptables-legacy comes to be where there is none", async () => {
    const { "/proc/net/ip_tables_names": tables, "iptables-legacy-save": save } =
      await hostState(standard);
    expect({ tables, save }).toEqual({ tables: "", save: undefined });
  });

  test("doctor changes nothing on a host of iptables-legacy", async () => {
    const before = await restingHostState(legacy);
    expect(before["iptables-legacy-save"]).toContain("-A FORWARD -j DOCKER-USER");
    expect(await whatDoctorChanges(legacy, before)).toEqual([]);
  });
});

/** Parts of the host's state that differ after `doctor` in each of its forms. */
async function whatDoctorChanges(host: LabHost, before: HostState): Promise<readonly string[]> {
  expect((await docknetOn(host, ["doctor"])).code).toBe(0);
  expect((await docknetOn(host, ["doctor", "--verbose"])).code).toBe(0);
  expect((await docknetOn(host, ["doctor", "--format", "json"])).code).toBe(0);
  const after = await hostState(host);
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}
