import type { Attempt } from "../../model/intent.ts";
import type { ListeningSocket } from "../../model/socket.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import { elementEvidence, elementText } from "../evidence.ts";
import { followPacket, followReply, type Path } from "../path/follow.ts";
import { placeOfContainer } from "../trace/trace-host.ts";
import type { Look } from "./look.ts";
import type { ContainerSide } from "./sides.ts";
import { decidedBy, inNamespace, rulesetsAt, socketsAt, type WhyHost } from "./why-host.ts";

/** Where Docker answers for names in a container (libnetwork). */
export const embeddedDns = "127.0.0.11";

/** The question of a container to a name server, by UDP. */
export function dnsQuestion(server: string): Attempt {
  const family = server.includes(":") ? "ipv6" : "ipv4";
  return {
    entry: { kind: "local" },
    packet: {
      family,
      source: family === "ipv4" ? "0.0.0.0" : "::",
      destination: server,
      protocol: "udp",
      sourcePort: 40_053,
      destinationPort: 53,
      ctState: "NEW",
      ctDirection: "ORIGINAL",
    },
    expect: { kind: "leaves", sourceTranslated: false },
  };
}

/**
 * Whether a question to 127.0.0.11 comes to the socket that dockerd holds in the container's namespace: rules of its nat table (or of
 * nftables) have to send it there, and the socket has to be there (moby libnetwork/resolver_unix.go).
 */
export function lookAtEmbeddedDns(
  host: WhyHost,
  side: ContainerSide,
  so: { readonly named: string; readonly mayBeInHosts: boolean },
): Look {
  const { name } = side.container;
  const place = placeOfContainer(host.trace, side.container);
  if (place === undefined || host.trace.reduced.has(place)) {
    const text = `the rules and sockets of the embedded DNS in ${name}: its namespace was not read in full`;
    return { unknown: [{ topic: "name", text, isNeeded: true }] };
  }
  const { world } = host.trace;
  const asked = followPacket(world, { place, attempt: dnsQuestion(embeddedDns) });
  const answered = followReply(world, asked);
  const failed = [asked, answered].find((path) => path !== undefined && path.fate !== "delivered");
  if (failed?.fate === "unsure") {
    const text = `whether questions come to the embedded DNS in ${name}: ${decidedBy(failed)}`;
    return { unknown: [{ topic: "name", text, isNeeded: true }] };
  }
  const socket = dnsSocket(host, place, asked);
  if (failed === undefined && socket !== undefined)
    return { seen: [{ topic: "name", text: `questions to ${embeddedDns} come to ${socket}` }] };
  const finding = broken(host, { side, place, named: so.named, asked, failed });
  return so.mayBeInHosts ? { suspects: [finding] } : { causes: [finding] };
}

/** dockerd's socket has the address 127.0.0.11 and a port that is not 53; another on port 53 is the container's own. */
function dnsSocket(host: WhyHost, place: string, { arrival }: Path): string | undefined {
  const port = arrival?.packet.destinationPort;
  const socket = dnsSockets(host, place).find((own) => own.port === port && own.protocol === "udp");
  return socket === undefined ? undefined : `dockerd's socket ${embeddedDns}:${socket.port}/udp`;
}

function dnsSockets(host: WhyHost, place: string): readonly ListeningSocket[] {
  return socketsAt(host, place).filter(({ address }) => address === embeddedDns);
}

interface Broken {
  readonly side: ContainerSide;
  readonly place: string;
  readonly named: string;
  readonly asked: Path;
  readonly failed: Path | undefined;
}

function broken(host: WhyHost, { side, place, named, asked, failed }: Broken): WhyFinding {
  const { name } = side.container;
  const rulesets = rulesetsAt(host, place);
  const sockets = dnsSockets(host, place);
  const ended =
    failed?.element?.kind === "no-listener"
      ? failed.element.port
      : asked.arrival?.packet.destinationPort;
  const isTranslated = ended !== undefined && ended !== 53;
  const isStopped = failed?.element !== undefined && failed.element.kind !== "no-listener";
  const why = isStopped
    ? elementText(failed.element)
    : sockets.length === 0
      ? "dockerd has no socket in its namespace"
      : isTranslated
        ? "the rules lead to a port on which dockerd does not listen"
        : "the rules that lead to dockerd's socket are gone from its namespace";
  const socketText =
    sockets.map(({ protocol, port }) => `${protocol} ${embeddedDns}:${port}`).join("  ") ||
    `no socket on ${embeddedDns}`;
  const rules = rulesets.flatMap(({ tables }) =>
    tables.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules)),
  );
  const dnsRules = rules.filter(({ text }) => text.includes(embeddedDns));
  return {
    kind: "embedded-dns-broken",
    topic: "name",
    message: `${name} cannot resolve ${named}, nor any other name: questions to the embedded DNS ${embeddedDns} go nowhere, ${why}`,
    evidence: [
      isStopped && failed.element !== undefined
        ? elementEvidence(failed.element, rulesets)
        : {
            source: rulesets[0]?.source ?? inNamespace(place, ["iptables-save", "-t", "nat"]),
            text: dnsRules.map(({ text }) => text).join("; ") || `no rule for ${embeddedDns}`,
          },
      { source: inNamespace(place, ["ss", "-lntu"]), text: socketText },
    ],
    remedy: {
      summary: `Docker makes the rules and sockets anew when the container starts`,
      commands: [`docker restart ${name}`],
      sideEffects: `restarts ${name}`,
      persistent: [
        "whatever flushes firewall rules in the container's namespace has to leave the table nat alone",
      ],
    },
  };
}
