import type { HostPort } from "../../host/port.ts";
import { known } from "../../model/facts.ts";
import type { HostQuery } from "../../model/query.ts";
import type { DockerProxy, DockerProxyArguments, ListeningSocket } from "../../model/socket.ts";
import { parsePublishedTcpPorts } from "../../parsers/docker/published-ports.ts";
import { parseDockerProxy } from "../../parsers/processes/docker-proxy.ts";
import { type Answer, ask } from "../ask.ts";
import { defineCollector } from "../define-collector.ts";
import { inTurn } from "../in-turn.ts";

const socketsQuery: HostQuery = { kind: "command", argv: ["ss", "-lntuHp"] };

const containersQuery: HostQuery = { kind: "docker", path: "/containers/json?all=1" };

/** How many command lines are read at a time. */
const atOnce = 16;

/**
 * Processes of docker-proxy, found by the sockets that they hold. One that ended meanwhile is not there; sockets whose owner may
 * not be seen could be one's, and those for SCTP are in no listing of ss.
 */
export const dockerProxies = defineCollector({
  fact: "dockerProxies",
  title: "Processes of docker-proxy and what they forward",
  reads: [
    {
      what: "cat /proc/PID/cmdline",
      where: "docker-proxy holds a socket",
      needs: [],
      withoutIt: "which container a docker-proxy serves",
      loses: "part",
    },
    {
      what: "GET /containers/json?all=1",
      where: "a TCP socket has no owner that can be seen",
      needs: ["group docker"],
      withoutIt: "whether a docker-proxy could hold it",
      loses: "part",
    },
  ],
  needs: ["sockets"],
  async collect(host, { now, facts }) {
    const owners = facts.sockets.flatMap(({ processes }) => processes);
    // The kernel keeps 15 characters of a program's name.
    const proxies = owners.filter(({ name }) => /^(?:docker-proxy|rootlesskit-doc)$/.test(name));
    const pids = [...new Set(proxies.map(({ pid }) => pid))];
    const answers = await inTurn(pids, atOnce, async (pid) => {
      const query = { kind: "file", path: `/proc/${pid}/cmdline` } as const;
      return { pid, answer: await ask(host, query, parseDockerProxy) };
    });
    const value = answers.flatMap(({ pid, answer }): readonly DockerProxy[] =>
      answer.ok ? [{ pid, ...answer.value }] : [],
    );
    const gaps = [...unreadProxies(answers), ...(await hiddenProxies(host, facts.sockets))];
    const sources = answers.flatMap(({ answer }) => (answer.ok ? answer.sources : []));
    return known(value, { at: now, sources: [socketsQuery, ...sources], gaps });
  },
});

interface Read {
  readonly pid: number;
  readonly answer: Answer<DockerProxyArguments>;
}

/** Processes that could not be read, those with the same reason in one line; one that has ended is none. */
function unreadProxies(reads: readonly Read[]): readonly string[] {
  const reasons = new Map<string, { readonly message: string; readonly pids: readonly number[] }>();
  for (const { pid, answer } of reads) {
    if (answer.ok || answer.failure.kind === "not-found") continue;
    const { message } = answer.failure;
    const kind = message.replaceAll(/\d+/g, "");
    const before = reasons.get(kind);
    reasons.set(kind, {
      message: before?.message ?? message,
      pids: [...(before?.pids ?? []), pid],
    });
  }
  return [...reasons.values()].map(({ message, pids }) =>
    pids.length === 1
      ? `docker-proxy ${pids[0]}: ${message}`
      : `${pids.length} of ${reads.length} docker-proxy processes: ${message}`,
  );
}

/**
 * Sockets without an owner are the kernel's own (NFS), of another PID namespace, or of a process that may not be seen. They matter
 * where a docker-proxy could stand: on a published port.
 */
async function hiddenProxies(
  host: HostPort,
  sockets: readonly ListeningSocket[],
): Promise<readonly string[]> {
  const ofTcp = sockets.filter(({ protocol }) => protocol === "tcp");
  const ownerless = ofTcp.filter(({ processes }) => processes.length === 0);
  if (ownerless.length === 0) return [];
  const published = await ask(host, containersQuery, parsePublishedTcpPorts);
  if (published.ok) {
    const hidden = ownerless.filter(({ port }) => published.value.has(port));
    const ports = [...new Set(hidden.map(({ port }) => port))].sort((a, b) => a - b);
    if (ports.length === 0) return [];
    const what = ports.length === 1 ? "port" : "ports";
    return [`who listens on the published ${what} ${ports.join(", ")} cannot be seen; ${advice}`];
  }
  const { kind } = published.failure;
  const isBlind =
    kind === "not-permitted" || (kind !== "not-found" && ownerless.length === ofTcp.length);
  if (!isBlind) return [];
  return [`the owners of ${ownerless.length} listening TCP sockets cannot be seen; ${advice}`];
}

const advice = "run docknet as root of the host";
