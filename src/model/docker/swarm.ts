import type { HostBinding } from "../docker.ts";
import type { Address } from "../ip.ts";

/** A service of the swarm as a manager lists it. Source: `GET /services`. Never environment, labels, commands, secrets or configs. */
export interface SwarmService {
  readonly id: string;
  readonly name: string;
  readonly mode: ServiceMode;
  /** vip: one address a network, balanced by IPVS; dnsrr: the name resolves to the tasks. */
  readonly endpointMode: "vip" | "dnsrr";
  /** Endpoint.VirtualIPs: what a name resolves to in mode vip. */
  readonly virtualAddresses: readonly NetworkAddress[];
  readonly publishedPorts: readonly ServicePort[];
  /** Ids or names of the networks that were asked for; the ingress network is not among them. */
  readonly networks: readonly string[];
  /** ContainerSpec.Sysctls, those of the network only; absent where there are none. */
  readonly sysctls?: Readonly<Record<string, string>>;
}

export type ServiceMode =
  | { readonly kind: "replicated" | "replicated-job"; readonly replicas: number }
  | { readonly kind: "global" | "global-job" }
  /** A mode that docknet does not know. */
  | { readonly kind: "other" };

export interface NetworkAddress {
  readonly networkId: string;
  readonly address: Address;
  readonly prefixLength: number;
}

export interface ServicePort {
  readonly protocol: HostBinding["protocol"];
  readonly containerPort: number;
  /** Absent while the manager has given none. */
  readonly hostPort?: number;
  /** ingress: every node answers; host: the nodes that run a task. */
  readonly publishMode: "ingress" | "host";
}

/** A task of a service, or of a container on an attachable network. Source: `GET /tasks`. */
export interface SwarmTask {
  readonly id: string;
  /** Absent for a container that was attached by hand. */
  readonly serviceId?: string;
  readonly slot?: number;
  /** Absent until a node was found. */
  readonly nodeId?: string;
  /** In the manager's words: new, pending, assigned, preparing, starting, running, complete, shutdown, failed, rejected, … */
  readonly state: string;
  readonly desiredState: string;
  /** Status.Err, where the network is to blame. */
  readonly error?: string;
  /** When it came into its state. */
  readonly since?: string;
  readonly containerId?: string;
  readonly addresses: readonly NetworkAddress[];
  /** Ports that the task publishes on its own node. */
  readonly hostPorts: readonly ServicePort[];
}
