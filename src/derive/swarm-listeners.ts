import type { Facts } from "../model/facts.ts";
import type { ListeningSocket } from "../model/socket.ts";

type ListenerFacts = Pick<Facts, "dockerDaemon" | "links">;

/**
 * A socket that peers can reach: on every address, or on the one that this node advertises. Where that is none of the host's own
 * (a cloud's translation stands before it), any address but loopback will do.
 */
export function isOpenToPeers({ address }: ListeningSocket, facts: ListenerFacts): boolean {
  if (address === undefined || address === "0.0.0.0" || address === "::") return true;
  const daemon = facts.dockerDaemon;
  const advertised = daemon.state === "running" ? daemon.swarm.nodeAddress : undefined;
  if (advertised === address) return true;
  const isLocal = facts.links.some(({ addresses }) =>
    addresses.some((own) => own.address === advertised),
  );
  return !isLocal && !address.startsWith("127.") && address !== "::1";
}

/** Somebody else has the port: its owners are visible, and dockerd is not among them. */
export function isForeign({ processes }: ListeningSocket): boolean {
  return processes.length > 0 && !processes.some(({ name }) => /^(?:dockerd|balenad)/.test(name));
}
