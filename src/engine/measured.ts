import { judgedIntents } from "../derive/judged-intents.ts";
import type { ConntrackCpuCounters, ConntrackUse } from "../model/counters/conntrack.ts";
import type { NeighbourTable } from "../model/counters/neighbour-table.ts";
import type { DockerNetwork, IpamConfig } from "../model/docker.ts";
import type { FactName, Facts } from "../model/facts.ts";
import type { JudgedIntent } from "../model/intent.ts";
import { type Address, contains } from "../model/ip.ts";
import type { Netns } from "../model/netns.ts";
import type {
  AddressPoolReading,
  ConntrackReading,
  Measured,
  NeighbourReading,
  NetnsRole,
  PathReading,
  PublishedPortReading,
} from "../model/reading/measured.ts";
import type { Sandbox } from "../model/sandbox.ts";
import { derivedValue, knownFacts, type World } from "./evaluate.ts";

/** Lists and sums for metrics; what is not known is left out. */
export function measuredOf(world: World): Measured {
  const value = <K extends FactName>(name: K): Facts[K] | undefined => {
    const fact = world.facts[name];
    return fact.state === "known" ? fact.value : undefined;
  };
  const judged = knownFacts(judgedIntents.requires, world).ok
    ? derivedValue(judgedIntents, world)
    : undefined;
  const networks = value("dockerNetworks");
  const conntrack = value("conntrack");
  const neighbours = value("neighbourTables");
  const counters = value("networkCounters");
  const namespaces = value("namespaces");
  const sandboxes = value("sandboxes");
  return {
    ...(networks === undefined ? {} : { addressPools: addressPools(networks) }),
    ...(judged === undefined
      ? {}
      : { paths: pathReadings(judged), publishedPorts: publishedPortReadings(judged) }),
    ...(conntrack === undefined ? {} : { conntrack: conntrackReading(conntrack) }),
    ...(neighbours === undefined ? {} : { neighbourTables: neighbours.map(neighbourReading) }),
    ...(counters === undefined ? {} : { reversePathFiltered: counters.reversePathFiltered }),
    ...(namespaces === undefined || sandboxes === undefined
      ? {}
      : { netns: netnsReading(namespaces, sandboxes) }),
  };
}

/** Networks of one name share a pool in this table: a reader knows networks by name. */
function addressPools(networks: readonly DockerNetwork[]): readonly AddressPoolReading[] {
  const pools = networks.flatMap((network) =>
    network.ipam.map((config) => ({
      network: network.name,
      family: config.subnet.family,
      ...poolOf(config, network),
    })),
  );
  const same = Map.groupBy(pools, ({ network, family }) => JSON.stringify([network, family]));
  return [...same.values()].flatMap((parts) => {
    const [first] = parts;
    if (first === undefined) return [];
    const sum = (part: "size" | "used"): number =>
      parts.reduce((total, pool) => total + pool[part], 0);
    return [{ ...first, size: sum("size"), used: sum("used") }];
  });
}

function poolOf(config: IpamConfig, network: DockerNetwork) {
  const { use } = config;
  if (use !== undefined) return { size: use.inUse + use.available, used: use.inUse };
  const range = config.range ?? config.subnet;
  const bits = range.family === "ipv4" ? 32 : 128;
  // The network's own address and the broadcast address are nobody's.
  const nobodys = range.family === "ipv4" && range.length === config.subnet.length ? 2 : 0;
  const taken = new Set<Address>([
    ...network.attachments.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    ...(config.gateway === undefined ? [] : [config.gateway]),
    ...(config.auxiliaryAddresses ?? []),
  ]);
  return {
    size: Math.max(0, 2 ** (bits - range.length) - nobodys),
    used: [...taken].filter((address) => contains(range, address)).length,
  };
}

function pathReadings(judged: readonly JudgedIntent[]): readonly PathReading[] {
  const same = Map.groupBy(judged, ({ intent, outcome }) => `${intent.kind} ${outcome.state}`);
  return [...same.values()].flatMap(([first, ...rest]) =>
    first === undefined
      ? []
      : [{ kind: first.intent.kind, state: first.outcome.state, paths: 1 + rest.length }],
  );
}

function publishedPortReadings(judged: readonly JudgedIntent[]): readonly PublishedPortReading[] {
  const published = judged.flatMap(({ intent, outcome: { state } }) =>
    intent.kind === "publish" && intent.publishedPort !== undefined
      ? [{ protocol: intent.publishedPort.protocol, state }]
      : [],
  );
  const same = Map.groupBy(published, ({ protocol, state }) => `${protocol} ${state}`);
  return [...same.values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ ...first, ports: 1 + rest.length }],
  );
}

function conntrackReading({ entries, limit, cpus }: ConntrackUse): ConntrackReading {
  if (cpus === undefined) return { entries, limit };
  const sum = (of: (cpu: ConntrackCpuCounters) => number | undefined): number =>
    cpus.reduce((total, cpu) => total + (of(cpu) ?? 0), 0);
  return {
    entries,
    limit,
    drops: {
      tableFull: sum((cpu) => cpu.dropped),
      insertFailed: sum((cpu) => cpu.insertFailed),
      earlyDrop: sum((cpu) => cpu.earlyDropped),
      chainTooLong: sum((cpu) => cpu.chainsTooLong),
    },
  };
}

function neighbourReading({ family, cpus, limits }: NeighbourTable): NeighbourReading {
  const entries = cpus?.[0]?.entries;
  return {
    family,
    ...(entries === undefined ? {} : { entries }),
    ...(limits === undefined ? {} : { limit: limits.hard }),
  };
}

function netnsReading(
  namespaces: readonly Netns[],
  sandboxes: readonly Sandbox[],
): Readonly<Record<NetnsRole, number>> {
  const count = (role: Sandbox["role"]): number =>
    sandboxes.filter((sandbox) => sandbox.role === role).length;
  return {
    container: count("container"),
    overlay: count("overlay"),
    "load-balancer": count("load-balancer"),
    ingress: count("ingress"),
    other: count("other"),
    named: namespaces.filter(({ origin }) => origin === "ip-netns").length,
  };
}
