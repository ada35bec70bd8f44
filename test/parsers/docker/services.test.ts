import { describe, expect, test } from "vitest";
import { parseDockerServices } from "../../../src/parsers/docker/services.ts";
import { fixturesOf } from "../../support/fixtures.ts";

describe("docker-services", () => {
  test.each(fixturesOf("docker-services"))("reads $name", ({ text, expected }) => {
    expect(parseDockerServices(text)).toStrictEqual(expected);
  });

  const bare = { mode: { kind: "other" }, endpointMode: "vip", virtualAddresses: [] };

  // In the form of the API's documentation: jobs since 1.41, networks of the service itself in 1.24, a service that is new.
  test("reads what only some versions print", () => {
    const text = JSON.stringify([
      { ID: "a", Spec: { Name: "new", Networks: [{ Target: "net" }] } },
      { ID: "b", Spec: { Name: "job", Mode: { ReplicatedJob: { TotalCompletions: 3 } } } },
      { ID: "c", Spec: { Name: "each", Mode: { GlobalJob: {} }, EndpointSpec: null } },
      {
        ID: "d",
        Spec: {
          Name: "asked",
          TaskTemplate: {
            ContainerSpec: { Sysctls: { "net.ipv4.tcp_keepalive_time": "600", "kernel.a": "1" } },
          },
          EndpointSpec: {
            Ports: [
              { TargetPort: 80 },
              { Protocol: "dccp", TargetPort: 81 },
              { Protocol: "udp", TargetPort: 53, PublishedPort: 5353 },
            ],
          },
        },
        Endpoint: { Ports: null, VirtualIPs: [{ NetworkID: "n", Addr: "" }] },
      },
    ]);
    const none = { ...bare, publishedPorts: [], networks: [] };
    expect(parseDockerServices(text)).toStrictEqual({
      ok: true,
      value: [
        { ...none, id: "a", name: "new", networks: ["net"] },
        { ...none, id: "b", name: "job", mode: { kind: "replicated-job", replicas: 3 } },
        { ...none, id: "c", name: "each", mode: { kind: "global-job" } },
        {
          ...none,
          id: "d",
          name: "asked",
          publishedPorts: [
            { protocol: "tcp", containerPort: 80, publishMode: "ingress" },
            { protocol: "udp", containerPort: 53, hostPort: 5353, publishMode: "ingress" },
          ],
          sysctls: { "net.ipv4.tcp_keepalive_time": "600" },
        },
      ],
      ignored: [],
    });
  });

  test("refuses the error of a worker", () => {
    expect(parseDockerServices('{"message":"This node is not a swarm manager."}').ok).toBe(false);
  });
});
