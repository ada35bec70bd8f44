import type { HostPort } from "../../host/port.ts";
import type { IgnoredLine } from "../../model/facts.ts";
import type { Link } from "../../model/link.ts";
import type { LinkCounters } from "../../model/link-details.ts";
import type { HostQuery, Instant } from "../../model/query.ts";
import type { Sandbox, SandboxFacts } from "../../model/sandbox.ts";
import { parseBridgeLink } from "../../parsers/bridge-link.ts";
import { parseBridgeFdb } from "../../parsers/iproute/bridge-fdb.ts";
import { parseResolvConf } from "../../parsers/resolv-conf.ts";
import { type Answer, ask } from "../ask.ts";
import { type Gathered, gathered, missing, orReduced } from "./gathered.ts";
import { askRules, type RulesPlan } from "./inner-rules.ts";
import { type Entered, insideHost, isNoNamespace } from "./inside.ts";
import { askNetlink, askRoutingRules, type Netlink, sysctlsOf } from "./netlink.ts";
import type { SandboxPlace } from "./places.ts";
import { askCounters, askReducedNeighbours, askReducedRoutes, askSockets } from "./process-view.ts";

export interface ReadSandbox {
  readonly sandbox: Sandbox;
  readonly sources: readonly HostQuery[];
  readonly ignored: readonly IgnoredLine[];
}

type Parts = { readonly [K in keyof SandboxFacts]: Gathered<SandboxFacts[K]> };

/** Everything of one namespace; undefined where it has ended in the meantime. */
export async function readSandbox(
  host: HostPort,
  place: SandboxPlace,
  so: { readonly plan: RulesPlan; readonly now: Instant },
): Promise<ReadSandbox | undefined> {
  const { pid } = place;
  const counters = pid === undefined ? undefined : await askCounters(host, pid);
  const { entered, netlink } = await enter(host, place);
  const hasEnded =
    counters === undefined || (!counters.ok && counters.failure.kind === "not-found");
  if (hasEnded && !netlink.links.ok && isNoNamespace(netlink.links.failure)) return undefined;
  const inside = insideHost(host, entered);
  const [rules, routingRules, bridges, ofProcess, resolver] = await Promise.all([
    askRules(host, entered, { ...so, netlink }),
    askRoutingRules(inside, netlink),
    askBridges(inside, netlink),
    askProcess(host, pid, netlink),
    askResolver(host, place),
  ]);
  const parts: Parts = {
    links: gathered(withCounters(netlink.links, counters)),
    routingRules: gathered(routingRules),
    linkSettings: gathered(netlink.settings),
    sysctls: gathered(
      netlink.settings.ok
        ? { ...netlink.settings, value: sysctlsOf(netlink.settings.value) }
        : netlink.settings,
    ),
    ...bridges,
    ...rules,
    ...ofProcess,
    resolver,
  };
  return assembled(place, entered, parts);
}

/**
 * By Docker's file; by a process in it where that file is none from here, because docknet has other mounts than Docker (a unit with a
 * file system of its own, a container).
 */
async function enter(
  host: HostPort,
  { path, pid }: SandboxPlace,
): Promise<{ readonly entered: Entered; readonly netlink: Netlink }> {
  const usual = pid === undefined ? { path } : { path, pid };
  const netlink = await askNetlink(insideHost(host, usual));
  const byProcess = `/proc/${pid}/ns/net`;
  const isBlocked = !netlink.links.ok && isNoNamespace(netlink.links.failure);
  if (!isBlocked || pid === undefined || path === byProcess) return { entered: usual, netlink };
  const entered = { path: byProcess, pid };
  const again = await askNetlink(insideHost(host, entered));
  return again.links.ok ? { entered, netlink: again } : { entered: usual, netlink };
}

function withCounters(
  links: Answer<readonly Link[]>,
  counters: Answer<readonly LinkCounters[]> | undefined,
): Answer<readonly Link[]> {
  if (!links.ok || counters === undefined || !counters.ok) return links;
  const byName = new Map(counters.value.map((each) => [each.ifname, each]));
  const value = links.value.map((link): Link => {
    const found = byName.get(link.ifname);
    if (found === undefined) return link;
    return { ...link, statistics: { received: found.received, sent: found.sent } };
  });
  return { ...links, value, sources: [...links.sources, ...counters.sources] };
}

const portsQuery: HostQuery = { kind: "command", argv: ["bridge", "-j", "-d", "link"] };
const fdbQuery: HostQuery = { kind: "command", argv: ["bridge", "-j", "fdb"] };

async function askBridges(
  inside: HostPort,
  { links }: Netlink,
): Promise<Pick<Parts, "bridgePorts" | "fdb">> {
  if (!links.ok) return { bridgePorts: gathered(links), fdb: gathered(links) };
  const hasBridge = links.value.some(({ linkKind }) => linkKind === "bridge");
  const hasVxlan = links.value.some(({ linkKind }) => linkKind === "vxlan");
  const [ports, fdb] = await Promise.all([
    hasBridge ? ask(inside, portsQuery, parseBridgeLink) : undefined,
    hasBridge || hasVxlan ? ask(inside, fdbQuery, parseBridgeFdb) : undefined,
  ]);
  return {
    bridgePorts: ports === undefined ? missing("there is no bridge in it") : gathered(ports),
    fdb: fdb === undefined ? missing("there is no bridge or VXLAN link in it") : gathered(fdb),
  };
}

async function askProcess(
  host: HostPort,
  pid: number | undefined,
  { routes, neighbours }: Netlink,
): Promise<Pick<Parts, "routes" | "neighbours" | "sockets">> {
  if (pid === undefined) {
    return {
      routes: gathered(routes),
      neighbours: gathered(neighbours),
      sockets: missing("no process lives in it"),
    };
  }
  const [sockets, reducedRoutes, reducedNeighbours] = await Promise.all([
    askSockets(host, pid),
    routes.ok ? undefined : askReducedRoutes(host, pid),
    neighbours.ok ? undefined : askReducedNeighbours(host, pid),
  ]);
  return {
    routes: orReduced(
      routes,
      reducedRoutes,
      "of IPv4 only the table main and own addresses, of IPv6 without the names of tables",
    ),
    neighbours: orReduced(
      neighbours,
      reducedNeighbours,
      "neighbours of IPv4 only, without their exact states",
    ),
    sockets: gathered(sockets),
  };
}

async function askResolver(
  host: HostPort,
  place: SandboxPlace,
): Promise<Gathered<SandboxFacts["resolver"]>> {
  const path = place.containers[0]?.resolvConfPath;
  if (path === undefined || !isRooted(path)) {
    return missing(
      place.containers.length === 0
        ? "no container lives in it"
        : "Docker names no resolv.conf of its container",
    );
  }
  return gathered(await ask(host, { kind: "file", path }, parseResolvConf));
}

function isRooted(path: string): path is `/${string}` {
  return path.startsWith("/");
}

function assembled(place: SandboxPlace, { path }: Entered, read: Parts): ReadSandbox {
  const { role, containers, network } = place;
  const all = Object.values(read);
  return {
    sandbox: {
      path,
      role,
      containers: containers.map(({ name }) => name),
      ...(network === undefined ? {} : { network }),
      parts: {
        links: read.links.part,
        routes: read.routes.part,
        routingRules: read.routingRules.part,
        linkSettings: read.linkSettings.part,
        sysctls: read.sysctls.part,
        neighbours: read.neighbours.part,
        bridgePorts: read.bridgePorts.part,
        fdb: read.fdb.part,
        rulesets: read.rulesets.part,
        nativeNft: read.nativeNft.part,
        sockets: read.sockets.part,
        resolver: read.resolver.part,
      },
    },
    sources: all.flatMap(({ sources = [] }) => sources),
    ignored: all.flatMap(({ ignored = [] }) => ignored),
  };
}
