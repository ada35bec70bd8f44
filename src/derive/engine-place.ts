import type { DockerNetwork } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { Doubt } from "../model/finding.ts";
import { contains } from "../model/ip.ts";
import type { Link } from "../model/link.ts";

/** Facts that tell where the engine runs, as far as they are known. */
export type PlaceFacts = Partial<
  Pick<Facts, "dockerDaemon" | "hostIdentity" | "dockerNetworks" | "links">
>;

/**
 * Why the engine's bridges and rules are not in the network namespace that docknet looks at; undefined where nothing shows that.
 * Another name alone shows nothing: a host may be renamed, and docknet may run in a container.
 */
export function engineElsewhere(facts: PlaceFacts): Doubt | undefined {
  const { dockerDaemon: daemon, hostIdentity: host } = facts;
  if (daemon?.state !== "running") return undefined;
  if (daemon.engine.kind === "rootless")
    return doubt("the engine is rootless: its networks are in a network namespace of its own", {
      nextStep:
        "run docknet as its user inside that namespace (rootlesskit's, of dockerd's process)",
    });
  const { kernel, hostname } = daemon;
  if (kernel !== undefined && host !== undefined && kernel !== host.kernel)
    return doubt(`the engine runs on kernel ${kernel} and this host on ${host.kernel}`, away);
  if (daemon.engine.kind === "desktop" && (kernel === undefined || host === undefined))
    return doubt(`${daemon.engine.product} runs its engine in a virtual machine`, away);
  if (host === undefined || hostname === host.hostname || hasBridge(facts)) return undefined;
  return doubt(
    `the engine calls its host ${hostname}, this one is ${host.hostname} and has none of its bridges`,
    away,
  );
}

const away = { nextStep: "run docknet where the engine runs" };

function doubt(reason: string, { nextStep }: { readonly nextStep: string }): Doubt {
  return { about: "where the engine's networks are", reason, nextStep };
}

/**
 * One of the engine's bridges is here, or it has none, or that was not seen. A name alone shows nothing: an engine inside a container
 * has a docker0 of its own, in another subnet than the host's.
 */
function hasBridge({ dockerNetworks, links }: PlaceFacts): boolean {
  if (dockerNetworks === undefined || links === undefined) return true;
  const bridged = dockerNetworks.filter(
    ({ bridge, configOnly }) => bridge !== undefined && !configOnly,
  );
  return (
    bridged.length === 0 ||
    bridged.some((network) => links.some((link) => isBridgeOf(link, network)))
  );
}

function isBridgeOf({ ifname, addresses }: Link, { bridge, ipam }: DockerNetwork): boolean {
  if (ifname !== bridge) return false;
  const own = addresses.filter(({ scope }) => scope === "global");
  return (
    own.length === 0 ||
    own.some(({ address }) => ipam.some(({ subnet }) => contains(subnet, address)))
  );
}
