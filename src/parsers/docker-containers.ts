import { z } from "zod";
import type { Container, Endpoint, EndpointAddress, PublishedPort } from "../model/docker.ts";
import type { IgnoredLine } from "../model/facts.ts";
import { familyOf, parseAddress } from "../model/ip.ts";
import { hostConfig, protocolOf, settingsOf } from "./docker/host-config.ts";
import { linksOf } from "./docker/links.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined, filled } from "./support/defined.ts";
import { listOf, mapOf, optionalAddress, optionalText } from "./support/docker-fields.ts";
import { isList, readJson, readJsonList } from "./support/json.ts";

const containerState = z.enum([
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
]);

const endpoint = z.object({
  NetworkID: optionalText,
  EndpointID: optionalText,
  MacAddress: optionalText,
  IPAddress: optionalAddress,
  IPPrefixLen: z.number().nullish(),
  Gateway: optionalAddress,
  GlobalIPv6Address: optionalAddress,
  GlobalIPv6PrefixLen: z.number().nullish(),
  IPv6Gateway: optionalAddress,
  GwPriority: z.number().nullish(),
  Aliases: listOf(z.string()),
  DNSNames: listOf(z.string()),
  Links: listOf(z.string()),
});

const binding = z.object({ HostIp: optionalText, HostPort: optionalText });

const container = z.object({
  Id: z.string(),
  Name: z.string(),
  State: z.object({
    Status: containerState,
    Pid: z.number().nullish(),
    StartedAt: optionalText,
    Error: optionalText,
  }),
  ResolvConfPath: optionalText,
  HostConfig: hostConfig.extend({ NetworkMode: optionalText }).nullish(),
  NetworkSettings: z.object({
    SandboxKey: optionalText,
    Ports: mapOf(listOf(binding)),
    Networks: mapOf(endpoint.nullable()),
  }),
});

type ContainerEntry = z.infer<typeof container>;
type EndpointEntry = z.infer<typeof endpoint>;

/** A container as the list has it. */
export interface ContainerName {
  readonly id: string;
  readonly state: Container["state"];
}

/** What changes when a container starts, stops or restarts, and the addresses it has. */
export interface ContainerMark {
  readonly name: string;
  /** State and endpoint ids. */
  readonly identity: string;
  readonly addresses: readonly string[];
}

/** `GET /containers/json?all=1`: which containers there are; each is asked for by its id. */
export function parseDockerContainerList(text: string): Parsed<readonly ContainerName[]> {
  const list = readJsonList(text, z.object({ Id: z.string(), State: containerState }));
  return list.ok ? parsed(list.value.map(({ Id, State }) => ({ id: Id, state: State }))) : list;
}

const marked = z.object({
  Id: z.string(),
  Names: listOf(z.string()),
  State: z.string(),
  NetworkSettings: z.object({ Networks: mapOf(endpoint.nullable()) }).nullish(),
});

/** `GET /containers/json?all=1`, as what tells whether a container moved between two looks. By id. */
export function parseContainerIdentities(text: string): Parsed<ReadonlyMap<string, ContainerMark>> {
  const list = readJsonList(text, marked);
  if (!list.ok) return list;
  return parsed(
    new Map(
      list.value.map((entry) => {
        const networks = Object.values(entry.NetworkSettings?.Networks ?? {});
        const ids = networks.map((value) => value?.EndpointID ?? "").sort();
        const addresses = networks.flatMap((value) => [
          ...(value?.IPAddress === undefined ? [] : [value.IPAddress]),
          ...(value?.GlobalIPv6Address === undefined ? [] : [value.GlobalIPv6Address]),
        ]);
        const name = (entry.Names[0] ?? entry.Id.slice(0, 12)).replace(/^\//, "");
        return [entry.Id, { name, identity: [entry.State, ...ids].join(" "), addresses }] as const;
      }),
    ),
  );
}

/** `GET /containers/{id}/json`. Environment, labels and command line are not read. */
export function parseDockerContainer(text: string): Parsed<Container> {
  const read = readJson(text, container);
  if (!read.ok) return read;
  const { ports, ignored } = publishedPorts(read.value);
  return parsed(containerOf(read.value, ports), ignored);
}

/** `docker inspect CONTAINER…`, an array, or the body of `GET /containers/{id}/json`. */
export function parseDockerContainers(text: string): Parsed<readonly Container[]> {
  const read = readJson(
    text,
    isList(text) ? z.array(container) : container.transform((one) => [one]),
  );
  if (!read.ok) return read;
  const containers = read.value.map((entry) => ({ entry, ...publishedPorts(entry) }));
  return parsed(
    containers.map(({ entry, ports }) => containerOf(entry, ports)),
    containers.flatMap(({ ignored }) => ignored),
  );
}

function containerOf(entry: ContainerEntry, ports: readonly PublishedPort[]): Container {
  const state = entry.State.Status;
  const networkMode = entry.HostConfig?.NetworkMode ?? "default";
  const pid = entry.State.Pid ?? 0;
  // The key of a container that ended names a file that is gone.
  const hasSandbox = state === "running" || state === "paused";
  return defined({
    id: entry.Id,
    name: entry.Name.replace(/^\//, ""),
    state,
    startedAt: entry.State.StartedAt?.startsWith("0001-") ? undefined : entry.State.StartedAt,
    pid: pid === 0 ? undefined : pid,
    sandboxPath: hasSandbox ? entry.NetworkSettings.SandboxKey : undefined,
    networkMode,
    // Its endpoints are those of the container whose sandbox it shares.
    endpoints: networkMode.startsWith("container:") ? [] : endpointsOf(entry),
    publishedPorts: ports,
    resolvConfPath: entry.ResolvConfPath,
    error: entry.State.Error,
    settings: settingsOf(entry.HostConfig),
    mayConfigureNetwork: mayConfigureNetwork(entry.HostConfig),
  });
}

function mayConfigureNetwork(config: ContainerEntry["HostConfig"]): boolean | undefined {
  if (config === null || config === undefined) return undefined;
  const added = config.CapAdd.map((name) => name.toUpperCase().replace(/^CAP_/, ""));
  return config.Privileged === true || added.includes("NET_ADMIN") || added.includes("ALL");
}

function endpointsOf(entry: ContainerEntry): readonly Endpoint[] {
  return Object.entries(entry.NetworkSettings.Networks).flatMap(([networkName, value]) =>
    value === null ? [] : [endpointOf(entry, networkName, value)],
  );
}

function endpointOf(
  { Name }: Pick<ContainerEntry, "Name">,
  networkName: string,
  entry: EndpointEntry,
): Endpoint {
  const names = new Set([...entry.Aliases, ...entry.DNSNames]);
  names.delete(Name.replace(/^\//, ""));
  return defined({
    networkId: entry.NetworkID ?? "",
    networkName,
    endpointId: entry.EndpointID,
    mac: entry.MacAddress?.toLowerCase(),
    addresses: [
      ...endpointAddress(entry.IPAddress, entry.IPPrefixLen, entry.Gateway),
      ...endpointAddress(entry.GlobalIPv6Address, entry.GlobalIPv6PrefixLen, entry.IPv6Gateway),
    ],
    gatewayPriority: entry.GwPriority ?? undefined,
    names: filled([...names]),
    links: filled(linksOf(entry.Links)),
  });
}

function endpointAddress(
  address: string | undefined,
  prefixLength: number | null | undefined,
  gateway: string | undefined,
): readonly EndpointAddress[] {
  if (address === undefined) return [];
  return [
    defined({ family: familyOf(address), address, prefixLength: prefixLength ?? 0, gateway }),
  ];
}

function publishedPorts(entry: ContainerEntry): {
  readonly ports: readonly PublishedPort[];
  readonly ignored: readonly IgnoredLine[];
} {
  const ports: PublishedPort[] = [];
  const ignored: IgnoredLine[] = [];
  for (const [key, bindings] of Object.entries(entry.NetworkSettings.Ports)) {
    const [, containerPort, name] = /^(\d{1,5})\/(\w+)$/.exec(key) ?? [];
    const protocol = protocolOf(name);
    for (const { HostIp = "0.0.0.0", HostPort } of bindings) {
      const address = parseAddress(HostIp);
      // A network in gateway mode routed publishes without a port of the host.
      if (HostPort === undefined) continue;
      if (protocol === undefined || address === undefined || !/^\d+$/.test(HostPort)) {
        const text = `${key} on ${HostIp}:${HostPort}`;
        ignored.push({ line: 1, text, reason: `no published port of container ${entry.Name}` });
        continue;
      }
      const hostBinding = { protocol, address, hostPort: Number(HostPort) };
      ports.push({ containerPort: Number(containerPort), hostBinding });
    }
  }
  return { ports, ignored };
}
