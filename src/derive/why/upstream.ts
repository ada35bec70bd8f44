import type { ExternalServer } from "../../model/resolver.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import { elementText } from "../evidence.ts";
import { followPacket, followReply } from "../path/follow.ts";
import { hostPlace } from "../path/world.ts";
import { placeOfContainer } from "../trace/trace-host.ts";
import { dnsQuestion, embeddedDns } from "./embedded-dns.ts";
import { evidenceAt } from "./evidence-at.ts";
import type { Look } from "./look.ts";
import { type Resolver, resolverOf } from "./names.ts";
import { isConnected, isOnHost } from "./networks.ts";
import type { ContainerSide, Sides } from "./sides.ts";
import type { WhyHost } from "./why-host.ts";

/**
 * Whether the servers that names outside of Docker are asked of can be reached: by the embedded DNS from the container's namespace, but
 * for those on the host's loopback from the host's (moby libnetwork/resolver.go); without it by the container itself.
 */
export function lookAtUpstream(host: WhyHost, { from, to }: Sides): Look {
  if (from.kind !== "container" || isOnHost(from.owner)) return {};
  const resolver = resolverOf(host, from);
  if (resolver === undefined || !isConnected(from.owner)) return {};
  // A name outside leads nowhere without them; names of containers need none.
  const isNeeded = to.kind === "outside" && !to.isAddress;
  const place = placeOfContainer(host.trace, from.container);
  const servers = serversOf(host, from, resolver);
  if (place === undefined || servers === undefined) {
    const text =
      "which servers the embedded DNS asks for names outside of Docker: this engine does not tell";
    return { unknown: [{ topic: "name", text, isNeeded: false }] };
  }
  const asked = servers.map((server) => ask(host, place, server));
  const reached = asked.filter(({ isReached }) => isReached);
  const names = (list: typeof asked) => list.map(({ server }) => server.address).join(", ");
  const looks: Look =
    reached.length > 0
      ? {
          seen: [
            {
              topic: "name",
              text: `packets to the name server ${names(reached)} find a way (for names outside of Docker)`,
            },
          ],
        }
      : {};
  const findings = asked.flatMap(({ finding }) => finding ?? []);
  if (findings.length === 0) return looks;
  return isNeeded && findings.length === servers.length
    ? { ...looks, causes: findings }
    : { ...looks, notes: findings };
}

/** Undefined = nobody tells. */
function serversOf(
  host: WhyHost,
  { owner, container }: ContainerSide,
  { value }: Resolver,
): readonly ExternalServer[] | undefined {
  if (value.nameservers[0] !== embeddedDns)
    return value.nameservers.map((address) => ({ address, fromHost: false }));
  const told = value.docker?.externalServers ?? [];
  if (told.length > 0) return told;
  const set =
    owner.settings?.dnsServers ?? container.settings?.dnsServers ?? host.daemonOptions?.dns;
  return set?.map((address) => ({ address, fromHost: false }));
}

interface Asked {
  readonly server: ExternalServer;
  readonly isReached: boolean;
  readonly finding?: WhyFinding;
}

function ask(host: WhyHost, inside: string, server: ExternalServer): Asked {
  const { world } = host.trace;
  const place = server.fromHost ? hostPlace : inside;
  const address = server.address.replace(/%.*$/, "");
  const there = followPacket(world, { place, attempt: dnsQuestion(address) });
  const back = followReply(world, there);
  const failed = [there, back].find((path) => path !== undefined && path.fate !== "delivered");
  if (failed === undefined) return { server, isReached: true };
  const { element, fate } = failed;
  if (fate === "unsure" || element === undefined) return { server, isReached: false };
  return {
    server,
    isReached: false,
    finding: {
      kind: "upstream-dns-unreachable",
      topic: "name",
      message: `the name server ${server.address} is not reached ${server.fromHost ? "from the host" : "from the container"}: names outside of Docker do not resolve (${elementText(element)})`,
      evidence: [evidenceAt(host, failed.place, element)],
      remedy: {
        summary: "Let the packets to it pass, or name another server",
        commands: [],
        persistent: ['"dns": ["ADDRESS"] in /etc/docker/daemon.json, or --dns for one container'],
      },
    },
  };
}
