import { createHash } from "node:crypto";
import { queryKey } from "../../model/query.ts";
import { farAddress } from "../../model/routing/route-sighting.ts";
import type { HostPort, HostQuery, Observation } from "../port.ts";
import { commandKey, containersPath, linksKey } from "./questions.ts";
import { listEntries, recordsOf, textOf } from "./sandbox-witness.ts";
import { withoutTimers } from "./steady-text.ts";

/** Answers that follow from others. One for the life of an agent, no more than the last look asked. */
export type DerivedAnswers = Map<string, DerivedAnswer>;

interface DerivedAnswer {
  /** What it followed from. */
  readonly witness: string;
  readonly observation: Observation;
  /** In how many looks it has been given again. */
  looks: number;
}

type DockerQuery = Extract<HostQuery, { readonly kind: "docker" }>;

export function derivedAnswers(): DerivedAnswers {
  return new Map();
}

const networksPath = "/networks";
const networkPath = /^\/networks\/([0-9a-f]{64})$/;
const bridgesKey = commandKey("brctl", "show");
const socketsKey = commandKey("ss", "-lntuHp");
const sightingKeys: readonly string[] = [
  commandKey("ip", "-j", "route", "get", farAddress.ipv4),
  commandKey("ip", "-j", "-6", "route", "get", farAddress.ipv6),
];
const routingKeys: readonly string[] = [
  linksKey,
  commandKey("ip", "-j", "route", "show", "table", "all"),
  commandKey("ip", "-j", "-6", "route", "show", "table", "all"),
  commandKey("ip", "-j", "rule"),
  commandKey("ip", "-j", "-6", "rule"),
];
/** After so many looks anything is asked again: it may have been answered in a passing state. */
export const mostDerivedReuses = 30;
/** After so many looks the kernel is asked again where it routes a far address. */
export const mostSightingReuses = 10;
const usual = { most: mostDerivedReuses, keepsRefusal: false } as const;
/** That a far address has no route is an answer. */
const ofSightings = { most: mostSightingReuses, keepsRefusal: true } as const;
const cmdlinePath = /^\/proc\/([1-9]\d*)\/cmdline$/;

/**
 * Wraps a port: what other answers of the same look already tell is not asked again while they stay.
 *
 * - `brctl show` prints names, ids, STP and ports of bridges: `ip -d addr` holds all of them.
 * - A docker-proxy has the arguments that it was started with: while Docker's list (where the ids of endpoints are new at every start)
 *   and the sockets of this process are what they were, it is the same one.
 * - Where the kernel routes an address follows from links, addresses, routes and rules, and from what is in no table, such as the MTU of a
 *   path that it has learnt: that is asked again after `mostSightingReuses` looks.
 * - A bridge network of this host alone has what the list of networks says of it and the endpoints of containers, which their list
 *   holds. Not docker_gwbridge, whose endpoints are those of overlay sandboxes.
 */
export function reusingDerived(inner: HostPort, memory: DerivedAnswers): HostPort {
  let containers: string | undefined;
  let networks: Promise<ReadonlyMap<string, string>> | undefined;
  let links: Promise<Observation> | undefined;
  /** Answers on which a route depends, by their keys. */
  const routing = new Map<string, Promise<Observation>>();
  let proxies: Promise<ReadonlyMap<string, string>> | undefined;
  let used = new Set<string>();

  const observeList = async (query: HostQuery): Promise<Observation> => {
    const list = await inner.observe(query);
    // Between two lists without a look nothing was asked, which says nothing of what is there.
    if (used.size > 0) for (const key of memory.keys()) if (!used.has(key)) memory.delete(key);
    used = new Set();
    containers = list.ok ? hashOf([...listEntries(list).values()]) : undefined;
    networks = undefined;
    links = undefined;
    proxies = undefined;
    routing.clear();
    return list;
  };

  /** The answer of before while the witness is what it was. Without a witness the question is put in each look. */
  const remembered = async (
    query: HostQuery,
    witness: Promise<string | undefined>,
    so: { readonly most: number; readonly keepsRefusal: boolean } = usual,
  ): Promise<Observation> => {
    const key = queryKey(query);
    const seen = await witness;
    used.add(key);
    const before = memory.get(key);
    if (before !== undefined && before.witness === seen && before.looks < so.most) {
      before.looks += 1;
      return before.observation;
    }
    const observation = await inner.observe(query);
    const isRefusal = !observation.ok && observation.failure.kind === "exit";
    const isAnswer = observation.ok || (isRefusal && so.keepsRefusal);
    if (isAnswer && seen !== undefined) memory.set(key, { witness: seen, observation, looks: 0 });
    else memory.delete(key);
    return observation;
  };

  const besideContainers = async (
    told: Promise<ReadonlyMap<string, string>> | undefined,
    id: string,
  ): Promise<string | undefined> => {
    const own = (await told)?.get(id);
    return own === undefined || containers === undefined ? undefined : `${containers} ${own}`;
  };

  const bridges = async (): Promise<string | undefined> => {
    const told = await links;
    return told?.ok === true ? hashOf([withoutTimers(told.text)]) : undefined;
  };

  const routes = async (): Promise<string | undefined> => {
    const told = await Promise.all(routingKeys.map((key) => routing.get(key)));
    const texts = told.flatMap((answer) =>
      answer?.ok === true ? [withoutTimers(answer.text)] : [],
    );
    return texts.length === routingKeys.length ? hashOf(texts) : undefined;
  };

  const observeCommand = (query: HostQuery): Promise<Observation> => {
    const key = queryKey(query);
    if (key === bridgesKey) return remembered(query, bridges());
    if (sightingKeys.includes(key)) return remembered(query, routes(), ofSightings);
    const asked = inner.observe(query);
    if (routingKeys.includes(key)) routing.set(key, asked);
    if (key === linksKey) links = asked;
    if (key === socketsKey) proxies = asked.then(proxiesIn);
    return asked;
  };

  const observeDocker = (query: DockerQuery): Promise<Observation> => {
    if (query.path === containersPath) return observeList(query);
    const id = networkPath.exec(query.path)?.[1];
    if (id !== undefined) return remembered(query, besideContainers(networks, id));
    const asked = inner.observe(query);
    if (query.path === networksPath) networks = asked.then(localBridgesIn);
    return asked;
  };

  return {
    observe(query) {
      switch (query.kind) {
        case "command":
          return observeCommand(query);
        case "docker":
          return observeDocker(query);
        case "file": {
          const pid = cmdlinePath.exec(query.path)?.[1];
          if (pid === undefined) return inner.observe(query);
          return remembered(query, besideContainers(proxies, pid));
        }
        default:
          return inner.observe(query);
      }
    },
  };
}

/** What Docker's list says of each bridge network that is of this host alone, by its id. */
function localBridgesIn(networks: Observation): ReadonlyMap<string, string> {
  if (!networks.ok) return new Map();
  return new Map(
    recordsOf(networks.text).flatMap((network) => {
      const { Id, Driver, Scope, Name } = network;
      const isOwn = Driver === "bridge" && Scope === "local" && Name !== "docker_gwbridge";
      return isOwn && typeof Id === "string" ? [[Id, textOf(network)] as const] : [];
    }),
  );
}

/** The lines of each docker-proxy by its process id. */
function proxiesIn(sockets: Observation): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  if (!sockets.ok) return lines;
  for (const line of sockets.text.split("\n")) {
    for (const [, pid = ""] of line.matchAll(/\("docker-proxy",pid=(\d+),/g)) {
      lines.set(pid, `${lines.get(pid) ?? ""}${line}\n`);
    }
  }
  return lines;
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex");
}
