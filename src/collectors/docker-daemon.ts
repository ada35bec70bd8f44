import type { HostPort } from "../host/port.ts";
import type { DaemonInfo } from "../model/docker.ts";
import { type Fact, known, unknown } from "../model/facts.ts";
import type { Failure } from "../model/failure.ts";
import type { HostQuery, Instant } from "../model/query.ts";
import { parseDockerInfo } from "../parsers/docker-info.ts";
import { parseDockerVersion } from "../parsers/docker-version.ts";
import { ask } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

const versionQuery: HostQuery = { kind: "docker", path: "/version" };
const infoQuery: HostQuery = { kind: "docker", path: "/info" };
const sandboxesQuery = { kind: "directory", path: "/run/docker/netns" } as const;

/** The Docker daemon: running, stopped or not there. One that hangs, refuses or is not Docker leaves the fact unknown. */
export const dockerDaemon = defineCollector({
  fact: "dockerDaemon",
  title: "The Docker daemon and its place in a swarm",
  reads: [
    {
      what: "GET /version",
      needs: ["group docker"],
      withoutIt: "whether the daemon runs, and which one it is",
      loses: "fact",
    },
    {
      what: "GET /info",
      needs: ["group docker"],
      withoutIt: "its firewall backend and its place in a swarm",
      loses: "fact",
    },
    {
      what: "ls /run/docker/netns",
      where: "Docker does not answer",
      needs: [],
      withoutIt: "whether Docker is stopped or not installed",
      loses: "part",
    },
  ],
  needs: [],
  async collect(host, { now }): Promise<Fact<DaemonInfo>> {
    const version = await ask(host, versionQuery, parseDockerVersion);
    if (!version.ok) return withoutAnswer(host, version.failure, now);
    const info = await ask(host, infoQuery, parseDockerInfo);
    if (!info.ok) return unknown(info.failure);
    return known(
      { state: "running", ...version.value, ...info.value },
      {
        at: now,
        sources: [...version.sources, ...info.sources],
        ignored: [...version.ignored, ...info.ignored],
      },
    );
  },
});

/** A host without a socket where dockerd kept sandboxes since boot has Docker, stopped: containers may still run. */
async function withoutAnswer(
  host: HostPort,
  failure: Failure,
  now: Instant,
): Promise<Fact<DaemonInfo>> {
  const { kind, message } = failure;
  const sources = [versionQuery];
  if (kind === "connection-refused")
    return known({ state: "stopped", reason: message }, { at: now, sources });
  if (kind !== "not-found") return unknown(failure);
  const traces = await host.observe(sandboxesQuery);
  const from = { at: now, sources: [...sources, sandboxesQuery] };
  // The directory is root's own: one that may not be read is one that is there.
  if (!traces.ok && traces.failure.kind !== "not-permitted")
    return known({ state: "not-installed", reason: message }, from);
  const reason = `${message}; ${sandboxesQuery.path} shows that dockerd ran here: it is stopped`;
  return known({ state: "stopped", reason }, from);
}
