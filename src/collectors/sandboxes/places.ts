import type { Container } from "../../model/docker.ts";
import type { Netns } from "../../model/netns.ts";
import type { Sandbox } from "../../model/sandbox.ts";

/** A network namespace of Docker before it is read: how it is entered, and whose it is. */
export interface SandboxPlace {
  readonly path: string;
  readonly role: Sandbox["role"];
  /** A process in it; none where no container lives. */
  readonly pid?: number;
  /** Running containers, the one that owns the namespace first. */
  readonly containers: readonly Container[];
  readonly network?: string;
}

/** What a host has of Docker's namespaces, as far as it tells. */
export interface KnownToDocker {
  readonly containers: readonly Container[];
  /** Files of Docker's own directory of namespaces. */
  readonly handles: readonly Netns[];
  readonly networks: readonly { readonly id: string; readonly name: string }[];
}

/** Every network namespace of Docker once, apart from the host's own (`default`, and containers of `--network host`). */
export function placesOf({
  containers,
  handles,
  networks,
}: KnownToDocker): readonly SandboxPlace[] {
  const ofContainers = containerPlaces(containers);
  // Docker names /var/run in a key where its directory is listed as /run.
  const taken = new Set(ofContainers.map(({ path }) => fileName(path)));
  const others = handles
    .filter(({ name }) => name !== "default" && !taken.has(name))
    .map((handle) => otherPlace(handle, networks));
  return [...ofContainers, ...others];
}

function containerPlaces(containers: readonly Container[]): readonly SandboxPlace[] {
  const running = containers.filter(({ state }) => state === "running" || state === "paused");
  const byOwner = Map.groupBy(running, (container) => ownerOf(container, running));
  return [...byOwner].flatMap(([owner, members]) => {
    if (isHosts(owner) || owner.pid === undefined) return [];
    const path = owner.sandboxPath ?? `/proc/${owner.pid}/ns/net`;
    const sharing = members.filter(({ id }) => id !== owner.id);
    return [{ path, role: "container", pid: owner.pid, containers: [owner, ...sharing] } as const];
  });
}

/** The container whose namespace this one is in; its own where the other has ended. Docker lets nobody share with one that shares. */
function ownerOf(container: Container, running: readonly Container[]): Container {
  const [, target] = /^container:(.+)$/.exec(container.networkMode) ?? [];
  if (target === undefined) return container;
  return running.find(({ id, name }) => id === target || name === target) ?? container;
}

function isHosts({ networkMode, sandboxPath }: Container): boolean {
  return networkMode === "host" || fileName(sandboxPath ?? "") === "default";
}

/** libnetwork: `1-` and ten letters of an overlay's id, `lb_` and nine, `ingress_sbox`. */
function otherPlace({ path, name }: Netns, networks: KnownToDocker["networks"]): SandboxPlace {
  const bare = { path, containers: [] } as const;
  if (name === "ingress_sbox") return { ...bare, role: "ingress", network: "ingress" };
  const [, overlay] = /^\d+-([0-9a-z]{10})$/.exec(name) ?? [];
  const [, balanced] = /^lb_([0-9a-z]{9,})$/.exec(name) ?? [];
  const id = overlay ?? balanced;
  if (id === undefined) return { ...bare, role: "other" };
  const network = networks.find((each) => each.id.startsWith(id))?.name ?? id;
  return { ...bare, role: overlay === undefined ? "load-balancer" : "overlay", network };
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
