import type { Container, DockerNetwork } from "../../model/docker.ts";
import type { Link } from "../../model/link.ts";
import type { Route } from "../../model/route.ts";
import type { Sandbox } from "../../model/sandbox.ts";
import { hostPlace, type World } from "../path/world.ts";

/** A host on which a packet is followed. */
export interface TraceHost {
  readonly world: World;
  readonly links: readonly Link[];
  readonly routes: readonly Route[];
  readonly dockerNetworks: readonly DockerNetwork[];
  readonly containers: readonly Container[];
  readonly sandboxes: readonly Pick<Sandbox, "path" | "containers">[];
  /** Namespaces that were read in part, with what is missing, by their ids in the world. */
  readonly reduced: ReadonlyMap<string, string>;
}

/** Id of the namespace that a container is in; undefined where docknet does not see it. */
export function placeOfContainer(host: TraceHost, container: Container): string | undefined {
  if (container.networkMode === "host") return hostPlace;
  const { sandboxPath, name } = container;
  const own = host.sandboxes.find(
    ({ path, containers }) => containers.includes(name) || path === sandboxPath,
  );
  return own !== undefined && host.world.places.has(own.path) ? own.path : undefined;
}

/** The container whose networks this one uses: itself, or X with `--network container:X`. */
export function networkOwner(host: TraceHost, container: Container): Container {
  const [mode, id = ""] = container.networkMode.split(":");
  if (mode !== "container") return container;
  const owner = host.containers.find((other) => other.id === id || other.name === id);
  return owner ?? container;
}
