import { describe, expect, test } from "vitest";
import { type Fence, readFence, whatMoved } from "../../src/collectors/fence.ts";
import type { Container } from "../../src/model/docker.ts";
import { fakeHost } from "../support/fake-host.ts";

const container = (name: string, state: string, endpoint = "") => ({
  Id: name,
  Names: [`/${name}`],
  State: state,
  NetworkSettings: { Networks: { bridge: { EndpointID: endpoint, IPAddress: "" } } },
});

function fence(...containers: readonly object[]): Promise<Fence> {
  return readFence(
    fakeHost({
      "GET /containers/json?all=1": JSON.stringify(containers),
      "iptables-nft-save -c": "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n",
    }),
  );
}

describe("the fence of a look", () => {
  test("is calm where nothing changed", async () => {
    const same = await fence(container("web", "running", "e1"));
    expect(whatMoved(same, { fences: [same] })).toEqual({
      calm: true,
      containers: [],
      rules: undefined,
    });
  });

  test("names a container that was started again in between", async () => {
    const before = await fence(container("web", "running", "e1"));
    const after = await fence(container("web", "running", "e2"));
    expect(whatMoved(before, { fences: [after] })).toEqual({
      calm: false,
      containers: ["web"],
      rules: undefined,
    });
  });

  test("names a container that was there in between, with what it had then", async () => {
    const same = await fence(container("web", "exited"), container("db", "running", "e1"));
    const endpoint = { networkId: "n", networkName: "bridge", addresses: [] };
    const inspected = (state: Container["state"], endpointId: string): Container => ({
      id: "db",
      name: "db",
      state,
      networkMode: "bridge",
      endpoints: [{ ...endpoint, endpointId }],
      publishedPorts: [],
    });
    const web: Container = { ...inspected("running", "e7"), id: "web", name: "web" };
    const movedWith = (...containers: readonly Container[]) =>
      whatMoved(same, { fences: [same], inspected: containers }).containers;
    expect(movedWith(web, inspected("running", "e1"))).toEqual(["web"]);
    expect(movedWith(inspected("running", "e2"))).toEqual(["db"]);
    expect(movedWith(inspected("paused", "e1"))).toEqual(["db"]);
    expect(movedWith({ ...web, state: "exited", endpoints: [endpoint] })).toEqual([]);
  });

  test("names a container that moved, even where it is back as it was", async () => {
    const up = await fence(container("web", "running", "e1"));
    const down = await fence(container("web", "exited"));
    expect(whatMoved(down, { fences: [up, down] })).toEqual({
      calm: false,
      containers: ["web"],
      rules: undefined,
    });
  });

  test("names a container that waits for its next start, and needs no second look for it", async () => {
    const same = await fence(container("looping", "restarting"));
    expect(whatMoved(same, { fences: [same] })).toEqual({
      calm: true,
      containers: ["looping"],
      rules: undefined,
    });
  });
});
