import type { Facts } from "../model/facts.ts";
import type { Attempt, Intent } from "../model/intent.ts";
import { type Address, addressWords, familyOf } from "../model/ip.ts";
import type { IntentFacts } from "./intents.ts";
import { linkAsUplink } from "./uplinks.ts";
import { compileFib } from "./walk/fib.ts";
import { lookUpRoute } from "./walk/routing.ts";

/** A port that swarm nodes open to each other. */
export interface SwarmPort {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly use: string;
  /** The kernel opens the data path's socket only with the first overlay endpoint. */
  readonly listenerRequired: boolean;
}

/** 7946 cannot be changed (moby#39280); 4789 is the default of the data path, 2377 of the managers. */
const gossipPort = 7946;
const defaultDataPathPort = 4789;
const defaultManagerPort = 2377;
const clientPort = 50_000;

type SwarmFacts = Pick<Facts, "dockerDaemon" | "dockerNetworks" | "swarmNodes">;

/** Ports that this node must answer on for its peers; none where it is not an active member. */
export function swarmPorts(facts: SwarmFacts): readonly SwarmPort[] {
  const daemon = facts.dockerDaemon;
  if (daemon.state !== "running" || daemon.swarm.state !== "active") return [];
  const { swarm } = daemon;
  const own = swarm.remoteManagers.find(({ address }) => address === swarm.nodeAddress);
  const managerPort = own?.port ?? defaultManagerPort;
  const management: readonly SwarmPort[] = swarm.isManager
    ? [{ protocol: "tcp", port: managerPort, use: "management", listenerRequired: true }]
    : [];
  return [
    ...management,
    { protocol: "tcp", port: gossipPort, use: "gossip", listenerRequired: true },
    { protocol: "udp", port: gossipPort, use: "gossip", listenerRequired: true },
    {
      protocol: "udp",
      port: swarm.dataPathPort ?? defaultDataPathPort,
      use: "overlay data",
      listenerRequired: false,
    },
  ];
}

/** Addresses of the other nodes, from every list that this node has. */
export function swarmPeers(facts: SwarmFacts): readonly Address[] {
  const daemon = facts.dockerDaemon;
  if (daemon.state !== "running") return [];
  const { swarm } = daemon;
  const others = facts.swarmNodes.filter(({ id }) => id !== swarm.nodeId);
  const ready = others.filter(({ state }) => state === "ready");
  const known = [
    // Nodes that are down may be machines that are gone; all of them down is what a closed port of this node looks like.
    ...(ready.length > 0 ? ready : others).flatMap(({ address }) => address ?? []),
    ...swarm.remoteManagers.map(({ address }) => address),
    ...facts.dockerNetworks.flatMap(({ peers }) => peers),
  ];
  return [...new Set(known)].filter((address) => address !== swarm.nodeAddress).sort();
}

/** Peer → each swarm port of this node. */
export function swarmIntents(facts: IntentFacts): readonly Intent[] {
  const fib = compileFib(facts.routes, facts.routingRules);
  return swarmPeers(facts).flatMap((peer) => {
    const words = addressWords(peer);
    if (words === undefined) return [];
    const source = words.map(() => 0);
    const answer = lookUpRoute(fib, familyOf(peer), { destination: words, source, mark: 0 });
    if (answer.kind === "local") return [];
    const path = answer.kind === "unicast" ? pathFrom(peer, answer.outputLink, facts) : undefined;
    return swarmPorts(facts).map(
      (port): Intent => ({
        id: `swarm-port:${port.port}/${port.protocol}@${peer}`,
        kind: "swarm-port",
        family: familyOf(peer),
        title: `swarm node ${peer} to port ${port.port}/${port.protocol} (${port.use}) of this node`,
        swarmPort: { protocol: port.protocol, port: port.port, peer },
        attempts: path === undefined ? [] : attemptsFor({ port, ...path }, facts),
      }),
    );
  });
}

interface PeerPath {
  readonly peer: Address;
  /** Address of this host that the peer's packets carry when they arrive. */
  readonly own: Address;
  readonly ifname: string;
}

/** Peers use the advertised address; where it is not the host's own, a translation before the host turns it into one that is. */
function pathFrom(peer: Address, ifname: string, facts: IntentFacts): PeerPath | undefined {
  const family = familyOf(peer);
  const daemon = facts.dockerDaemon;
  const advertised = daemon.state === "running" ? daemon.swarm.nodeAddress : undefined;
  if (advertised !== undefined && familyOf(advertised) === family && isLocal(facts, advertised))
    return { peer, own: advertised, ifname };
  const own = linkAsUplink(facts, ifname, family)?.hostAddress;
  return own === undefined ? undefined : { peer, own, ifname };
}

/** Data path datagrams carry the VNI of a plain overlay: encrypted ones arrive inside ESP. */
function attemptsFor(
  path: PeerPath & { readonly port: SwarmPort },
  facts: IntentFacts,
): readonly Attempt[] {
  if (path.port.use !== "overlay data") return [attempt(path, undefined)];
  const plain = facts.dockerNetworks.filter(
    ({ driver, encrypted }) => driver === "overlay" && !encrypted,
  );
  const [vni] = plain.flatMap(({ vnis }) => vnis);
  return [attempt(path, vni ?? defaultVni)];
}

/** VNI that Docker gives its first overlay network, ingress (libnetwork: overlay vxlanIDStart 4096). */
const defaultVni = 4096;

function attempt(
  { port, peer, own, ifname }: PeerPath & { readonly port: SwarmPort },
  vni: number | undefined,
): Attempt {
  return {
    entry: { kind: "link", ifname },
    packet: {
      family: familyOf(own),
      source: peer,
      destination: own,
      protocol: port.protocol,
      sourcePort: clientPort,
      destinationPort: port.port,
      ctState: "NEW",
      ctDirection: "ORIGINAL",
      ...(vni === undefined ? {} : { vni }),
    },
    expect: { kind: "reaches-host", listenerRequired: port.listenerRequired },
  };
}

function isLocal(facts: IntentFacts, address: Address): boolean {
  return facts.links.some(({ addresses }) => addresses.some((own) => own.address === address));
}
