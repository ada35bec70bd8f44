import { describe, expect, test } from "vitest";
import { swarmNodes } from "../../src/collectors/swarm-nodes.ts";
import type { Failure } from "../../src/model/failure.ts";
import { aDaemon } from "../support/a-daemon.ts";
import { collectFromDocker } from "../support/collect.ts";
import { fakeInstant } from "../support/fake-host.ts";
import { fixtureText } from "../support/fixtures.ts";

const docker = (path: string) => ({ kind: "docker", path });

describe("swarm nodes", () => {
  test("are absent where Docker is not installed", async () => {
    const daemon = { state: "not-installed", reason: "no socket" } as const;
    expect(await collectFromDocker(swarmNodes, daemon, {})).toStrictEqual({
      state: "absent",
      reason: "no socket",
    });
  });

  test("are unknown while Docker is stopped: containers may run without it", async () => {
    const daemon = { state: "stopped", reason: "nobody listens" } as const;
    expect(await collectFromDocker(swarmNodes, daemon, {})).toStrictEqual({
      state: "unknown",
      failure: {
        kind: "connection-refused",
        message:
          "nobody listens; containers may run without it: systemctl start docker (journalctl -u docker says why it ended)",
      },
    });
  });

  test("are those that a manager lists", async () => {
    const text = fixtureText("docker-nodes", "debian12-docker20.10--two-nodes");
    expect(await collectFromDocker(swarmNodes, aDaemon, { "GET /nodes": text })).toMatchObject({
      state: "known",
      value: [{ hostname: "m1" }, { hostname: "w1" }],
      sources: [docker("/nodes")],
    });
  });

  test.each(["inactive", "active"] as const)("are none where no manager is: %s", async (state) => {
    const swarm = { state, isManager: false, remoteManagers: [] };
    expect(await collectFromDocker(swarmNodes, { ...aDaemon, swarm }, {})).toStrictEqual({
      state: "known",
      value: [],
      collectedAt: fakeInstant,
      sources: [docker("/info")],
      ignored: [],
    });
  });

  test("are unknown when the swarm has no leader", async () => {
    const failure: Failure = {
      kind: "bad-answer",
      message: "the swarm does not have a leader",
      httpStatus: 503,
    };
    expect(await collectFromDocker(swarmNodes, aDaemon, { "GET /nodes": failure })).toStrictEqual({
      state: "unknown",
      failure,
    });
  });
});
