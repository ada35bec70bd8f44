import type { HostPort, Observation } from "../../host/port.ts";
import { type Failure, notPermitted } from "../../model/failure.ts";
import type { HostQuery } from "../../model/query.ts";
import type { SandboxPlace } from "./places.ts";

/** How a question to the host is put to one of its namespaces. */
export function questionInside(query: HostQuery, { path, pid }: Entered): HostQuery {
  if (query.kind === "command") return { ...query, netns: path };
  if (query.kind !== "file" || !query.path.startsWith("/proc/net/")) return query;
  const file = query.path.slice("/proc/net/".length);
  return pid === undefined
    ? { ...query, netns: path }
    : { kind: "file", path: `/proc/${pid}/net/${file}` };
}

export type Entered = Pick<SandboxPlace, "path" | "pid">;

/** The host as seen from inside a namespace: collectors of the host's own facts read those of the namespace through it. */
export function insideHost(host: HostPort, entered: Entered): HostPort {
  return { observe: (query) => host.observe(questionInside(query, entered)) };
}

/** Once the kernel said that this process may enter no namespace, no further one is tried: 300 containers would fail one by one. */
export function untilBarred(host: HostPort): HostPort {
  let barred: Observation | undefined;
  return {
    async observe(query) {
      const isEntry = "netns" in query && query.netns !== undefined;
      if (isEntry && barred !== undefined) return barred;
      const observation = await host.observe(query);
      if (!isEntry || observation.ok || !isBar(observation.failure)) return observation;
      const { capability } = observation.failure;
      const message = `entering a network namespace needs ${capability}; run docknet as root`;
      barred = { ...observation, failure: notPermitted(message, capability) };
      return barred;
    },
  };
}

function isBar(failure: Failure): failure is Extract<
  Failure,
  { readonly kind: "not-permitted" }
> & {
  readonly capability: string;
} {
  return failure.kind === "not-permitted" && entryCapabilities.has(failure.capability ?? "");
}

const entryCapabilities: ReadonlySet<string> = new Set(["CAP_SYS_ADMIN", "CAP_DAC_READ_SEARCH"]);

/** Whether the file of a namespace is not there, or is no longer one: what it held has ended, or it is not visible from here. */
export function isNoNamespace(failure: Failure): boolean {
  return failure.kind === "not-found" && failure.message.startsWith("no network namespace at ");
}
