import { describe, expect, test } from "vitest";
import { containers } from "../../src/collectors/containers.ts";
import { aDaemon } from "../support/a-daemon.ts";
import { collectFromDocker } from "../support/collect.ts";
import { fakeInstant } from "../support/fake-host.ts";

const docker = (path: string) => ({ kind: "docker", path });

describe("containers", () => {
  test("are absent where Docker is not installed", async () => {
    const daemon = { state: "not-installed", reason: "no socket" } as const;
    expect(await collectFromDocker(containers, daemon, {})).toStrictEqual({
      state: "absent",
      reason: "no socket",
    });
  });

  test("are unknown while Docker is stopped: containers may run without it", async () => {
    const daemon = { state: "stopped", reason: "nobody listens" } as const;
    expect(await collectFromDocker(containers, daemon, {})).toStrictEqual({
      state: "unknown",
      failure: {
        kind: "connection-refused",
        message:
          "nobody listens; containers may run without it: systemctl start docker (journalctl -u docker says why it ended)",
      },
    });
  });

  test("are asked for one by one in the order of the list, and what is odd is told", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const body = (Id: string) => ({
      Id,
      Name: `/${Id}`,
      State: { Status: "running" },
      NetworkSettings: { Ports: Id === "c7" ? { nonsense: [{ HostPort: "80" }] } : {} },
    });
    const fact = await collectFromDocker(containers, aDaemon, {
      "GET /containers/json?all=1": JSON.stringify(ids.map((Id) => ({ Id, State: "running" }))),
      ...Object.fromEntries(
        ids.map((id) => [`GET /containers/${id}/json`, JSON.stringify(body(id))]),
      ),
    });
    expect(fact).toStrictEqual({
      state: "known",
      value: ids.map((id) => ({
        id,
        name: id,
        state: "running",
        networkMode: "default",
        endpoints: [],
        publishedPorts: [],
      })),
      collectedAt: fakeInstant,
      sources: [
        docker("/containers/json?all=1"),
        ...ids.map((id) => docker(`/containers/${id}/json`)),
      ],
      ignored: [
        {
          line: 1,
          text: "nonsense on 0.0.0.0:80",
          reason: "no published port of container /c7",
          source: docker("/containers/c7/json"),
        },
      ],
    });
  });
});
