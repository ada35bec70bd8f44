import { z } from "zod";
import { mustCallDocker } from "./docker-api.ts";
import { labImage, servicePorts } from "./image.ts";
import type { LabHost } from "./lab-host.ts";
import type { Argv } from "./run-command.ts";

/** A published port: the outer side on the host, the inner side in the container. */
export interface PortPlan {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: "tcp" | "udp";
  /** Address of the host that it is bound to; every address when absent. */
  readonly hostAddress?: string;
}

export interface ContainerPlan {
  readonly name: string;
  /** A network's name, or `host`, `none`, `bridge`, `container:NAME`. */
  readonly network: string;
  readonly ports?: readonly PortPlan[];
  /** Further networks, connected before the start. */
  readonly alsoOn?: readonly string[];
  /** The ports on which it listens; those of the image when absent. */
  readonly listensOn?: { readonly http: number; readonly udpEcho: number };
  readonly privileged?: "yes";
  /** Capabilities beside Docker's usual ones, such as NET_ADMIN. */
  readonly capabilities?: readonly string[];
  /** Further environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** In place of the image's servers. */
  readonly command?: Argv;
}

/** A running container of a lab host. */
export interface LabContainer {
  readonly id: string;
  readonly name: string;
  readonly host: LabHost;
}

/** What changes with every start. */
export interface ContainerFacts {
  /** Its first process, by the id that the host knows. */
  readonly pid: number;
  readonly running: boolean;
  /** Address in each network by the network's name; none in `host` and `none`. */
  readonly ipv4: Readonly<Record<string, string>>;
}

/** Published web port: TCP to the HTTP server of the image. */
export function publishHttp(hostPort: number, hostAddress?: string): PortPlan {
  const port = { hostPort, containerPort: servicePorts.http, protocol: "tcp" } as const;
  return hostAddress === undefined ? port : { ...port, hostAddress };
}

/** Published echo port: UDP to the echo server of the image. */
export function publishUdpEcho(hostPort: number): PortPlan {
  return { hostPort, containerPort: servicePorts.udpEcho, protocol: "udp" };
}

/** Creates and starts a container that its engine starts again after a restart. */
export async function runContainer(host: LabHost, plan: ContainerPlan): Promise<LabContainer> {
  const listens = plan.listensOn ?? servicePorts;
  const ownName = plan.network.startsWith("container:") || plan.network === "host";
  const created = await post(host, `/containers/create?name=${plan.name}`, {
    Image: labImage,
    ...(ownName ? {} : { Hostname: plan.name }),
    Env: [
      `LAB_SERVER=${plan.name}`,
      `LAB_HTTP_PORT=${listens.http}`,
      `LAB_UDP_PORT=${listens.udpEcho}`,
      ...Object.entries(plan.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    ],
    ...(plan.command === undefined ? {} : { Cmd: plan.command }),
    // The servers ignore SIGTERM as first processes: without this each stop would last 10 s.
    StopSignal: "SIGKILL",
    ExposedPorts: Object.fromEntries((plan.ports ?? []).map((port) => [portKey(port), {}])),
    HostConfig: {
      NetworkMode: plan.network,
      PortBindings: portBindings(plan.ports ?? []),
      RestartPolicy: { Name: "always" },
      Privileged: plan.privileged === "yes",
      CapAdd: plan.capabilities ?? [],
    },
  });
  const { Id: id } = z.object({ Id: z.string() }).parse(JSON.parse(created));
  for (const network of plan.alsoOn ?? []) {
    await post(host, `/networks/${network}/connect`, { Container: id });
  }
  await post(host, `/containers/${id}/start`);
  return { id, name: plan.name, host };
}

/** Pauses a container: its processes stand still, its network stays. */
export async function pauseContainer({ host, id }: LabContainer): Promise<void> {
  await post(host, `/containers/${id}/pause`);
}

/** Stops a container, if it runs, and starts it again. */
export async function restartContainer({ host, id }: LabContainer): Promise<void> {
  await post(host, `/containers/${id}/restart`);
}

/** Stops a container; its restart policy counts again after the next start of the engine. */
export async function stopContainer({ host, id }: LabContainer): Promise<void> {
  await post(host, `/containers/${id}/stop`);
}

const factsSchema = z.object({
  State: z.object({ Pid: z.number(), Running: z.boolean() }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string() })),
  }),
});

/** Asks the engine about a container now. */
export async function containerFacts(container: LabContainer): Promise<ContainerFacts> {
  const path = `/containers/${container.id}/json`;
  const text = await mustCallDocker(container.host.socketPath, { method: "GET", path });
  const { State, NetworkSettings } = factsSchema.parse(JSON.parse(text));
  const addresses = Object.entries(NetworkSettings.Networks)
    .map(([network, { IPAddress }]) => [network, IPAddress] as const)
    .filter(([, address]) => address !== "");
  return { pid: State.Pid, running: State.Running, ipv4: Object.fromEntries(addresses) };
}

/** The container's address in a network; an error when it has none. */
export async function containerAddress(container: LabContainer, network: string): Promise<string> {
  const address = (await containerFacts(container)).ipv4[network];
  if (address !== undefined) return address;
  throw new Error(`container ${container.name} has no address in network ${network}`);
}

function post(host: LabHost, path: string, body: object = {}): Promise<string> {
  return mustCallDocker(host.socketPath, { method: "POST", path, body });
}

function portKey(port: PortPlan): string {
  return `${port.containerPort}/${port.protocol}`;
}

function portBindings(ports: readonly PortPlan[]) {
  const grouped = Object.groupBy(ports, portKey);
  return Object.fromEntries(
    Object.entries(grouped).map(([key, bindings = []]) => [
      key,
      bindings.map(({ hostPort, hostAddress = "" }) => ({
        HostIp: hostAddress,
        HostPort: String(hostPort),
      })),
    ]),
  );
}
