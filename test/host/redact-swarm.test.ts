import { expect, test } from "vitest";
import { redactRecording } from "../../src/host/redact.ts";
import { parseDockerServices } from "../../src/parsers/docker/services.ts";
import { parseDockerTasks } from "../../src/parsers/docker/tasks.ts";

const at = { observedAt: "2026-11-02T10:00:00.000Z", durationMs: 1 };
const network = "lqta0tjtwekfdvucyw2bghp63";
const port = { Protocol: "tcp", TargetPort: 80, PublishedPort: 8080, PublishMode: "host" };

test("a redacted swarm keeps modes, states and which network and service is meant", () => {
  const services = [
    {
      ID: "9mnpnzenvg8p8tdbtq4wvbkcz",
      Spec: {
        Name: "acme-shop",
        Mode: { Replicated: { Replicas: 2 } },
        TaskTemplate: {
          Networks: [{ Target: network }, { Target: "acme-net" }],
          ContainerSpec: { Sysctls: { "net.ipv4.tcp_keepalive_time": "600" } },
        },
        EndpointSpec: { Mode: "dnsrr", Ports: [port] },
      },
      Endpoint: { VirtualIPs: [{ NetworkID: network, Addr: "10.77.1.5/24" }] },
    },
  ];
  const tasks = [
    {
      ID: "0kzzo1i0y4jz6027t0k7aezc7",
      ServiceID: "9mnpnzenvg8p8tdbtq4wvbkcz",
      Slot: 1,
      DesiredState: "shutdown",
      Status: {
        State: "rejected",
        Timestamp: "2026-11-02T10:00:00.5Z",
        Err: "network acme-net not found for acme-shop",
        PortStatus: { Ports: [port] },
      },
      NetworksAttachments: [{ Network: { ID: network }, Addresses: ["10.77.1.6/24"] }],
    },
  ];
  const networks = [{ Name: "acme-net", Id: network }];
  const [, first = "", second = ""] = redactRecording(
    [answer("/networks", networks), answer("/services", services), answer("/tasks", tasks)],
    new Uint8Array(32).fill(1),
  ).map(({ observation }) => (observation.ok ? observation.text : ""));
  expect(`${first}${second}`).not.toMatch(/acme|10\.77|9mnpnz|lqta0t|0kzzo1/);
  const [service] = known(parseDockerServices(first));
  const [task] = known(parseDockerTasks(second));
  const hostPort = { protocol: "tcp", containerPort: 80, hostPort: 8080, publishMode: "host" };
  expect(service).toMatchObject({
    mode: { kind: "replicated", replicas: 2 },
    endpointMode: "dnsrr",
    publishedPorts: [hostPort],
    sysctls: { "net.ipv4.tcp_keepalive_time": "600" },
  });
  expect(task).toMatchObject({
    serviceId: service?.id,
    slot: 1,
    state: "rejected",
    desiredState: "shutdown",
    since: "2026-11-02T10:00:00.5Z",
    hostPorts: [hostPort],
  });
  const [asked, named = ""] = service?.networks ?? [];
  expect(asked).toBe(service?.virtualAddresses[0]?.networkId);
  expect(asked).toBe(task?.addresses[0]?.networkId);
  expect(task?.error).toBe(`network ${named} not found for ${service?.name}`);
});

function known<T>(read: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!read.ok) throw new Error("the redacted answer cannot be read");
  return read.value;
}

function answer(path: `/${string}`, value: unknown) {
  return {
    query: { kind: "docker", path } as const,
    observation: { ok: true, text: JSON.stringify(value), ...at } as const,
  };
}
