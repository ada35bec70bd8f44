import { type Fence, type Moved, readFence, whatMoved } from "../collectors/fence.ts";
import { bridgesWithoutAllPorts } from "../derive/judged-intents.ts";
import type { HostPort } from "../host/port.ts";
import { type Container, carriesIpv4Address, type DockerNetwork } from "../model/docker.ts";
import { contains } from "../model/ip.ts";
import { isTentative, type Link } from "../model/link.ts";
import { everyFact, type Look, runCollector, type SnapshotPlan } from "./look.ts";

/** What changed while docknet looked. */
export interface Motion extends Moved {
  /** Why the links cannot be judged: a bridge of Docker was being made or changed. */
  readonly links: string | undefined;
  /** Nothing moved in the look itself, whatever was seen a moment later. */
  readonly lookWasCalm: boolean;
  /** An address of the host is not in use yet, and will be in some seconds. */
  readonly hasTentativeAddress: boolean;
}

/** How long Docker's lists may lag behind the kernel, in milliseconds: links go first when a container ends, and come last. */
export const lagMs = 1_000;

/**
 * Compares what a look saw with its fences. Where the kernel and Docker's list disagree (a bridge that has lost a port, is down, or
 * has no address yet) both are asked again a moment later: one of the two may only have been ahead.
 */
export async function motionOf(
  host: HostPort,
  plan: SnapshotPlan,
  { seen, earlier }: { readonly seen: Look; readonly earlier?: Look },
): Promise<Motion> {
  const inspected = inspectedIn(seen).filter(
    (container) => earlier === undefined || !isIn(earlier, container),
  );
  const inLook = whatMoved(seen.before, { fences: [seen.after], inspected });
  const { fences, links } = await readAgain(host, plan, seen);
  const moved =
    fences.length === 0
      ? inLook
      : whatMoved(seen.before, { fences: [seen.after, ...fences], inspected });
  const bridge = links === undefined ? undefined : changedBridge(seen, links);
  const own = { lookWasCalm: inLook.calm, hasTentativeAddress: hasTentativeAddress(seen) };
  if (bridge === undefined) return { ...moved, links: undefined, ...own };
  const reason = `bridge ${bridge} changed each time that docknet looked; run docknet again when it is at rest`;
  return { ...moved, calm: false, links: reason, ...own };
}

/**
 * What is sent to such an address is unsure: the walk says so itself. Those of a bridge's ports are nobody's, and a bridge's own address
 * of the link is not what Docker promises anything on.
 */
function hasTentativeAddress({ facts }: Look): boolean {
  const { links } = everyFact(facts);
  if (links.state !== "known") return false;
  return links.value.some((link) => {
    if (link.master !== undefined) return false;
    const counted = link.addresses.filter(
      ({ scope }) => scope !== "link" || link.linkKind !== "bridge",
    );
    return counted.some((own) => isTentative(link, own));
  });
}

function inspectedIn({ facts }: Look): readonly Container[] {
  const { containers } = everyFact(facts);
  return containers.state === "known" ? containers.value : [];
}

/** Whether a look saw the same: what an engine's list and its inspection never agree on is no motion, and must be judged. */
function isIn(look: Look, container: Container): boolean {
  return inspectedIn(look).some(
    ({ id, state, endpoints }) =>
      id === container.id &&
      state === container.state &&
      JSON.stringify(endpoints) === JSON.stringify(container.endpoints),
  );
}

interface Later {
  readonly fences: readonly Fence[];
  /** Absent where no bridge gave reason to ask for them. */
  readonly links?: readonly Link[];
}

async function readAgain(host: HostPort, plan: SnapshotPlan, seen: Look): Promise<Later> {
  if (seen.before.dockerHangs) return { fences: [] };
  const cutOff = hasCutOffBridge(seen);
  const doubtful = doubtfulBridges(seen).length > 0;
  if (!cutOff && !doubtful) return { fences: [] };
  await plan.clock.pause?.(lagMs);
  const [fence, links] = await Promise.all([
    cutOff ? readFence(host) : undefined,
    doubtful ? linksOf(host, plan) : undefined,
  ]);
  return {
    fences: fence === undefined ? [] : [fence],
    ...(links === undefined ? {} : { links }),
  };
}

function hasCutOffBridge({ facts }: Look): boolean {
  const { containers, dockerNetworks, bridgePorts } = everyFact(facts);
  if (containers.state !== "known" || dockerNetworks.state !== "known") return false;
  if (bridgePorts.state !== "known") return false;
  const read = {
    containers: containers.value,
    dockerNetworks: dockerNetworks.value,
    bridgePorts: bridgePorts.value,
  };
  return bridgesWithoutAllPorts(read).size > 0;
}

/**
 * Bridges of Docker that look as if they were just being made: absent, down, or without an address where one is due. None where no bridge
 * of Docker is here at all: then the engine is elsewhere (rootless, on another kernel), and stays there.
 */
function doubtfulBridges({ facts }: Look): readonly string[] {
  const { links, dockerNetworks } = everyFact(facts);
  if (links.state !== "known" || dockerNetworks.state !== "known") return [];
  const bridges = dockerNetworks.value.flatMap((network) => {
    const { bridge, driver, configOnly } = network;
    if (bridge === undefined || driver !== "bridge" || configOnly) return [];
    return [{ bridge, network, link: links.value.find(({ ifname }) => ifname === bridge) }];
  });
  if (bridges.every(({ link }) => link === undefined)) return [];
  return bridges
    .filter(({ link, network }) => link?.adminUp !== true || !hasAddress(link, network))
    .map(({ bridge }) => bridge);
}

function hasAddress({ addresses }: Link, network: DockerNetwork): boolean {
  if (!carriesIpv4Address(network)) return true;
  const due = network.ipam.filter(({ subnet }) => subnet.family === "ipv4");
  return due.every(({ subnet }) => addresses.some(({ address }) => contains(subnet, address)));
}

async function linksOf(
  host: HostPort,
  { collectors, clock }: SnapshotPlan,
): Promise<readonly Link[] | undefined> {
  const collector = collectors.find(({ fact }) => fact === "links");
  if (collector === undefined) return undefined;
  const fact = await runCollector(collector, host, { facts: new Map(), clock });
  const { links } = everyFact(new Map([["links", fact]]));
  return links.state === "known" ? links.value : undefined;
}

function changedBridge(seen: Look, later: readonly Link[]): string | undefined {
  const { links } = everyFact(seen.facts);
  if (links.state !== "known") return undefined;
  return doubtfulBridges(seen).find(
    (bridge) => stateOf(bridge, links.value) !== stateOf(bridge, later),
  );
}

function stateOf(bridge: string, links: readonly Link[]): string {
  const link = links.find(({ ifname }) => ifname === bridge);
  if (link === undefined) return "absent";
  return JSON.stringify([link.ifindex, link.adminUp, link.addresses.map(({ address }) => address)]);
}
