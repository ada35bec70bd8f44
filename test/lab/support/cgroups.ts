import { globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Argv } from "./run-command.ts";

/** One mounted cgroup hierarchy. `mountOptions` mounts the same one again. */
export interface CgroupHierarchy {
  readonly version: 1 | 2;
  readonly path: string;
  readonly mountOptions: string;
}

/** A host's own folders in every hierarchy, and those that its processes join. */
export interface HostCgroups {
  readonly hierarchies: readonly CgroupHierarchy[];
  /** Joined by the first process: the roots of the host's cgroup namespace. */
  readonly roots: readonly string[];
  /** Joined by everything else. With cgroup v2 only: a leaf, since v2 keeps inner folders empty. */
  readonly leaves: readonly string[];
}

const generalMountOptions =
  /^(rw|ro|relatime|noatime|nosuid|nodev|noexec|xattr|clone_children|nsdelegate|release_agent=.*|memory_.*|favordynmods)$/;

/** The hierarchies of this machine: v1, v1 with a unified one beside it, or v2 alone. */
export function cgroupHierarchies(
  mounts = readFileSync("/proc/mounts", "utf8"),
): CgroupHierarchy[] {
  const found: CgroupHierarchy[] = [];
  for (const line of mounts.split("\n")) {
    const [, path = "", kind, options = ""] = line.split(" ");
    if (!path.startsWith("/sys/fs/cgroup")) continue;
    if (kind === "cgroup2") found.push({ version: 2, path, mountOptions: "" });
    if (kind !== "cgroup") continue;
    const own = options.split(",").filter((option) => !generalMountOptions.test(option));
    found.push({ version: 1, path, mountOptions: own.join(",") });
  }
  return found;
}

/** The folder of a lab in each hierarchy; it may not exist yet. */
export function labCgroups(labId: string): string[] {
  return cgroupHierarchies().map(({ path }) => join(path, labId));
}

/** Makes the folders of one host. */
export function createHostCgroups(labId: string, hostName: string): HostCgroups {
  const hierarchies = cgroupHierarchies();
  const roots = hierarchies.map(({ path }) => join(path, labId, hostName));
  for (const [index, hierarchy] of hierarchies.entries()) {
    const root = roots[index] ?? "";
    const lab = join(hierarchy.path, labId);
    mkdirSync(root, { recursive: true });
    if (hierarchy.mountOptions.split(",").includes("cpuset")) {
      copyCpuset(hierarchy.path, lab);
      copyCpuset(lab, root);
    }
    if (hierarchy.version === 2) {
      mkdirSync(join(root, leafName));
      enableControllers(hierarchy.path);
      enableControllers(lab);
    }
  }
  return {
    hierarchies,
    roots,
    leaves: hierarchies.map(({ version }, index) =>
      version === 2 ? join(roots[index] ?? "", leafName) : (roots[index] ?? ""),
    ),
  };
}

/** Moves the first processes of a started host to its leaf, so that its engine can have limits. */
export function settleHostCgroups(cgroups: HostCgroups): void {
  for (const [index, { version }] of cgroups.hierarchies.entries()) {
    if (version !== 2) continue;
    const root = cgroups.roots[index] ?? "";
    for (const pid of readFileSync(join(root, "cgroup.procs"), "utf8").split("\n")) {
      if (pid !== "") writeFileSync(join(root, leafName, "cgroup.procs"), pid);
    }
    enableControllers(root);
  }
}

/** A command line that joins the folders, then becomes `argv`: same process, no fork. */
export function inCgroups(folders: readonly string[], argv: Argv): Argv {
  const join = 'while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@"';
  return ["sh", "-c", join, "join-cgroups", ...folders, "--", ...argv];
}

/** Ids of the processes in a lab's folders and below. */
export function processesInCgroups(labId: string): number[] {
  const pids = labCgroups(labId).flatMap((folder) => processesBelow(folder));
  return [...new Set(pids)].sort((a, b) => a - b);
}

/** Lets frozen processes of a lab run again, such as those of a paused container: frozen, they cannot die. */
export function thawCgroups(labId: string): void {
  for (const folder of labCgroups(labId)) {
    for (const path of globSync(`${folder}/**/{freezer.state,cgroup.freeze}`)) {
      try {
        writeFileSync(path, path.endsWith("freezer.state") ? "THAWED" : "0");
      } catch {} // folders vanish meanwhile, and the root of a hierarchy has no state
    }
  }
}

const leafName = "init";

// A new cpuset has no processors and no memory: nothing can join it before it gets some.
function copyCpuset(from: string, to: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    writeFileSync(join(to, file), readFileSync(join(from, file)));
  }
}

// Best effort: a controller that cannot be handed down only means that containers lack that limit.
function enableControllers(folder: string): void {
  for (const controller of readFileSync(join(folder, "cgroup.controllers"), "utf8").split(/\s+/)) {
    if (controller === "") continue;
    try {
      writeFileSync(join(folder, "cgroup.subtree_control"), `+${controller}`);
    } catch {}
  }
}

function processesBelow(folder: string): number[] {
  try {
    const below = readdirSync(folder, { withFileTypes: true, recursive: true });
    return below
      .filter((entry) => basename(entry.name) === "cgroup.procs")
      .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8").split("\n"))
      .filter((pid) => pid !== "")
      .map(Number);
  } catch {
    return []; // folders vanish while they are read
  }
}
