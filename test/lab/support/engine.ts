import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fakeProgramsFolder } from "./fake-systemctl.ts";
import { type LabHost, labFolderOnHost, onHostAsMember } from "./lab-host.ts";
import { waitFor } from "./wait-for.ts";

/** Keys of daemon.json, as dockerd(8) has them. */
export type DaemonOptions = Readonly<Record<string, unknown>>;

/** Starts the engine of a host and waits until it answers. */
export async function startEngine(host: LabHost, options: DaemonOptions = {}): Promise<void> {
  const folder = join(host.folder, "etc-docker");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "daemon.json"), `${JSON.stringify(options, undefined, 2)}\n`);
  await systemctl(host, "start");
}

/** Stops the engine; its containers stop with it. */
export function stopEngine(host: LabHost): Promise<void> {
  return systemctl(host, "stop");
}

/** Restarts the engine and waits until the containers with a restart policy run again. */
export function restartEngine(host: LabHost): Promise<void> {
  return systemctl(host, "restart");
}

/** Kills the engine: its socket and its pid file stay, its containers keep running. */
export async function killEngine(host: LabHost): Promise<void> {
  const pid = enginePid(host);
  const result = await onHostAsMember(host, ["kill", "-KILL", pid]);
  if (result.code !== 0) throw new Error(`${host.name}: ${result.stderr}`);
  await waitFor(() => (commandOf(host, pid) === undefined ? true : undefined), {
    what: "engine is gone",
    timeoutMs: 10_000,
  });
}

/** The engine's process id as the host knows it; a killed one leaves its file. */
export function enginePid(host: LabHost): string {
  return readFileSync(`/proc/${host.pid}/root/run/docker.pid`, "utf8").trim();
}

/** The engine's log since the host started. */
export function engineLog(host: LabHost): string {
  return readFileSync(join(host.folder, "state", "dockerd.log"), "utf8");
}

async function systemctl(host: LabHost, verb: "start" | "stop" | "restart"): Promise<void> {
  const program = join(labFolderOnHost, fakeProgramsFolder, "systemctl");
  const result = await onHostAsMember(host, [program, verb, "docker"], { timeoutMs: 120_000 });
  if (result.code === 0) return;
  throw new Error(`${host.name}: cannot ${verb} the engine: ${result.stderr}${lastLines(host)}`);
}

function lastLines(host: LabHost): string {
  return engineLog(host).split("\n").slice(-10).join("\n");
}

function commandOf(host: LabHost, pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${host.pid}/root/proc/${pid}/comm`, "utf8");
  } catch {
    return undefined;
  }
}
