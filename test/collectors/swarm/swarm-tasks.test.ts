import { describe, expect, test } from "vitest";
import { swarmTasks } from "../../../src/collectors/swarm/swarm-tasks.ts";
import type { Failure } from "../../../src/model/failure.ts";
import { aDaemon } from "../../support/a-daemon.ts";
import { collectFromDocker } from "../../support/collect.ts";
import { fakeInstant } from "../../support/fake-host.ts";

describe("tasks of a swarm", () => {
  test("are those that a manager lists", async () => {
    const text = JSON.stringify([
      { ID: "t", ServiceID: "s", Status: { State: "running" }, DesiredState: "running" },
    ]);
    expect(await collectFromDocker(swarmTasks, aDaemon, { "GET /tasks": text })).toStrictEqual({
      state: "known",
      value: [
        {
          id: "t",
          serviceId: "s",
          state: "running",
          desiredState: "running",
          addresses: [],
          hostPorts: [],
        },
      ],
      collectedAt: fakeInstant,
      sources: [{ kind: "docker", path: "/tasks" }],
      ignored: [],
    });
  });

  test.each([
    ["inactive", "this host is in no swarm"],
    ["active", "this node is no manager: only managers list services and tasks"],
  ] as const)("are absent where no manager is: %s", async (state, reason) => {
    const swarm = { state, isManager: false, remoteManagers: [] };
    expect(await collectFromDocker(swarmTasks, { ...aDaemon, swarm }, {})).toStrictEqual({
      state: "absent",
      reason,
    });
  });

  test("are unknown while Docker is stopped", async () => {
    const daemon = { state: "stopped", reason: "nobody listens" } as const;
    expect(await collectFromDocker(swarmTasks, daemon, {})).toMatchObject({ state: "unknown" });
  });

  test("are unknown when the swarm has no leader", async () => {
    const failure: Failure = { kind: "bad-answer", message: "no leader", httpStatus: 503 };
    expect(await collectFromDocker(swarmTasks, aDaemon, { "GET /tasks": failure })).toStrictEqual({
      state: "unknown",
      failure,
    });
  });
});
