import type { Container } from "../../model/docker.ts";
import type { ListeningSocket } from "../../model/socket.ts";
import type { OpenedFacts } from "./opened-ports.ts";

/** What the list of ports does not hold, and why. */
export function exposureNotes(facts: OpenedFacts): readonly string[] {
  const running = facts.containers.filter(({ state }) => state === "running");
  return [
    ...hostNetworkNotes(facts, running),
    ...onWireNotes(facts, running),
    ...ingressNotes(facts),
  ];
}

/** So many sockets are named. */
const mostSockets = 12;

const ofDocker: readonly string[] = ["docker-proxy", "dockerd", "containerd"];

function hostNetworkNotes(
  { sockets }: OpenedFacts,
  running: readonly Container[],
): readonly string[] {
  const hosts = running.filter(({ networkMode }) => networkMode === "host");
  if (hosts.length === 0) return [];
  const first = new Set(hosts.flatMap(({ pid }) => pid ?? []));
  const others = sockets.filter(
    ({ processes, address = "" }) =>
      !isLoopback(address) &&
      processes.length > 0 &&
      !processes.some(({ pid, name }) => first.has(pid) || ofDocker.includes(name)),
  );
  const names = [...new Set(others.map(socketText))];
  const more = names.length > mostSockets ? ` and ${names.length - mostSockets} more` : "";
  const also =
    names.length === 0
      ? "listed by the first process of the container"
      : `listed by the first process of the container; these may be of others in it: ${names.slice(0, mostSockets).join(", ")}${more}`;
  return [`${named(hosts)} (host network): ${also}`];
}

function socketText({ port, protocol, processes }: ListeningSocket): string {
  return `${port}/${protocol} (${processes.map(({ name }) => name).join(", ")})`;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

function onWireNotes(
  { dockerNetworks }: OpenedFacts,
  running: readonly Container[],
): readonly string[] {
  const wires = new Set(
    dockerNetworks
      .filter(({ driver }) => driver === "macvlan" || driver === "ipvlan")
      .map(({ id }) => id),
  );
  const found = running.filter(({ endpoints }) =>
    endpoints.some(({ networkId }) => wires.has(networkId)),
  );
  if (found.length === 0) return [];
  return [
    `${named(found)} (macvlan or ipvlan): on the wire itself, without this host's rules before it; not listed`,
  ];
}

/** Workers are not told of services. */
function ingressNotes({ dockerDaemon: daemon }: OpenedFacts): readonly string[] {
  if (daemon.state !== "running" || daemon.swarm.state !== "active") return [];
  return daemon.swarm.isManager
    ? []
    : ["ports of services (ingress) are known to managers of the swarm only"];
}

function named(containers: readonly Container[]): string {
  return containers.map(({ name }) => name).join(", ");
}
