import type { Json } from "./strip-secrets.ts";

/** What of `GET /services` and `GET /tasks` may stay. A key that is not here goes with all that is below it. */
type Kept = { readonly [key: string]: Kept | "all" };

const port: Kept = {
  Protocol: "all",
  TargetPort: "all",
  PublishedPort: "all",
  PublishMode: "all",
};
const endpointSpec: Kept = { Mode: "all", Ports: port };
const template: Kept = {
  Networks: { Target: "all" },
  ContainerSpec: { Sysctls: "all" },
};
const service: Kept = {
  ID: "all",
  CreatedAt: "all",
  UpdatedAt: "all",
  Spec: {
    Name: "all",
    Mode: "all",
    TaskTemplate: template,
    Networks: { Target: "all" },
    EndpointSpec: endpointSpec,
  },
  Endpoint: { Spec: endpointSpec, Ports: port, VirtualIPs: "all" },
};
const task: Kept = {
  ID: "all",
  ServiceID: "all",
  Slot: "all",
  NodeID: "all",
  DesiredState: "all",
  Status: {
    State: "all",
    Timestamp: "all",
    Err: "all",
    ContainerStatus: { ContainerID: "all" },
    PortStatus: { Ports: port },
  },
  NetworksAttachments: { Network: { ID: "all" }, Addresses: "all" },
};

/** Services and tasks without environment, commands, labels, secrets, configs, mounts and images. */
export function stripSwarm(path: "/services" | "/tasks", answer: Json): Json {
  return keep(answer, path === "/services" ? service : task);
}

function keep(value: Json, kept: Kept | "all"): Json {
  if (kept === "all") return value;
  if (isList(value)) return value.map((item) => keep(item, kept));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const below = Object.hasOwn(kept, key) ? kept[key] : undefined;
      return below === undefined ? [] : [[key, keep(inner, below)]];
    }),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
