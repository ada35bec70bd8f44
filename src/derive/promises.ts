import type {
  Container,
  DockerNetwork,
  Endpoint,
  EndpointAddress,
  GatewayMode,
} from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { Address, Family } from "../model/ip.ts";

type DockerFacts = Pick<Facts, "dockerDaemon" | "dockerNetworks" | "containers" | "daemonOptions">;

/** A container on the bridge by which it reaches the outside, with the address that it has there. */
export interface Attachment {
  readonly container: Container;
  readonly network: DockerNetwork;
  readonly bridge: string;
  readonly family: Family;
  readonly address: Address;
  readonly gateway: Address | undefined;
}

/** Whether dockerd writes firewall rules for a family at all (`--iptables`, `--ip6tables`). */
export function managesRules(
  facts: Pick<DockerFacts, "dockerDaemon" | "daemonOptions">,
  family: Family,
): boolean {
  const { daemonOptions: options, dockerDaemon: daemon } = facts;
  if (options.iptables === false || daemon.state !== "running") return false;
  if (family === "ipv4") return true;
  // ip6tables became the default with 27.0.
  return options.ip6tables ?? daemon.major >= 27;
}

export function gatewayMode(network: DockerNetwork, family: Family): GatewayMode {
  return family === "ipv4" ? network.gatewayModes.ipv4 : network.gatewayModes.ipv6;
}

/** Whether packets that leave a network must get one of the host's own addresses. */
export function isMasqueraded(facts: DockerFacts, network: DockerNetwork, family: Family): boolean {
  const mode = gatewayMode(network, family);
  return (
    managesRules(facts, family) &&
    facts.daemonOptions.ipMasq !== false &&
    network.masquerade &&
    (mode === "nat" || mode === "nat-unprotected")
  );
}

/** Containers that run and have a network stack of their own. */
export function runningContainers(facts: DockerFacts): readonly Container[] {
  return facts.containers.filter(({ state }) => state === "running");
}

/** The container's way out: one attachment per family, none where it has none by design. */
export function wayOut(facts: DockerFacts, container: Container): readonly Attachment[] {
  const networks = new Map(facts.dockerNetworks.map((network) => [network.id, network]));
  const endpoint = gatewayEndpoint(container, networks);
  if (endpoint === undefined) return [];
  const network = networks.get(endpoint.networkId);
  if (network === undefined) return [];
  if (network.driver === "overlay") return throughGatewayBridge(facts, container);
  const { bridge } = network;
  if (network.driver !== "bridge" || bridge === undefined) return [];
  return endpoint.addresses
    .filter((own) => leavesByHost(network, own))
    .map(({ family, address, gateway }) => {
      const configured = configuredGateway(network, family);
      return { container, network, bridge, family, address, gateway: gateway ?? configured };
    });
}

/**
 * Whether the network's gateway is the host: not where the network is isolated or the bridge carries no address by design
 * (inhibit_ipv4), nor where the containers were given another one (dockerd's --default-gateway).
 */
export function leavesByHost(network: DockerNetwork, own: EndpointAddress): boolean {
  const { family, gateway } = own;
  if (gatewayMode(network, family) === "isolated") return false;
  if (family === "ipv4" && network.inhibitIpv4) return false;
  const configured = configuredGateway(network, family);
  return gateway === undefined || configured === undefined || gateway === configured;
}

function configuredGateway(network: DockerNetwork, family: Family): Address | undefined {
  return network.ipam.find(({ subnet }) => subnet.family === family)?.gateway;
}

/**
 * The endpoint that gives the default route: one that has a gateway (those of overlays have none), the highest priority (28 and
 * later), then the first by network name.
 */
function gatewayEndpoint(
  container: Container,
  networks: ReadonlyMap<string, DockerNetwork>,
): Endpoint | undefined {
  return [...container.endpoints]
    .filter(({ networkId }) => networks.get(networkId)?.internal === false)
    .sort(
      (a, b) =>
        Number(hasGateway(b)) - Number(hasGateway(a)) ||
        (b.gatewayPriority ?? 0) - (a.gatewayPriority ?? 0) ||
        (a.networkName < b.networkName ? -1 : 1),
    )[0];
}

function hasGateway({ addresses }: Endpoint): boolean {
  return addresses.some(({ gateway }) => gateway !== undefined);
}

/** A container of an overlay network leaves through docker_gwbridge; its endpoint there bears the name of its sandbox. */
function throughGatewayBridge(facts: DockerFacts, container: Container): readonly Attachment[] {
  const network = facts.dockerNetworks.find(({ name }) => name === "docker_gwbridge");
  const sandbox = container.sandboxPath?.split("/").at(-1);
  const bridge = network?.bridge;
  if (network === undefined || bridge === undefined || sandbox === undefined) return [];
  const own = network.attachments.find(({ name }) => name === `gateway_${sandbox}`);
  return (own?.addresses ?? []).map(({ address }) => {
    const family = address.includes(":") ? "ipv6" : "ipv4";
    const gateway = configuredGateway(network, family);
    return { container, network, bridge, family, address, gateway };
  });
}
