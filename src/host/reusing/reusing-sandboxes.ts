import { createHash } from "node:crypto";
import { type HostQuery, queryKey } from "../../model/query.ts";
import { sandboxBatch } from "../../model/sandbox.ts";
import type { HostPort, Observation } from "../port.ts";
import { type NamespaceViews, namespaceViews } from "./namespace-views.ts";
import { containersPath, inspectPath, linksKey } from "./questions.ts";
import { type Inspected, listEntries, recordOf, recordsOf, textOf } from "./sandbox-witness.ts";

/** What namespaces of containers answered when they were last entered. One for the life of an agent, no more than Docker lists. */
export interface SandboxMemory {
  readonly kept: Map<string, Kept>;
}

interface Kept {
  /** What could be seen of the container without entering its namespace, just before it was entered. */
  readonly witness: string;
  readonly views: NamespaceViews;
  /** The host's links that the links of the namespace lead to. */
  readonly ends: readonly unknown[];
  /** By the key of the question. */
  readonly answers: Map<string, Observation>;
  /** In how many runs they have been given again. */
  runs: number;
}

export function sandboxMemory(): SandboxMemory {
  return { kept: new Map() };
}

/** After this many runs a namespace is entered again whatever its witnesses say. */
export const mostReuses = 30;

const countersPath = /^\/proc\/[1-9]\d*\/net\/dev$/;
const batchKey = (netns: string) => queryKey({ kind: "command", ...sandboxBatch, netns });

/**
 * Wraps a port: no process is started in a container's namespace while the container's entry in Docker's list, its process, what
 * /proc shows of the namespace (routes, addresses, neighbours, links, without counters) and the host's ends of its links are what they
 * were. Its processes cannot change what else the answers hold (MTU, rules): those that may, with CAP_NET_ADMIN, are asked in each
 * run. Root on the host can, and so can dockerd: that shows after `mostReuses` runs at the latest. Containers take turns in it.
 */
export function reusingSandboxes(inner: HostPort, memory: SandboxMemory): HostPort {
  let listed: ReadonlyMap<string, string> = new Map();
  let hostLinks: HostLinks | undefined;
  const inspected = new Map<string, Inspected>();
  /** Containers by the paths of their namespaces. */
  const owners = new Map<string, string>();
  /** Containers whose namespace a process may change, their own or one that shares it. */
  const changing = new Set<string>();
  const decided = new Map<string, Promise<Kept | undefined>>();
  /** Counters of the links of processes, which are asked for before their namespaces are: they name the links too. */
  const counters = new Map<string, Observation>();

  const watch = (query: HostQuery, observation: Observation): void => {
    if (query.kind === "docker" && query.path === containersPath) {
      listed = listEntries(observation);
      // A second look at the host must not trust what was seen before the first.
      decided.clear();
      inspected.clear();
      owners.clear();
      changing.clear();
      counters.clear();
      hostLinks = undefined;
      for (const id of memory.kept.keys()) if (!listed.has(id)) memory.kept.delete(id);
    }
    const id = query.kind === "docker" ? inspectPath.exec(query.path)?.[1] : undefined;
    const record = observation.ok && id !== undefined ? recordOf(observation.text) : undefined;
    if (id !== undefined && record !== undefined) {
      inspected.set(id, record);
      for (const path of [record.sandboxKey, `/proc/${record.pid}/ns/net`]) {
        if (!owners.has(path)) owners.set(path, id);
      }
      if (record.administers) {
        changing.add(id);
        changing.add(record.networkMode.replace(/^container:/, ""));
      }
    }
    if (query.kind === "file") counters.set(query.path, observation);
    if (query.kind === "command" && queryKey(query) === linksKey)
      hostLinks = observation.ok ? linksIn(observation) : undefined;
  };

  const decide = async (id: string, netns: string): Promise<Kept | undefined> => {
    const entry = listed.get(id);
    const container = inspected.get(id);
    if (entry === undefined || container === undefined || changing.has(id)) return undefined;
    const earlier = memory.kept.get(id);
    const read = async (path: `/${string}`) =>
      counters.get(path) ?? inner.observe({ kind: "file", path });
    const views = await namespaceViews(container.pid, read, earlier?.views);
    if (views === undefined) return undefined;
    const witnessWith = (ends: readonly unknown[]) =>
      hashOf([entry, String(container.pid), views.steady, endsAmong(hostLinks, ends)]);
    if (earlier !== undefined && earlier.runs < mostReuses) {
      if (earlier.witness === witnessWith(earlier.ends)) {
        earlier.runs += 1;
        return earlier;
      }
    }
    const batch = await inner.observe({ kind: "command", ...sandboxBatch, netns });
    const answers = new Map([[batchKey(netns), batch]]);
    if (!batch.ok || hostLinks === undefined) {
      memory.kept.delete(id);
      return { witness: "", views, ends: [], answers, runs: 0 };
    }
    // Not all in the same run: the first turn of each is somewhere between one and the most.
    const runs = earlier === undefined ? turnOf(id) : 0;
    const ends = endsOf(batch);
    const kept: Kept = { witness: witnessWith(ends), views, ends, answers, runs };
    memory.kept.set(id, kept);
    return kept;
  };

  const observeInside = async (
    query: HostQuery,
    { id, netns }: { readonly id: string; readonly netns: string },
  ): Promise<Observation> => {
    const decision = decided.get(netns) ?? decide(id, netns);
    decided.set(netns, decision);
    const kept = await decision;
    const known = kept?.answers.get(queryKey(query));
    if (known !== undefined) return known;
    const observation = await inner.observe(query);
    if (observation.ok) kept?.answers.set(queryKey(query), observation);
    return observation;
  };

  const watched = async (query: HostQuery): Promise<Observation> => {
    const observation = await inner.observe(query);
    watch(query, observation);
    return observation;
  };

  return {
    observe(query) {
      if (query.kind === "file")
        return countersPath.test(query.path) ? watched(query) : inner.observe(query);
      const netns = query.kind === "command" ? query.netns : undefined;
      const id = netns === undefined ? undefined : owners.get(netns);
      return netns === undefined || id === undefined
        ? watched(query)
        : observeInside(query, { id, netns });
    },
  };
}

/** Links of the host by index, each as text of what makes it the end that it is. */
type HostLinks = ReadonlyMap<unknown, string>;

/** Read once for all containers: it grows with them. */
function linksIn({ text }: Extract<Observation, { readonly ok: true }>): HostLinks {
  return new Map(
    recordsOf(text).map((link) => [
      link["ifindex"],
      textOf(Object.fromEntries(endKeys.map((key) => [key, link[key]]))),
    ]),
  );
}

/** Indexes of the host's links that the links of the namespace lead to. */
function endsOf({ text }: Extract<Observation, { readonly ok: true }>): readonly unknown[] {
  return recordsOf(text.split("\n", 1)[0] ?? "").flatMap((link) =>
    link["link_netnsid"] === undefined ? [] : [link["link_index"]],
  );
}

function endsAmong(hostLinks: HostLinks | undefined, ends: readonly unknown[]): string {
  return ends.map((index) => hostLinks?.get(index) ?? "").join("\n");
}

/** Not its addresses, nor the timers and ids of its bridge: they change with other containers. */
const endKeys = [
  ...["ifindex", "ifname", "flags", "mtu", "operstate", "master", "address"],
  ...["link_index", "link_netnsid"],
] as const;

function turnOf(id: string): number {
  return Number.parseInt(id.slice(0, 6), 16) % mostReuses;
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0\0")).digest("hex");
}
