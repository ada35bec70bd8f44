import { isDockerChain } from "../derive/docker-rules.ts";
import { judgedIntents } from "../derive/judged-intents.ts";
import { swarmPorts } from "../derive/swarm-intents.ts";
import { isOpenToPeers } from "../derive/swarm-listeners.ts";
import { engineWords } from "../model/docker/engine.ts";
import type { DaemonInfo } from "../model/docker.ts";
import type { Fact, FactName, Facts, HostSnapshot } from "../model/facts.ts";
import type { ChainReading, Readings, SwarmPortReading } from "../model/finding.ts";
import type { JudgedIntent } from "../model/intent.ts";
import { prefixText } from "../model/ip.ts";
import type { Chain, Ruleset } from "../model/netfilter.ts";
import { derivedValue, enginePlace, knownFacts, type World } from "./evaluate.ts";
import { measuredOf } from "./measured.ts";

/** The few numbers of a snapshot that metrics and the host line show; what is not known is left out. */
export function readingsOf(snapshot: HostSnapshot, world: World): Readings {
  const value = <K extends FactName>(name: K): Facts[K] | undefined =>
    knownValue(snapshot.facts[name]);
  const daemon = value("dockerDaemon");
  const containers = value("containers");
  const networks = value("dockerNetworks");
  const namespaces = value("namespaces");
  const memory = value("memory");
  const sysctls = value("sysctls") ?? {};
  const judged = judgedOf(world);
  return {
    ...dockerReading(daemon, world),
    dockerState: daemon?.state ?? "unknown",
    iptablesBackend: backendOf(value("rulesets")),
    ...(containers === undefined
      ? {}
      : {
          containersRunning: containers.filter(({ state }) => state === "running").length,
          containersTotal: containers.length,
        }),
    ...(networks === undefined ? {} : { networks: networks.length }),
    forwarding: {
      ...flag("ipv4", sysctls["net.ipv4.ip_forward"]),
      ...flag("ipv6", sysctls["net.ipv6.conf.all.forwarding"]),
    },
    sysctls,
    chains: (value("rulesets") ?? []).flatMap(chainReadings),
    bridges: bridgeReadings(value("links"), value("bridgePorts"), networks),
    networkReadings: networkReadings(networks, containers),
    swarmPorts: swarmPortReadings(world, judged),
    intents: {
      kept: count(judged, "kept"),
      degraded: count(judged, "degraded"),
      failed: count(judged, "failed"),
      unsure: count(judged, "unsure"),
    },
    ...(namespaces === undefined ? {} : { namespaces: namespaces.length }),
    ...(memory === undefined ? {} : { memory }),
    ...measuredOf(world),
  };
}

function knownValue<T>(fact: Fact<T>): T | undefined {
  return fact.state === "known" ? fact.value : undefined;
}

function dockerReading(daemon: DaemonInfo | undefined, world: World): Pick<Readings, "docker"> {
  if (daemon?.state !== "running") return {};
  const { version, apiVersion, firewallBackend, swarm } = daemon;
  const elsewhere = enginePlace(world) === undefined ? undefined : "engine elsewhere";
  const engine = engineWords(daemon.engine) ?? elsewhere;
  const role = swarm.isManager ? "manager" : "worker";
  return {
    docker: {
      version,
      apiVersion,
      ...(engine === undefined ? {} : { engine }),
      ...(firewallBackend === undefined ? {} : { firewallBackend }),
      swarmRole: swarm.state === "inactive" ? "none" : role,
      swarmState: swarm.state,
    },
  };
}

function backendOf(rulesets: readonly Ruleset[] | undefined): Readings["iptablesBackend"] {
  if (rulesets === undefined) return "unknown";
  const filled = new Set(
    rulesets.filter(({ tables }) => tables.length > 0).map(({ backend }) => backend),
  );
  if (filled.size === 2) return "mixed";
  const [only] = filled;
  return only ?? "none";
}

function flag(family: "ipv4" | "ipv6", value: string | undefined): Partial<Readings["forwarding"]> {
  return value === undefined ? {} : { [family]: value !== "0" };
}

/** Built-in chains and Docker's; the rest of a table counts as `other`. */
function chainReadings(ruleset: Ruleset): readonly ChainReading[] {
  return ruleset.tables.flatMap((table) => {
    const named = (chain: Chain): string =>
      chain.policy !== undefined || isDockerChain(chain.name) || chain.name === "DOCKER-USER"
        ? chain.name
        : "other";
    const byName = Map.groupBy(table.chains, named);
    return [...byName].map(([chain, chains]) => {
      const dropped = chains.map(droppedBy);
      const policy = chain === "other" ? undefined : chains[0]?.policy;
      return {
        family: ruleset.family,
        backend: ruleset.backend,
        table: table.name,
        chain,
        ...(policy === undefined ? {} : { policy }),
        rules: chains.reduce((sum, { rules }) => sum + rules.length, 0),
        droppedPackets: dropped.reduce((sum, { packets }) => sum + packets, 0),
        droppedBytes: dropped.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    });
  });
}

function droppedBy(chain: Chain): { readonly packets: number; readonly bytes: number } {
  const rules = chain.rules.filter(
    ({ target }) =>
      target.kind === "reject" || (target.kind === "verdict" && target.verdict === "DROP"),
  );
  const counters = rules.flatMap((rule) => rule.counters ?? []);
  const all = chain.policy === "DROP" ? [...counters, chain.counters ?? zero] : counters;
  return {
    packets: all.reduce((sum, { packets }) => sum + packets, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

const zero = { packets: 0, bytes: 0 };

function bridgeReadings(
  links: Facts["links"] | undefined,
  ports: Facts["bridgePorts"] | undefined,
  networks: Facts["dockerNetworks"] | undefined,
): Readings["bridges"] {
  return (networks ?? []).flatMap(({ bridge, name }) => {
    const link = links?.find(({ ifname }) => ifname === bridge);
    if (link === undefined || ports === undefined) return [];
    return [
      {
        device: link.ifname,
        network: name,
        adminUp: link.adminUp,
        ports: ports.filter((port) => port.bridge === link.ifname).length,
        mtuBytes: link.mtuBytes,
      },
    ];
  });
}

function networkReadings(
  networks: Facts["dockerNetworks"] | undefined,
  containers: Facts["containers"] | undefined,
): Readings["networkReadings"] {
  return (networks ?? []).map(({ id, name, driver, scope, internal, ipam }) => ({
    id,
    name,
    driver,
    scope,
    internal,
    subnet: ipam.map(({ subnet }) => prefixText(subnet)).join(" "),
    containers: (containers ?? []).filter(({ endpoints }) =>
      endpoints.some(({ networkId }) => networkId === id),
    ).length,
  }));
}

function swarmPortReadings(
  world: World,
  judged: readonly JudgedIntent[],
): readonly SwarmPortReading[] {
  const known = knownFacts(["dockerDaemon", "dockerNetworks", "swarmNodes"], world);
  if (!known.ok) return [];
  const { dockerDaemon, dockerNetworks, swarmNodes } = known.values;
  if (dockerDaemon === undefined || dockerNetworks === undefined || swarmNodes === undefined)
    return [];
  const seen = knownFacts(["dockerDaemon", "sockets"], world);
  const sockets = seen.ok ? seen.values.sockets : undefined;
  const links = knownValue(world.facts.links) ?? [];
  return swarmPorts({ dockerDaemon, dockerNetworks, swarmNodes }).map(({ protocol, port }) => {
    const own = judged.filter(
      ({ intent }) => intent.swarmPort?.port === port && intent.swarmPort.protocol === protocol,
    );
    const sure = own.length > 0 && own.every(({ outcome }) => outcome.state !== "unsure");
    return {
      protocol,
      port,
      ...(sockets === undefined
        ? {}
        : {
            listening: sockets.some(
              (socket) =>
                socket.protocol === protocol &&
                socket.port === port &&
                isOpenToPeers(socket, { dockerDaemon, links }),
            ),
          }),
      ...(sure ? { allowed: own.every(({ outcome }) => outcome.state === "kept") } : {}),
    };
  });
}

function judgedOf(world: World): readonly JudgedIntent[] {
  return knownFacts(judgedIntents.requires, world).ok ? derivedValue(judgedIntents, world) : [];
}

function count(judged: readonly JudgedIntent[], state: string): number {
  return judged.filter(({ outcome }) => outcome.state === state).length;
}
