import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inNetnsOf } from "../netns-exec.ts";
import { programPath } from "../program-path.ts";
import { mustRun } from "../run-command.ts";
import type { DrawnWorld, WorldProbe } from "./drawn-world.ts";

/** Namespaces with sockets in them, and the process that sends from one to another. */
export interface Namespaces {
  /** Process that holds a place. */
  readonly pids: ReadonlyMap<string, number>;
  readonly ask: (probes: readonly WorldProbe[]) => Promise<readonly Received[]>;
  readonly end: () => Promise<void>;
}

/** What became of a probe, as its sender and whoever received it saw it. */
export interface Received {
  /** Places whose sockets had the datagram. */
  readonly by: readonly string[];
  readonly answered: boolean;
  /** The sender was told that it did not arrive. */
  readonly refused: boolean;
}

/** Builds a drawn world. */
export async function openNamespaces(world: DrawnWorld): Promise<Namespaces> {
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "--", "perl", join(import.meta.dirname, "namespaces.pl")],
    {
      env: { PATH: programPath(), LC_ALL: "C" },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const next = linesUntil(child);
  child.stdin.write(`${world.places.map((place) => `namespace ${place}\n`).join("")}end\n`);
  const named = (await next()).map((line) => line.split(" "));
  const pids = new Map(named.map(([, place = "", pid = ""]) => [place, Number(pid)]));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const end = async () => {
    child.stdin.end();
    await closed;
  };
  try {
    await build(world, pids);
  } catch (error) {
    await end();
    throw error;
  }
  child.stdin.write(
    world.sockets
      .map(
        ({ place, protocol, address, port }) => `listen ${place} ${protocol} ${address} ${port}\n`,
      )
      .join(""),
  );
  return {
    pids,
    end,
    async ask(probes) {
      const lines = probes.map(
        ({ place, protocol, destination, port, sizeBytes }, at) =>
          `ask ${at + 1} ${place} ${protocol} ${destination} ${port} ${payloadOf(destination, sizeBytes)}\n`,
      );
      child.stdin.write(`${lines.join("")}end\n`);
      const said = (await next()).map((line) => line.split(" "));
      const of = (type: string, at: number) =>
        said.filter(([kind, id]) => kind === type && Number(id) === at + 1);
      return probes.map((_, at) => ({
        by: of("U", at).map(([, , place = ""]) => place),
        answered: of("R", at).length > 0,
        refused: of("F", at).length > 0,
      }));
    },
  };
}

/** Bytes in a datagram of that length with its headers. */
function payloadOf(destination: string, sizeBytes: number | undefined): number {
  return sizeBytes === undefined ? 8 : sizeBytes - (destination.includes(":") ? 48 : 28);
}

/** Each line runs in its place; all places know each other's processes. */
async function build({ setup }: DrawnWorld, pids: ReadonlyMap<string, number>): Promise<void> {
  const names = [...pids].map(([place, pid]) => `${place}=${pid}`).join("\n");
  const lines = setup.map(([place, line]) =>
    place === "host" ? line : `nsenter -t $${place} -n sh -ec '${line.replaceAll("'", `'\\''`)}'`,
  );
  const exported = [...pids.keys()].map((place) => `export ${place}`).join("\n");
  await mustRun(inNetnsOf(pids.get("host") ?? 0, ["sh", "-eu"]), {
    input: `${names}\n${exported}\n${lines.join("\n")}\n`,
  });
}

/** Gives the lines up to the next `E`. */
function linesUntil(child: ChildProcess): () => Promise<readonly string[]> {
  let lines: string[] = [];
  const ready: (readonly string[])[] = [];
  let waiting: ((lines: readonly string[]) => void) | undefined;
  if (child.stdout === null) throw new Error("no output to read");
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line !== "E") {
      lines.push(line);
      return;
    }
    const all = lines;
    lines = [];
    if (waiting === undefined) ready.push(all);
    else waiting(all);
    waiting = undefined;
  });
  return () =>
    new Promise((resolve) => {
      const first = ready.shift();
      if (first !== undefined) resolve(first);
      else waiting = resolve;
    });
}
