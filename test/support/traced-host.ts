import type { TraceHost } from "../../src/derive/trace/trace-host.ts";
import type { HostBuilder } from "./a-host.ts";
import { namespacesOf, sandboxPath, type WorldContainer } from "./namespaces-of-a-host.ts";

/** A built host with the namespaces of some of its containers, ready to be traced. */
export function tracedHost(host: HostBuilder, ...containers: readonly WorldContainer[]): TraceHost {
  const { links, routes, dockerNetworks, containers: known } = host.facts();
  return {
    world: namespacesOf(host, ...containers),
    links,
    routes,
    dockerNetworks,
    containers: known,
    sandboxes: containers.map(({ name }) => ({ path: sandboxPath(name), containers: [name] })),
    reduced: new Map(),
  };
}
