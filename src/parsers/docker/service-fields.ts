import { z } from "zod";
import type { NetworkAddress, ServicePort } from "../../model/docker/swarm.ts";
import { parseAddress, parsePrefix } from "../../model/ip.ts";
import { defined } from "../support/defined.ts";
import { optionalText } from "../support/docker-fields.ts";
import { protocolOf } from "./host-config.ts";

/** A published port of a service or a task. Engines before 1.13 have no PublishMode: all is ingress. */
export const portEntry = z.object({
  Protocol: optionalText,
  TargetPort: z.number().nullish(),
  PublishedPort: z.number().nullish(),
  PublishMode: optionalText,
});

export function servicePort(entry: z.infer<typeof portEntry>): readonly ServicePort[] {
  const protocol = protocolOf(entry.Protocol ?? "tcp");
  const containerPort = entry.TargetPort ?? 0;
  if (protocol === undefined || containerPort === 0) return [];
  const published = entry.PublishedPort ?? 0;
  return [
    defined({
      protocol,
      containerPort,
      hostPort: published === 0 ? undefined : published,
      publishMode: entry.PublishMode === "host" ? "host" : "ingress",
    }),
  ];
}

/** `10.0.1.15/24` of a network; nothing where the manager has given no address. */
export function networkAddress(
  networkId: string,
  text: string | undefined,
): readonly NetworkAddress[] {
  const address = parseAddress((text ?? "").replace(/\/\d+$/, ""));
  const prefix = parsePrefix(text ?? "");
  if (address === undefined || prefix === undefined) return [];
  return [{ networkId, address, prefixLength: prefix.length }];
}
