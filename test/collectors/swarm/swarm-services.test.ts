import { describe, expect, test } from "vitest";
import { swarmServices } from "../../../src/collectors/swarm/swarm-services.ts";
import type { Failure } from "../../../src/model/failure.ts";
import { aDaemon } from "../../support/a-daemon.ts";
import { collectFromDocker } from "../../support/collect.ts";
import { fixtureText } from "../../support/fixtures.ts";

describe("services of a swarm", () => {
  test("are those that a manager lists", async () => {
    const text = fixtureText("docker-services", "debian12-docker20.10--vip-dnsrr-host");
    const fact = await collectFromDocker(swarmServices, aDaemon, { "GET /services": text });
    expect(fact).toMatchObject({
      state: "known",
      sources: [{ kind: "docker", path: "/services" }],
      ignored: [],
    });
    const modes = fact.state === "known" ? fact.value.map(({ endpointMode }) => endpointMode) : [];
    expect(new Set(modes)).toEqual(new Set(["vip", "dnsrr"]));
  });

  test.each([
    ["inactive", "this host is in no swarm"],
    ["active", "this node is no manager: only managers list services and tasks"],
  ] as const)("are absent where no manager is: %s", async (state, reason) => {
    const swarm = { state, isManager: false, remoteManagers: [] };
    expect(await collectFromDocker(swarmServices, { ...aDaemon, swarm }, {})).toStrictEqual({
      state: "absent",
      reason,
    });
  });

  test("are absent where Docker is not installed", async () => {
    const daemon = { state: "not-installed", reason: "no socket" } as const;
    expect(await collectFromDocker(swarmServices, daemon, {})).toStrictEqual({
      state: "absent",
      reason: "no socket",
    });
  });

  test("are unknown when the swarm has no leader", async () => {
    const failure: Failure = { kind: "bad-answer", message: "no leader", httpStatus: 503 };
    const answers = { "GET /services": failure };
    expect(await collectFromDocker(swarmServices, aDaemon, answers)).toStrictEqual({
      state: "unknown",
      failure,
    });
  });
});
