import type { Observation } from "../port.ts";

/** What of an inspected container decides whether its namespace may have changed unseen. */
export interface Inspected {
  readonly sandboxKey: string;
  readonly pid: number;
  readonly networkMode: string;
  /** CAP_NET_ADMIN: its processes may change links, addresses and rules of their namespace. */
  readonly administers: boolean;
}

type JsonRecord = { readonly [key: string]: unknown };

/** Several wrappers ask for the entries of the same answer. */
const entriesOf = new WeakMap<Observation, ReadonlyMap<string, string>>();

/** Entries of Docker's list by id, without the text that ages; empty where there is no list. */
export function listEntries(list: Observation): ReadonlyMap<string, string> {
  const before = entriesOf.get(list);
  if (before !== undefined) return before;
  const entries = list.ok ? steadyEntries(list.text) : new Map<string, string>();
  entriesOf.set(list, entries);
  return entries;
}

function steadyEntries(text: string): ReadonlyMap<string, string> {
  return new Map(
    recordsOf(text).flatMap((entry) => {
      const id = entry["Id"];
      const { Status: _, ...steady } = entry;
      return typeof id === "string" ? [[id, textOf(steady)] as const] : [];
    }),
  );
}

/** What `GET /containers/{id}/json` says; undefined where it is not what Docker answers, or the container does not run. */
export function recordOf(text: string): Inspected | undefined {
  const container = asRecord(parsed(text));
  const host = asRecord(container["HostConfig"]);
  const pid = asRecord(container["State"])["Pid"];
  if (typeof pid !== "number" || pid === 0) return undefined;
  const added: readonly unknown[] = Array.isArray(host["CapAdd"]) ? host["CapAdd"] : [];
  const isClosed = host["Privileged"] === false && !added.some((name) => opens(name));
  return {
    pid,
    sandboxKey: String(asRecord(container["NetworkSettings"])["SandboxKey"] ?? ""),
    networkMode: String(host["NetworkMode"] ?? ""),
    administers: !isClosed,
  };
}

function opens(name: unknown): boolean {
  return /^(?:CAP_)?(?:NET_ADMIN|ALL)$/i.test(String(name));
}

/** The objects of a JSON list; none where the text is no list. */
export function recordsOf(text: string): readonly JsonRecord[] {
  const list = parsed(text);
  if (!Array.isArray(list)) return [];
  const items: readonly unknown[] = list;
  return items.map(asRecord);
}

export function textOf(record: JsonRecord): string {
  return JSON.stringify(record);
}

function asRecord(value: unknown): JsonRecord {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
