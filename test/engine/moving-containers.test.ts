import { expect, test } from "vitest";
import type { AnyCollector } from "../../src/collectors/define-collector.ts";
import { takeSnapshot } from "../../src/engine/take-snapshot.ts";
import type { HostPort } from "../../src/host/port.ts";
import { type FactName, known } from "../../src/model/facts.ts";
import { fakeHost, fakeInstant } from "../support/fake-host.ts";

const clock = { now: () => fakeInstant, elapsedMs: () => 0 };

/** A host on which a container starts anew between any two questions about it, after so many to which it stood still. */
function churningHost(still = 0): HostPort {
  let asked = 0;
  return {
    observe(query) {
      if (query.kind === "docker") asked += 1;
      const listed = (name: string, endpoint: string) => ({
        Id: name,
        Names: [`/${name}`],
        State: "running",
        NetworkSettings: { Networks: { apps: { EndpointID: endpoint } } },
      });
      const containers = [listed("web", "e1"), listed("looping", `e${Math.max(asked - still, 0)}`)];
      return fakeHost({
        "GET /containers/json?all=1": JSON.stringify(containers),
        "iptables-nft-save -c": "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n",
      }).observe(query);
    },
  };
}

function collectorOf(fact: FactName, value: unknown): AnyCollector {
  const collect = async () => known(value, { at: fakeInstant, sources: [] });
  return { fact, title: fact, reads: [], needs: [], collect };
}

test("a container in motion drops out of the containers and of its networks", async () => {
  const named = ["web", "looping"].map((name) => ({ name }));
  const { snapshot } = await takeSnapshot(churningHost(), {
    collectors: [
      collectorOf("containers", named),
      collectorOf("dockerNetworks", [{ name: "apps", attachments: named }]),
    ],
    clock,
  });
  const { containers, dockerNetworks } = snapshot.facts;
  expect(snapshot).toMatchObject({ torn: true, moving: ["looping"] });
  expect(containers).toMatchObject({ state: "known", value: [{ name: "web" }] });
  expect(dockerNetworks).toMatchObject({
    state: "known",
    value: [{ name: "apps", attachments: [{ name: "web" }] }],
  });
});

test("a container whose link is gone before Docker's list says so drops out when the list does", async () => {
  const pauses: number[] = [];
  const networks = (names: readonly string[]) => [
    { name: "apps", bridge: "br-apps", attachments: names.map((name) => ({ name })) },
  ];
  const port = { bridge: "br-apps", adminUp: true, portState: "forwarding" };
  const running = ["web", "looping"].map((name) => ({ name, state: "running" }));
  const { snapshot } = await takeSnapshot(churningHost(2), {
    collectors: [
      collectorOf("containers", running),
      collectorOf("dockerNetworks", networks(["web", "looping"])),
      collectorOf("bridgePorts", [port]),
    ],
    clock: {
      ...clock,
      pause: async (ms) => {
        pauses.push(ms);
      },
    },
  });
  expect(pauses).toEqual([1_000]);
  expect(snapshot).toMatchObject({ torn: true, moving: ["looping"] });
  expect(snapshot.facts.dockerNetworks).toMatchObject({ value: networks(["web"]) });
});

test("a container of which list and inspection never agree is judged, and one that is another each time is not", async () => {
  const listed = (name: string) => ({ Id: name, Names: [`/${name}`], State: "exited" });
  const host = fakeHost({
    "GET /containers/json?all=1": JSON.stringify([listed("odd"), listed("looping")]),
    "iptables-nft-save -c": "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n",
  });
  let looks = 0;
  const inspected = (name: string, endpointId: string) => ({
    id: name,
    name,
    state: "running",
    endpoints: [{ endpointId }],
  });
  const containers: AnyCollector = {
    ...collectorOf("containers", []),
    collect: async () => {
      looks += 1;
      const seen = [inspected("odd", "e1"), inspected("looping", `e${looks}`)];
      return known(seen, { at: fakeInstant, sources: [] });
    },
  };
  const { snapshot } = await takeSnapshot(host, { collectors: [containers], clock });
  expect([looks, snapshot.moving]).toEqual([2, ["looping"]]);
  expect(snapshot.facts.containers).toMatchObject({ value: [{ name: "odd" }] });
});
