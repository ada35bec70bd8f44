import { describe, expect, test } from "vitest";
import { dockerNetworks } from "../../src/collectors/docker-networks.ts";
import type { Failure } from "../../src/model/failure.ts";
import { timedOut } from "../../src/model/failure.ts";
import { aDaemon } from "../support/a-daemon.ts";
import { collectFromDocker } from "../support/collect.ts";

const gone: Failure = { kind: "bad-answer", message: "no such object", httpStatus: 404 };
const failing: Failure = { kind: "bad-answer", message: "server error", httpStatus: 500 };
const docker = (path: string) => ({ kind: "docker", path });

describe("Docker networks", () => {
  test("are absent where Docker is not installed", async () => {
    const daemon = { state: "not-installed", reason: "no socket" } as const;
    expect(await collectFromDocker(dockerNetworks, daemon, {})).toStrictEqual({
      state: "absent",
      reason: "no socket",
    });
  });

  test("are unknown while Docker is stopped: containers may run without it", async () => {
    const daemon = { state: "stopped", reason: "nobody listens" } as const;
    expect(await collectFromDocker(dockerNetworks, daemon, {})).toStrictEqual({
      state: "unknown",
      failure: {
        kind: "connection-refused",
        message:
          "nobody listens; containers may run without it: systemctl start docker (journalctl -u docker says why it ended)",
      },
    });
  });

  const body = (Id: string) => JSON.stringify({ Id, Name: `net-${Id}`, Driver: "null" });
  const list = JSON.stringify(["a", "b"].map((Id) => ({ Id, Name: `net-${Id}` })));
  const answers = { "GET /networks": list, "GET /networks/a": body("a") };

  test("are asked for one by one, and drop out when they went away", async () => {
    const fact = await collectFromDocker(dockerNetworks, aDaemon, {
      ...answers,
      "GET /networks/b": gone,
    });
    expect(fact).toMatchObject({
      state: "known",
      value: [{ id: "a", name: "net-a" }],
      sources: [docker("/networks"), docker("/networks/a")],
    });
  });

  test("stand in the order of their names, however Docker lists them", async () => {
    const reversed = JSON.stringify(["b", "a"].map((Id) => ({ Id, Name: `net-${Id}` })));
    const fact = await collectFromDocker(dockerNetworks, aDaemon, {
      ...answers,
      "GET /networks": reversed,
      "GET /networks/b": body("b"),
    });
    expect(fact).toMatchObject({ value: [{ name: "net-a" }, { name: "net-b" }] });
  });

  test.each([failing, timedOut("no answer", 10)])(
    "are unknown when one fails: $kind",
    async (failure) => {
      const fact = await collectFromDocker(dockerNetworks, aDaemon, {
        ...answers,
        "GET /networks/b": failure,
      });
      expect(fact).toStrictEqual({ state: "unknown", failure });
    },
  );

  test("are unknown when the list fails", async () => {
    expect(
      await collectFromDocker(dockerNetworks, aDaemon, { "GET /networks": failing }),
    ).toStrictEqual({ state: "unknown", failure: failing });
  });
});
