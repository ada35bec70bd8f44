import { z } from "zod";
import type { SwarmTask } from "../../model/docker/swarm.ts";
import { type Parsed, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { listOf, optionalText } from "../support/docker-fields.ts";
import { readJsonList } from "../support/json.ts";
import { networkAddress, portEntry, servicePort } from "./service-fields.ts";

const task = z.object({
  ID: z.string(),
  ServiceID: optionalText,
  Slot: z.number().nullish(),
  NodeID: optionalText,
  DesiredState: z.string(),
  Status: z.object({
    State: z.string(),
    Timestamp: optionalText,
    Err: optionalText,
    ContainerStatus: z.object({ ContainerID: optionalText }).nullish(),
    PortStatus: z.object({ Ports: listOf(portEntry) }).nullish(),
  }),
  NetworksAttachments: listOf(
    z.object({
      Network: z.object({ ID: optionalText }).nullish(),
      Addresses: listOf(z.string()),
    }),
  ),
});

/** `GET /tasks`: the tasks of the swarm as a manager has them, those that ended too. */
export function parseDockerTasks(text: string): Parsed<readonly SwarmTask[]> {
  const list = readJsonList(text, task);
  return list.ok ? parsed(list.value.map(taskOf)) : list;
}

function taskOf(entry: z.infer<typeof task>): SwarmTask {
  const { Status: status, Slot } = entry;
  return defined({
    id: entry.ID,
    serviceId: entry.ServiceID,
    slot: Slot === 0 ? undefined : (Slot ?? undefined),
    nodeId: entry.NodeID,
    state: status.State,
    desiredState: entry.DesiredState,
    error: status.Err,
    since: status.Timestamp,
    containerId: status.ContainerStatus?.ContainerID,
    addresses: entry.NetworksAttachments.flatMap(({ Network, Addresses }) =>
      Addresses.flatMap((address) => networkAddress(Network?.ID ?? "", address)),
    ),
    hostPorts: (status.PortStatus?.Ports ?? []).flatMap(servicePort),
  });
}
