import type { HostPort, HostQuery, Observation } from "./port.ts";

/** What was asked of one program. */
export interface AskedOf {
  readonly runs: number;
  /** Answers that were none. */
  readonly failures: number;
  readonly durationMs: number;
}

/** Counts by program, and by `docker_api` for requests to Docker. One for the life of an agent; as many as there are programs. */
export type Asked = Map<string, AskedOf>;

/** Wraps a port: counts the commands that it runs and the requests that it makes. Files cost next to nothing and do not count. */
export function countingHost(inner: HostPort, asked: Asked): HostPort {
  const counted = async (query: HostQuery, name: string): Promise<Observation> => {
    const observation = await inner.observe(query);
    count(asked, { name, observation });
    return observation;
  };
  return {
    observe(query) {
      if (query.kind === "command") return counted(query, query.argv[0]);
      if (query.kind === "docker") return counted(query, "docker_api");
      return inner.observe(query);
    },
  };
}

function count(
  asked: Asked,
  one: { readonly name: string; readonly observation: Observation },
): void {
  const { runs, failures, durationMs } = asked.get(one.name) ?? nothing;
  asked.set(one.name, {
    runs: runs + 1,
    failures: failures + (one.observation.ok ? 0 : 1),
    durationMs: durationMs + one.observation.durationMs,
  });
}

const nothing: AskedOf = { runs: 0, failures: 0, durationMs: 0 };
