import type { HostPort, HostQuery, Observation } from "../port.ts";
import { containersPath, inspectPath } from "./questions.ts";
import type { FileMemory } from "./remembered-file.ts";
import { listEntries } from "./sandbox-witness.ts";

/**
 * What containers answered when they were last inspected. One for the life of an agent; it holds no more than the containers that
 * Docker lists.
 */
export interface InspectionMemory {
  readonly answers: Map<string, Remembered>;
  /** Files of theirs, which the live port reads. */
  readonly files: FileMemory;
}

interface Remembered {
  /** The container's entry in Docker's list, without the text that ages (`Status`). */
  readonly identity: string;
  readonly observation: Observation;
  /** In how many looks it has been given again. */
  looks: number;
}

/** After so many looks a container is inspected again whatever its entry says: it may have been inspected in a passing state. */
export const mostInspectionReuses = 30;

export function inspectionMemory(): InspectionMemory {
  return { answers: new Map(), files: new Map() };
}

type DockerQuery = Extract<HostQuery, { readonly kind: "docker" }>;

/**
 * Wraps a port: a container is inspected again only when its entry in Docker's list has changed. The entry holds its state,
 * addresses, ports and endpoint ids, and an endpoint's id is new at every start; what it does not hold (resource limits, health,
 * the id of the first process) decides no packet's fate. The list itself is asked for anew in every run.
 */
export function reusingInspections(inner: HostPort, memory: InspectionMemory): HostPort {
  let listed: ReadonlyMap<string, string> = new Map();
  const observeDocker = async (query: DockerQuery): Promise<Observation> => {
    if (query.path === containersPath) {
      const list = await inner.observe(query);
      listed = listEntries(list);
      forgetOthers(memory, listed);
      return list;
    }
    const id = inspectPath.exec(query.path)?.[1];
    const identity = id === undefined ? undefined : listed.get(id);
    if (id === undefined || identity === undefined) return inner.observe(query);
    const known = memory.answers.get(id);
    if (known?.identity === identity && known.looks < mostInspectionReuses) {
      known.looks += 1;
      return known.observation;
    }
    const observation = await inner.observe(query);
    if (observation.ok) {
      // Not all in the same look: the first turn of each is somewhere between one and the most.
      const looks = known === undefined ? turnOf(id) : 0;
      memory.answers.set(id, { identity, observation, looks });
    } else memory.answers.delete(id);
    return observation;
  };
  return {
    observe: (query) => (query.kind === "docker" ? observeDocker(query) : inner.observe(query)),
  };
}

function turnOf(id: string): number {
  return Number.parseInt(id.slice(0, 6), 16) % mostInspectionReuses;
}

function forgetOthers(
  { answers, files }: InspectionMemory,
  listed: ReadonlyMap<string, string>,
): void {
  for (const id of answers.keys()) {
    if (!listed.has(id)) answers.delete(id);
  }
  for (const path of files.keys()) {
    if (!path.split("/").some((part) => listed.has(part))) files.delete(path);
  }
}
