import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** One host's saved outputs: NAME.txt is what a command printed, NAME.err what it wrote to stderr. */
export interface SavedHost {
  readonly path: string;
  /** What a command printed; undefined where it was not run. */
  text(name: string): string | undefined;
  stderr(name: string): string | undefined;
  /** Exit code of a command; undefined where it was not run. */
  exitCode(name: string): number | undefined;
  /** Every command that was run, in order. */
  readonly commands: readonly SavedCommand[];
  /** `docker info`, which every saved host has. */
  readonly info: DockerInfo;
  /** Date of the outputs in UTC. */
  readonly savedAt: string;
}

export interface SavedCommand {
  /** Name of its outputs; those of a namespace are `netns/FILE.NAME`. */
  readonly name: string;
  readonly exitCode: number;
  readonly line: string;
}

export interface DockerInfo {
  readonly Name: string;
  readonly KernelVersion: string;
  readonly OperatingSystem: string;
  readonly ServerVersion: string;
  readonly SystemTime: string;
  readonly Swarm: { readonly NodeID: string; readonly NodeAddr: string };
}

export function savedHost(path: string): SavedHost {
  const read = (file: string) =>
    existsSync(join(path, file)) ? readFileSync(join(path, file), "utf8") : undefined;
  const commands = (read("index.tsv") ?? "").split("\n").map((entry) => {
    const [name = "", code = "", line = ""] = entry.split("\t");
    return { name, exitCode: Number(code), line };
  });
  const exitCodes = new Map(commands.map(({ name, exitCode }) => [name, exitCode]));
  const info: DockerInfo = JSON.parse(read("docker_info.txt") ?? "{}");
  return {
    path,
    text: (name) => read(`${name}.txt`),
    stderr: (name) => read(`${name}.err`),
    exitCode: (name) => exitCodes.get(name),
    commands,
    info,
    savedAt: new Date(info.SystemTime).toISOString(),
  };
}

/** A saved host and the name of the recording that it becomes. */
export interface Import {
  readonly host: SavedHost;
  readonly recording: string;
  readonly situation: string;
}

// What the recordings themselves say that is not healthy there, for want of it in the kernel or by the firewall's nature.
const knownFindings: Readonly<Record<string, string>> = {
  "04-swarm-services": "healthy-but-no-ipvs",
  "58-ufw-docker26": "healthy-but-ufw-bypassed",
};

/** What to import from a folder with `healthy/<situation>/<host>` and `faults/<fault>/{before,after}/<host>`. */
export function importsFrom(source: string): readonly Import[] {
  const healthy = folders(join(source, "healthy")).flatMap((situation) =>
    folders(situation).map((host) => {
      const name = basename(situation);
      return imported(host, name, knownFindings[name] ?? "healthy");
    }),
  );
  const faults = folders(join(source, "faults")).flatMap((fault) =>
    ["before", "after"].flatMap((when) =>
      folders(join(fault, when)).map((host) => imported(host, basename(fault), when)),
    ),
  );
  return [...healthy, ...faults];
}

function imported(path: string, folder: string, situation: string): Import {
  const recording = `${folder.replaceAll("_", "-").toLowerCase()}-${basename(path)}--${situation}`;
  return { host: savedHost(path), recording, situation };
}

function folders(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name))
    .sort();
}
