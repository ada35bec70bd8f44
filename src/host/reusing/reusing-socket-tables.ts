import type { HostPort, HostQuery, Observation } from "../port.ts";
import { containersPath } from "./questions.ts";

/** What the tables of sockets held when they were last read, by path. One for the life of an agent. */
export interface SocketMemory {
  readonly kept: Map<string, KeptTable>;
}

interface KeptTable {
  /** How many sockets were in use just before the table was read, as sockstat printed it. */
  readonly inUse: string;
  readonly table: Observation;
  /** In how many runs it has been given again. */
  runs: number;
}

export function socketMemory(): SocketMemory {
  return { kept: new Map() };
}

/** After this many runs a table is read again whatever the count says. */
export const mostSocketReuses = 60;

/** So many tables of TCP are read in a run whose counts change all the time, as they do where there is traffic. */
export const tcpTablesInRun = 8;

type FileQuery = Extract<HostQuery, { readonly kind: "file" }>;

const tablePath = /^(\/proc\/[1-9]\d*\/net\/)(tcp|udp)(6?)$/;
const sockstatPath = /^\/proc\/[1-9]\d*\/net\/sockstat6?$/;

/**
 * Wraps a port: the kernel walks the connections of all namespaces to print the TCP sockets of one, 4 ms each, and those of UDP too. The
 * table of a container is read again when the number of its sockets in use has changed, and after `mostSocketReuses` runs at the latest:
 * what shows that late is one listener that ended while another began. Connections count like listeners, so with traffic the number
 * changes in each run: then containers take turns, and what a table of TCP tells is as many runs old as there are tables for each turn.
 */
export function reusingSocketTables(inner: HostPort, memory: SocketMemory): HostPort {
  const counts = new Map<string, Promise<Observation>>();
  const asked = new Set<string>();
  let tcpTables = 0;
  let left = tcpTablesInRun;

  const isDue = ({ inUse, runs }: KeptTable, now: string, protocol: string): boolean => {
    if (runs >= mostSocketReuses) return true;
    if (inUse === now) return false;
    if (protocol !== "tcp") return true;
    // Nobody has a second turn before all have had one.
    if (left === 0 || runs < tcpTables / tcpTablesInRun - 1) return false;
    left -= 1;
    return true;
  };

  const observeCount = (query: FileQuery): Promise<Observation> => {
    const counted = inner.observe(query);
    counts.set(query.path, counted);
    return counted;
  };

  const observeTable = async (
    query: FileQuery,
    so: { readonly protocol: string; readonly countedBy: string },
  ): Promise<Observation> => {
    asked.add(query.path);
    const inUse = inUseOf(await counts.get(so.countedBy), so.protocol);
    const earlier = memory.kept.get(query.path);
    if (earlier !== undefined && inUse !== undefined && !isDue(earlier, inUse, so.protocol)) {
      earlier.runs += 1;
      return earlier.table;
    }
    const table = await inner.observe(query);
    if (table.ok && inUse !== undefined) {
      const runs = earlier === undefined ? turnOf(query.path) : 0;
      memory.kept.set(query.path, { inUse, table, runs });
    } else {
      memory.kept.delete(query.path);
    }
    return table;
  };

  return {
    observe(query) {
      if (query.kind === "docker" && query.path === containersPath) {
        forgetOthers(memory, asked);
        counts.clear();
        left = tcpTablesInRun;
        tcpTables = [...memory.kept.keys()].filter((path) => /tcp6?$/.test(path)).length;
      }
      if (query.kind !== "file") return inner.observe(query);
      if (sockstatPath.test(query.path)) return observeCount(query);
      const [, folder, protocol, six] = tablePath.exec(query.path) ?? [];
      if (folder === undefined || protocol === undefined) return inner.observe(query);
      return observeTable(query, { protocol, countedBy: `${folder}sockstat${six}` });
    },
  };
}

/** Tables that nobody asked for since the list before are of processes that ended. */
function forgetOthers({ kept }: SocketMemory, asked: Set<string>): void {
  if (asked.size === 0) return;
  for (const path of kept.keys()) if (!asked.has(path)) kept.delete(path);
  asked.clear();
}

/** `TCP: inuse 5` of `TCP: inuse 5 orphan 0 tw 0 alloc 9 mem 0`: the rest is not of this namespace alone. undefined = not told. */
function inUseOf(sockstat: Observation | undefined, protocol: string): string | undefined {
  if (sockstat?.ok !== true) return undefined;
  const line = new RegExp(`^${protocol.toUpperCase()}6?: inuse \\d+`, "m");
  return line.exec(sockstat.text)?.[0];
}

/** Not all in the same run: the first turn of each is somewhere between one and the most. */
function turnOf(path: string): number {
  return Number.parseInt(/\d+/.exec(path)?.[0] ?? "0", 10) % mostSocketReuses;
}
