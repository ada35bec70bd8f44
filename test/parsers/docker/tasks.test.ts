import { describe, expect, test } from "vitest";
import { parseDockerTasks } from "../../../src/parsers/docker/tasks.ts";

describe("docker-tasks", () => {
  // In the form of the API's documentation.
  test("reads where a task runs, its addresses and its ports", () => {
    const text = JSON.stringify([
      {
        ID: "0kzzo1i0y4jz6027t0k7aezc7",
        Spec: { ContainerSpec: { Image: "redis" } },
        ServiceID: "9mnpnzenvg8p8tdbtq4wvbkcz",
        Slot: 1,
        NodeID: "60gvrl6tm78dmak4yl7srz94v",
        Status: {
          Timestamp: "2016-06-07T21:07:31.290032978Z",
          State: "running",
          Message: "started",
          ContainerStatus: { ContainerID: "e5d62702a1b4", PID: 677 },
          PortStatus: {
            Ports: [{ Protocol: "tcp", TargetPort: 80, PublishedPort: 9200, PublishMode: "host" }],
          },
        },
        DesiredState: "running",
        NetworksAttachments: [
          { Network: { ID: "4qvuz4ko70xaltuqbt8956gd1" }, Addresses: ["10.255.0.10/16"] },
        ],
      },
      {
        ID: "b",
        Status: { State: "pending", Err: "could not find an available IP", PortStatus: {} },
        DesiredState: "running",
        NetworksAttachments: null,
      },
    ]);
    expect(parseDockerTasks(text)).toStrictEqual({
      ok: true,
      value: [
        {
          id: "0kzzo1i0y4jz6027t0k7aezc7",
          serviceId: "9mnpnzenvg8p8tdbtq4wvbkcz",
          slot: 1,
          nodeId: "60gvrl6tm78dmak4yl7srz94v",
          state: "running",
          desiredState: "running",
          since: "2016-06-07T21:07:31.290032978Z",
          containerId: "e5d62702a1b4",
          addresses: [
            { networkId: "4qvuz4ko70xaltuqbt8956gd1", address: "10.255.0.10", prefixLength: 16 },
          ],
          hostPorts: [{ protocol: "tcp", containerPort: 80, hostPort: 9200, publishMode: "host" }],
        },
        {
          id: "b",
          state: "pending",
          desiredState: "running",
          error: "could not find an available IP",
          addresses: [],
          hostPorts: [],
        },
      ],
      ignored: [],
    });
  });

  test("refuses the error of a worker", () => {
    expect(parseDockerTasks('{"message":"This node is not a swarm manager."}').ok).toBe(false);
  });
});
