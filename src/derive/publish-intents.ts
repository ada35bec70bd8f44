import type { Container, PublishedPort } from "../model/docker.ts";
import { bindingText } from "../model/finding.ts";
import type { Attempt, Intent } from "../model/intent.ts";
import { type Address, familyOf } from "../model/ip.ts";
import type { IntentFacts } from "./intents.ts";
import { namedClients } from "./named-clients.ts";
import { managesRules, runningContainers } from "./promises.ts";
import { type PublishTarget, publishTarget } from "./publish-target.ts";
import { dockerBridges, linkAsUplink, type Uplink, uplinks } from "./uplinks.ts";

/** Port that a client of the outside connects from. */
const clientPort = 50_000;
/** Client → published port, and the answer to it. Ports on loopback and of sctp are not judged yet. */
export function publishIntents(facts: IntentFacts): readonly Intent[] {
  const named = namedClients(facts);
  const containers = runningContainers(facts);
  const doorsAt = doorsByAddress(facts, containers);
  return containers.flatMap((container) =>
    container.publishedPorts
      .filter(({ hostBinding }) => hostBinding.protocol !== "sctp")
      .flatMap((port) => {
        const target = publishTarget(facts, container, familyOf(port.hostBinding.address));
        if (target === undefined) return [];
        const own = doorsAt.get(port.hostBinding.address) ?? [];
        return own.flatMap((door) => publishPair({ container, port, target, door, named }));
      }),
  );
}

/** An uplink, and the address of the host that its clients use. */
interface Door {
  readonly uplink: Uplink;
  readonly hostAddress: Address;
}

/** Thousands of ports are published on a few addresses. */
function doorsByAddress(
  facts: IntentFacts,
  containers: readonly Container[],
): ReadonlyMap<Address, readonly Door[]> {
  const addresses = containers.flatMap(({ publishedPorts }) =>
    publishedPorts.map(({ hostBinding }) => hostBinding.address),
  );
  return new Map([...new Set(addresses)].map((address) => [address, doors(facts, address)]));
}

function doors(facts: IntentFacts, address: Address): readonly Door[] {
  const family = familyOf(address);
  if (!managesRules(facts, family)) return [];
  const outside = uplinks(facts, family);
  if (address === "0.0.0.0" || address === "::")
    return outside.map((uplink) => ({ uplink, hostAddress: uplink.hostAddress }));
  const owner = facts.links.find(({ addresses }) =>
    addresses.some((own) => own.address === address),
  );
  // Loopback is for the host itself, a bridge's address for the containers behind it.
  if (owner === undefined || owner.flags.includes("LOOPBACK")) return [];
  if (dockerBridges(facts.dockerNetworks).has(owner.ifname)) return [];
  const uplink = linkAsUplink(facts, owner.ifname, family);
  return uplink === undefined ? [] : [{ uplink, hostAddress: address }];
}

interface Publication {
  readonly container: Container;
  readonly port: PublishedPort;
  readonly target: PublishTarget;
  readonly door: Door;
  readonly named: readonly Address[];
}

function publishPair(publication: Publication): readonly Intent[] {
  const { container, port, door } = publication;
  const { hostBinding, containerPort } = port;
  const family = familyOf(hostBinding.address);
  const place = `${container.name}/${bindingText(hostBinding)}/${door.uplink.ifname}`;
  const base = {
    family,
    containerName: container.name,
    publishedPort: { ...hostBinding, containerPort },
  };
  const port_ = `published port ${bindingText(hostBinding)} of container ${container.name}`;
  return [
    {
      ...base,
      id: `publish:${place}`,
      kind: "publish",
      title: `clients by ${door.uplink.ifname} to ${port_}`,
      attempts: clientsOf(publication).map((client) => requestAttempt(publication, client)),
    },
    {
      ...base,
      id: `publish-reply:${place}`,
      kind: "publish-reply",
      title: `answers of ${port_} to clients by ${door.uplink.ifname}`,
      attempts: door.uplink.outside.flatMap((client) => replyAttempts(publication, client)),
    },
  ];
}

function clientsOf({ door, named, port }: Publication): readonly Address[] {
  const family = familyOf(port.hostBinding.address);
  const own = named.filter((address) => familyOf(address) === family);
  return [...new Set([...door.uplink.outside, ...own])];
}

function requestAttempt({ port, target, door }: Publication, client: Address): Attempt {
  const { protocol, address, hostPort } = port.hostBinding;
  return {
    entry: { kind: "link", ifname: door.uplink.ifname },
    packet: {
      family: familyOf(address),
      source: client,
      destination: door.hostAddress,
      protocol: protocol === "udp" ? "udp" : "tcp",
      sourcePort: clientPort,
      destinationPort: hostPort,
      ctState: "NEW",
      ctDirection: "ORIGINAL",
    },
    expect: {
      kind: "reaches-container",
      bridges: target.bridges,
      targets: target.prefixes,
      port: port.containerPort,
      // docker-proxy relays TCP; a UDP service behind it loses what tells its clients apart.
      proxyServes: protocol === "tcp",
    },
  };
}

function replyAttempts({ port, target, door }: Publication, client: Address): readonly Attempt[] {
  const { protocol, hostPort } = port.hostBinding;
  return target.prefixes.map((prefix, index) => ({
    entry: { kind: "link", ifname: target.bridges[index] ?? "" },
    packet: {
      family: prefix.family,
      source: prefix.address,
      destination: client,
      protocol: protocol === "udp" ? "udp" : "tcp",
      sourcePort: port.containerPort,
      destinationPort: clientPort,
      ctState: "ESTABLISHED",
      ctDirection: "REPLY",
    },
    connection: {
      original: {
        source: client,
        destination: door.hostAddress,
        sourcePort: clientPort,
        destinationPort: hostPort,
      },
    },
    expect: { kind: "leaves", sourceTranslated: false },
  }));
}
