import type { HostPort } from "../host/port.ts";
import type { DaemonOptions } from "../model/docker/daemon-options.ts";
import type { Netns } from "../model/netns.ts";
import type { HostQuery } from "../model/query.ts";
import { parseDockerContainer, parseDockerContainerList } from "../parsers/docker-containers.ts";
import { parseIpNetns } from "../parsers/ip-netns.ts";
import type { Parsed } from "../parsers/parsed.ts";
import { parseNames } from "../parsers/plain-text.ts";
import { type Answer, ask, factFrom, inOne } from "./ask.ts";
import { defineCollector } from "./define-collector.ts";

const defaultDirectory = "/run/docker/netns";

/** Handles of network namespaces: those of `ip netns`, and Docker's sandboxes under its exec-root. */
export const namespaces = defineCollector({
  fact: "namespaces",
  title: "Files of network namespaces; `ip netns` shows none of Docker's",
  reads: [
    {
      what: "ip -j netns list",
      needs: [],
      withoutIt: "namespaces that were named with ip netns",
      loses: "fact",
    },
    {
      what: `ls ${defaultDirectory}`,
      needs: ["CAP_DAC_READ_SEARCH"],
      withoutIt: "Docker's sandboxes",
      loses: "fact",
    },
    {
      what: "GET /containers/{id}/json",
      where: "that directory is not there",
      needs: ["group docker"],
      withoutIt: "where a daemon with another exec-root keeps its sandboxes",
      loses: "part",
    },
  ],
  needs: ["daemonOptions"],
  async collect(host, { facts, now }) {
    const query: HostQuery = { kind: "command", argv: ["ip", "-j", "netns", "list"] };
    const both = inOne(
      await Promise.all([ask(host, query, parseIpNetns), sandboxes(host, facts.daemonOptions)]),
    );
    return factFrom(both.ok ? { ...both, value: both.value.flat() } : both, now);
  },
});

/** Docker's sandboxes: its files of network namespaces, under the exec-root that dockerd was given, or whatever other. */
export async function sandboxes(
  host: HostPort,
  { execRoot }: Pick<DaemonOptions, "execRoot">,
): Promise<Answer<readonly Netns[]>> {
  const usual = await listed(host, directoryUnder(execRoot) ?? defaultDirectory);
  if (usual.ok || usual.failure.kind !== "not-found") return usual;
  const directory = await directoryOfSandboxes(host);
  const moved = directory === undefined ? usual : await listed(host, directory);
  // Docker makes the directory with its first sandbox.
  if (moved.ok || moved.failure.kind !== "not-found") return moved;
  return { ok: true, value: [], sources: [directoryQuery(defaultDirectory)], ignored: [] };
}

/** Where a daemon whose options could not be seen keeps its sandboxes: a running container tells. */
async function directoryOfSandboxes(host: HostPort): Promise<`/${string}` | undefined> {
  const list = await ask(
    host,
    { kind: "docker", path: "/containers/json?all=1" },
    parseDockerContainerList,
  );
  if (!list.ok) return undefined;
  const running = list.value.find(({ state }) => state === "running");
  if (running === undefined) return undefined;
  const query: HostQuery = { kind: "docker", path: `/containers/${running.id}/json` };
  const container = await ask(host, query, parseDockerContainer);
  if (!container.ok) return undefined;
  const [, directory] = /^\/(.+)\/[^/]+$/.exec(container.value.sandboxPath ?? "") ?? [];
  return directory === undefined ? undefined : `/${directory}`;
}

function directoryUnder(execRoot: string | undefined): `/${string}` | undefined {
  const path = execRoot?.replace(/^\/(?=.)|\/$/g, "");
  return path === undefined ? undefined : `/${path}/netns`;
}

function listed(host: HostPort, directory: `/${string}`): Promise<Answer<readonly Netns[]>> {
  return ask(host, directoryQuery(directory), (text) => sandboxesIn(text, directory));
}

function directoryQuery(path: `/${string}`): HostQuery {
  return { kind: "directory", path };
}

function sandboxesIn(text: string, directory: string): Parsed<readonly Netns[]> {
  const names = parseNames(text);
  if (!names.ok) return names;
  const handles = names.value.map((name): Netns => {
    return { path: `${directory}/${name}`, name, origin: "docker" };
  });
  return { ...names, value: handles };
}
