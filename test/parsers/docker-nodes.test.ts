import { describe, expect, test } from "vitest";
import { parseDockerNodes } from "../../src/parsers/docker-nodes.ts";
import { fixturesOf } from "../support/fixtures.ts";

describe("docker-nodes", () => {
  test.each(fixturesOf("docker-nodes"))("reads $name", ({ text, expected }) => {
    expect(parseDockerNodes(text)).toStrictEqual(expected);
  });

  test("takes a manager's own address where its status shows 0.0.0.0", () => {
    const Spec = { Role: "manager", Availability: "drain" };
    const text = JSON.stringify([
      {
        ID: "a",
        Spec,
        Status: { State: "ready", Addr: "0.0.0.0" },
        ManagerStatus: { Addr: "10.99.0.1:2377" },
      },
      {
        ID: "b",
        Spec,
        Status: { State: "down", Message: "heartbeat failure" },
        Description: { Hostname: "" },
      },
    ]);
    const node = { role: "manager", availability: "drain" };
    expect(parseDockerNodes(text)).toStrictEqual({
      ok: true,
      value: [
        {
          id: "a",
          hostname: "a",
          ...node,
          state: "ready",
          address: "10.99.0.1",
          manager: {
            reachability: "unknown",
            isLeader: false,
            address: { address: "10.99.0.1", port: 2377 },
          },
        },
        { id: "b", hostname: "b", ...node, state: "down", message: "heartbeat failure" },
      ],
      ignored: [],
    });
  });

  test("refuses the error of a worker", () => {
    expect(parseDockerNodes('{"message":"This node is not a swarm manager."}')).toStrictEqual({
      ok: false,
      failure: {
        kind: "unparsable",
        message:
          "the JSON is not what was expected: Invalid input: expected array, received object",
      },
    });
  });
});
