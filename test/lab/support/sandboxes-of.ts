import { join } from "node:path";
import { collectors } from "../../../src/collectors/index.ts";
import { takeSnapshot } from "../../../src/engine/take-snapshot.ts";
import { readBundle } from "../../../src/host/bundle.ts";
import type { Recording } from "../../../src/host/recording.ts";
import { replayHost } from "../../../src/host/replay.ts";
import type { Fact } from "../../../src/model/facts.ts";
import type { Sandbox } from "../../../src/model/sandbox.ts";
import { type LabHost, labFolderOnHost, onHost } from "./lab-host.ts";
import type { Argv } from "./run-command.ts";

const cli = join(import.meta.dirname, "..", "..", "..", "src", "cli.ts");

/** What docknet makes of Docker's namespaces on a host, and everything that it asked for it. */
export interface LookedInside {
  readonly fact: Fact<readonly Sandbox[]>;
  readonly recording: Recording;
}

/** Takes a snapshot on the host as root, or through a program that takes privileges away. */
export async function lookInside(
  host: LabHost,
  as: Argv | readonly [] = [],
): Promise<LookedInside> {
  const name = `inside-${as.length}`;
  const snapshot = ["snapshot", "-o", `${labFolderOnHost}/${name}/`];
  const [program, ...args] = [...as, process.execPath, cli, ...snapshot];
  const { code, stderr } = await onHost(host, [program ?? "", ...args], { timeoutMs: 120_000 });
  if (code !== 0) throw new Error(`${host.name}: snapshot ended with ${code}: ${stderr}`);
  const read = await readBundle(join(host.folder, "state", name));
  if (!read.ok) throw new Error(read.failure.message);
  const { recording } = read.bundle;
  const clock = { now: () => "2026-11-02T10:00:00.000Z", elapsedMs: () => 0 };
  const { snapshot: taken } = await takeSnapshot(replayHost(recording), { collectors, clock });
  return { fact: taken.facts.sandboxes, recording };
}

/** The namespace of a container, or the first of a role. */
export function sandboxOf({ fact }: LookedInside, which: string): Sandbox {
  const all = fact.state === "known" ? fact.value : [];
  const found = all.find(({ containers, role }) => containers.includes(which) || role === which);
  if (found === undefined) throw new Error(`no namespace of ${which}: ${JSON.stringify(fact)}`);
  return found;
}

/** Processes that were started inside a namespace, as their words. */
export function processesIn({ recording }: LookedInside, path: string): readonly string[] {
  const inside = recording.flatMap(({ query }) =>
    query.kind === "command" && query.netns === path ? [query.argv.join(" ")] : [],
  );
  return [...new Set(inside)].sort();
}
