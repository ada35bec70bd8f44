import { type Found, refuse } from "../trace/party.ts";
import { placeOfContainer } from "../trace/trace-host.ts";
import { embeddedDns } from "./embedded-dns.ts";
import type { Side } from "./sides.ts";
import { hasNetwork } from "./states.ts";
import { socketsAt, type WhyHost } from "./why-host.ts";

/**
 * The port that is meant where none was named: the only one that a container listens on. Undefined where nobody can tell, or where
 * nothing listens; of several the person has to choose.
 */
export function unnamedPort({ trace }: WhyHost, to: Side): Found<number | undefined> {
  const nothing = { ok: true, value: undefined } as const;
  if (to.kind !== "container" || !hasNetwork(to.container)) return nothing;
  const sockets = socketsAt({ trace }, placeOfContainer(trace, to.container));
  const open = sockets.filter(
    ({ protocol, address }) => protocol === "tcp" && address !== embeddedDns,
  );
  const ports = [...new Set(open.map(({ port }) => port))].sort((a, b) => a - b);
  const [one, ...more] = ports;
  if (more.length === 0) return { ok: true, value: one };
  const { name } = to.container;
  const listed = ports.slice(0, 12).map((port) => `${name}:${port}`);
  return refuse(
    `which port of ${name}? Something listens there on each of these: ${listed.join(", ")}`,
  );
}
