import { z } from "zod";
import type { SwarmNode } from "../model/docker.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import {
  hostAndPort,
  optionalAddress,
  optionalFlag,
  optionalText,
} from "./support/docker-fields.ts";
import { readJsonList } from "./support/json.ts";

const node = z.object({
  ID: z.string(),
  Description: z
    .object({
      Hostname: optionalText,
      Engine: z.object({ EngineVersion: optionalText }).nullish(),
    })
    .nullish(),
  Spec: z.object({ Role: z.enum(["manager", "worker"]), Availability: z.string() }),
  Status: z.object({ State: z.string(), Addr: optionalAddress, Message: optionalText }),
  ManagerStatus: z
    .object({ Addr: optionalText, Reachability: optionalText, Leader: optionalFlag })
    .nullish(),
});

/** `GET /nodes`: the nodes of the swarm as a manager sees them. */
export function parseDockerNodes(text: string): Parsed<readonly SwarmNode[]> {
  const list = readJsonList(text, node);
  return list.ok ? parsed(list.value.map(nodeOf)) : list;
}

function nodeOf(entry: z.infer<typeof node>): SwarmNode {
  return defined({
    id: entry.ID,
    // A node that never joined fully has no description yet.
    hostname: entry.Description?.Hostname ?? entry.ID,
    role: entry.Spec.Role,
    state: entry.Status.State,
    availability: entry.Spec.Availability,
    address: addressOf(entry),
    message: entry.Status.Message,
    manager: managerOf(entry),
    engineVersion: entry.Description?.Engine?.EngineVersion,
  });
}

function managerOf({ ManagerStatus: status }: z.infer<typeof node>): SwarmNode["manager"] {
  if (status === null || status === undefined) return undefined;
  return defined({
    reachability: status.Reachability ?? "unknown",
    // Go leaves a false one out.
    isLeader: status.Leader ?? false,
    address: hostAndPort(status.Addr),
  });
}

/** The first manager of a swarm may show 0.0.0.0 as its own address; its manager address is right. */
function addressOf(entry: z.infer<typeof node>): string | undefined {
  const address = entry.Status.Addr;
  if (address !== undefined && address !== "0.0.0.0") return address;
  return hostAndPort(entry.ManagerStatus?.Addr)?.address;
}
