import type { SwarmService } from "../../model/docker/swarm.ts";
import type { Container, DockerNetwork, HostBinding, PublishedPort } from "../../model/docker.ts";
import type { ExposedPort } from "../../model/exposure/exposure-report.ts";
import { type Address, type Family, familyOf } from "../../model/ip.ts";
import type { DockerProxy, ListeningSocket } from "../../model/socket.ts";
import type { JudgedFacts } from "../judged-intents.ts";
import { gatewayMode } from "../promises.ts";
import { publishTarget } from "../publish-target.ts";
import type { Destination } from "./reach.ts";

/** A port that Docker opened on this host, and where it leads. */
export interface OpenedPort {
  readonly port: Pick<
    ExposedPort,
    "kind" | "name" | "family" | "protocol" | "boundTo" | "hostPort" | "containerPort"
  >;
  readonly to: Destination;
  /** The container's own addresses, for those who route to them by this host. */
  readonly direct: readonly Address[];
}

export interface OpenedFacts extends JudgedFacts {
  /** Absent on a node that is no manager. */
  readonly swarmServices?: readonly SwarmService[];
  /** Absent where their arguments could not be read. */
  readonly dockerProxies?: readonly DockerProxy[];
}

/** Published ports, sockets of containers that use the host's network, and the ports of services. */
export function openedPorts(facts: OpenedFacts): readonly OpenedPort[] {
  const running = facts.containers.filter(({ state }) => state === "running" || state === "paused");
  return [
    ...running.flatMap((container) =>
      container.publishedPorts.map((port) => publishedPort(facts, container, port)),
    ),
    ...running
      .filter(({ networkMode }) => networkMode === "host")
      .flatMap((container) => hostPorts(facts, container)),
    ...ingressPorts(facts),
  ];
}

function publishedPort(
  facts: OpenedFacts,
  container: Container,
  { hostBinding, containerPort }: PublishedPort,
): OpenedPort {
  const { protocol, address, hostPort } = hostBinding;
  const family = familyOf(address);
  const target = publishTarget(facts, container, family);
  // Without an address of this family docker-proxy turns the connection into one of IPv4.
  const served = target ?? publishTarget(facts, container, "ipv4");
  const own = networksOf(facts, container, family);
  const others = own.length > 0 ? own : networksOf(facts, container, "ipv4");
  const routed = routedPlaces(facts, container, family);
  const places = [
    ...(served?.bridges ?? []).map((bridge, at) => ({
      bridge,
      address: served?.prefixes[at]?.address ?? "",
    })),
    ...others,
    ...routed,
  ];
  const proxied = proxiedTo(facts, hostBinding) ?? onlyOne(served?.prefixes ?? others);
  return {
    port: {
      kind: "published",
      name: container.name,
      family,
      protocol,
      boundTo: address,
      hostPort,
      containerPort,
    },
    to: {
      kind: "container",
      places,
      port: containerPort,
      ...(proxied === undefined ? {} : { proxied }),
    },
    direct: [...own, ...routed].map((place) => place.address),
  };
}

/** Where docker-proxy connects to, by its own arguments. */
function proxiedTo({ dockerProxies = [] }: OpenedFacts, wanted: HostBinding): Address | undefined {
  const own = dockerProxies.find(
    ({ protocol, hostAddress, hostPort }) =>
      protocol === wanted.protocol &&
      hostAddress === wanted.address &&
      hostPort === wanted.hostPort,
  );
  return own?.containerAddress;
}

/** Of several networks nobody can tell which one docker-proxy was given. */
function onlyOne([first, ...more]: readonly { readonly address: Address }[]): Address | undefined {
  return more.length > 0 ? undefined : first?.address;
}

/** Its places on bridges that the host routes to, whatever their gateway mode. */
function networksOf(
  { dockerNetworks }: OpenedFacts,
  { endpoints }: Container,
  family: Family,
): readonly { readonly bridge: string; readonly address: Address }[] {
  const networks = new Map(dockerNetworks.map((network) => [network.id, network]));
  return endpoints.flatMap(({ networkId, addresses }) => {
    const bridge = networks.get(networkId)?.bridge;
    if (bridge === undefined) return [];
    return addresses
      .filter((own) => own.family === family)
      .map(({ address }) => ({ bridge, address }));
  });
}

/** In gateway mode routed a port is open at the container's own address, also in the family that no binding names. */
function routedPlaces(
  facts: OpenedFacts,
  container: Container,
  family: Family,
): ReturnType<typeof networksOf> {
  const other = family === "ipv4" ? "ipv6" : "ipv4";
  const { endpoints } = container;
  const routed = new Set(
    facts.dockerNetworks
      .filter((network) => gatewayMode(network, other) === "routed")
      .map(({ id }) => id),
  );
  const reduced = {
    ...container,
    endpoints: endpoints.filter(({ networkId }) => routed.has(networkId)),
  };
  return networksOf(facts, reduced, other);
}

/** Sockets of its first process: those of others in it look like the host's own. */
function hostPorts({ sockets }: OpenedFacts, { name, pid }: Container): readonly OpenedPort[] {
  return sockets
    .filter(({ processes }) => pid !== undefined && processes.some((own) => own.pid === pid))
    .flatMap((socket) =>
      boundTo(socket).map((address): OpenedPort => {
        const { protocol, port } = socket;
        const family = familyOf(address);
        return {
          port: { kind: "host-network", name, family, protocol, boundTo: address, hostPort: port },
          to: { kind: "socket" },
          direct: [],
        };
      }),
    );
}

/** `*` serves both families; an IPv4 address may stand in an IPv6 one. */
function boundTo({ address }: ListeningSocket): readonly Address[] {
  if (address === undefined) return ["0.0.0.0", "::"];
  return [address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address];
}

/** Every node answers for them, by its namespace of the ingress network. */
function ingressPorts({ swarmServices = [], dockerNetworks }: OpenedFacts): readonly OpenedPort[] {
  const place = ingressPlace(dockerNetworks);
  if (place === undefined) return [];
  return swarmServices.flatMap(({ name, publishedPorts }) =>
    publishedPorts.flatMap(({ protocol, hostPort, containerPort, publishMode }) => {
      if (publishMode !== "ingress" || hostPort === undefined) return [];
      const to = { kind: "container", places: [place], port: hostPort } as const;
      const own = { protocol, hostPort, containerPort };
      const port = { kind: "ingress", name, family: "ipv4", boundTo: "0.0.0.0", ...own } as const;
      return [{ port, to, direct: [] }];
    }),
  );
}

/** The ingress namespace stands on docker_gwbridge under this name (libnetwork, service_linux.go). */
function ingressPlace(
  networks: readonly DockerNetwork[],
): { readonly bridge: string; readonly address: Address } | undefined {
  const gateway = networks.find(({ name }) => name === "docker_gwbridge");
  const own = gateway?.attachments.find(({ name }) => name === "gateway_ingress-sbox");
  const address = own?.addresses.find((each) => familyOf(each.address) === "ipv4")?.address;
  if (gateway?.bridge === undefined || address === undefined) return undefined;
  return { bridge: gateway.bridge, address };
}
