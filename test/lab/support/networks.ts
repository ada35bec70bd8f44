import { z } from "zod";
import { mustCallDocker } from "./docker-api.ts";
import type { LabHost } from "./lab-host.ts";

export interface NetworkPlan {
  readonly name: string;
  readonly driver: "bridge" | "macvlan" | "overlay";
  readonly subnet?: string;
  readonly gateway?: string;
  /** Part of the subnet from which containers get addresses. */
  readonly addressRange?: string;
  readonly access?: "internal";
  readonly attachable?: "yes";
  /** Enables IPv6 with this prefix. */
  readonly ipv6Subnet?: string;
  /** Driver options, such as `com.docker.network.bridge.name`. */
  readonly options?: Readonly<Record<string, string>>;
}

/** Creates a network and gives its id. */
export async function createNetwork(host: LabHost, plan: NetworkPlan): Promise<string> {
  const ipam = [
    ...(plan.subnet === undefined
      ? []
      : [
          {
            Subnet: plan.subnet,
            ...(plan.gateway === undefined ? {} : { Gateway: plan.gateway }),
            ...(plan.addressRange === undefined ? {} : { IPRange: plan.addressRange }),
          },
        ]),
    ...(plan.ipv6Subnet === undefined ? [] : [{ Subnet: plan.ipv6Subnet }]),
  ];
  const body = {
    Name: plan.name,
    Driver: plan.driver,
    CheckDuplicate: true,
    Internal: plan.access === "internal",
    Attachable: plan.attachable === "yes",
    EnableIPv6: plan.ipv6Subnet !== undefined,
    Options: plan.options ?? {},
    ...(ipam.length === 0 ? {} : { IPAM: { Driver: "default", Config: ipam } }),
  };
  const path = "/networks/create";
  const text = await mustCallDocker(host.socketPath, { method: "POST", path, body });
  return z.object({ Id: z.string() }).parse(JSON.parse(text)).Id;
}
