import { z } from "zod";
import type { ServiceMode, SwarmService } from "../../model/docker/swarm.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { listOf, mapOf, optionalText } from "../support/docker-fields.ts";
import { readJsonList } from "../support/json.ts";
import { networkAddress, portEntry, servicePort } from "./service-fields.ts";

const target = z.object({ Target: optionalText });
const endpointSpec = z.object({ Mode: optionalText, Ports: listOf(portEntry) });
const jobs = z.object({ TotalCompletions: z.number().nullish() });

const service = z.object({
  ID: z.string(),
  Spec: z.object({
    Name: z.string(),
    Mode: z
      .object({
        Replicated: z.object({ Replicas: z.number().nullish() }).nullish(),
        Global: z.object({}).nullish(),
        ReplicatedJob: jobs.nullish(),
        GlobalJob: z.object({}).nullish(),
      })
      .nullish(),
    TaskTemplate: z
      .object({
        Networks: listOf(target),
        ContainerSpec: z.object({ Sysctls: mapOf(z.string()) }).nullish(),
      })
      .nullish(),
    // API 1.24 has the networks here.
    Networks: listOf(target),
    EndpointSpec: endpointSpec.nullish(),
  }),
  Endpoint: z
    .object({
      Spec: endpointSpec.nullish(),
      Ports: listOf(portEntry),
      VirtualIPs: listOf(z.object({ NetworkID: optionalText, Addr: optionalText })),
    })
    .nullish(),
});

type ServiceEntry = z.infer<typeof service>;

/** `GET /services`, or what `docker service inspect SERVICE…` prints: the services of the swarm as a manager has them. */
export function parseDockerServices(text: string): Parsed<readonly SwarmService[]> {
  const list = readJsonList(text, service);
  return list.ok ? parsed(list.value.map(serviceOf)) : list;
}

function serviceOf({ ID, Spec, Endpoint }: ServiceEntry): SwarmService {
  const template = Spec.TaskTemplate;
  const asked = template?.Networks ?? [];
  const networks = asked.length > 0 ? asked : Spec.Networks;
  // What the manager made of it stands in Endpoint; a service that is new has only what was asked for.
  const made = Endpoint?.Ports ?? [];
  const ports = made.length > 0 ? made : (Spec.EndpointSpec?.Ports ?? []);
  const sysctls = Object.entries(template?.ContainerSpec?.Sysctls ?? {}).filter(([key]) =>
    key.startsWith("net."),
  );
  const endpointMode = Endpoint?.Spec?.Mode ?? Spec.EndpointSpec?.Mode;
  return defined({
    id: ID,
    name: Spec.Name,
    mode: modeOf(Spec.Mode),
    endpointMode: endpointMode === "dnsrr" ? "dnsrr" : "vip",
    virtualAddresses: (Endpoint?.VirtualIPs ?? []).flatMap(({ NetworkID, Addr }) =>
      networkAddress(NetworkID ?? "", Addr),
    ),
    publishedPorts: ports.flatMap(servicePort),
    networks: networks.flatMap(({ Target }) => Target ?? []),
    sysctls: sysctls.length === 0 ? undefined : Object.fromEntries(sysctls),
  });
}

function modeOf(mode: ServiceEntry["Spec"]["Mode"]): ServiceMode {
  if (mode?.Replicated) return { kind: "replicated", replicas: mode.Replicated.Replicas ?? 1 };
  if (mode?.Global) return { kind: "global" };
  if (mode?.ReplicatedJob)
    return { kind: "replicated-job", replicas: mode.ReplicatedJob.TotalCompletions ?? 1 };
  return mode?.GlobalJob ? { kind: "global-job" } : { kind: "other" };
}
