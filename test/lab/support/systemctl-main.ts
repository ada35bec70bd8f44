// The `systemctl` of a lab host: runs on the host, knows one service.
import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { z } from "zod";
import { enginePings, mustCallDocker } from "./docker-api.ts";
import { isAlive } from "./held-process.ts";
import { waitFor } from "./wait-for.ts";

const socketPath = "/run/docker.sock";
const pidPath = "/run/docker.pid";
const logPath = "/run/lab/dockerd.log";
const engineUnits = ["docker", "docker.service", "docker.socket", "containerd.service"];

/** Exit codes as systemctl(1) has them: 0 done or active, 3 not active, 4 and 5 no such unit. */
async function obey(verb: string, units: readonly string[]): Promise<number> {
  const unknown = units.find((unit) => !engineUnits.includes(unit));
  switch (verb) {
    case "daemon-reload":
      return 0;
    case "is-active":
      process.stdout.write(unknown === undefined && engineRuns() ? "active\n" : "inactive\n");
      return unknown === undefined && engineRuns() ? 0 : 3;
    case "is-enabled":
      process.stdout.write(unknown === undefined ? "enabled\n" : "disabled\n");
      return unknown === undefined ? 0 : 1;
    case "start":
    case "stop":
    case "restart":
      break;
    default:
      process.stderr.write(`systemctl of the lab: it does not know "${verb}"\n`);
      return 1;
  }
  if (unknown !== undefined || units.length === 0) {
    process.stderr.write(`Failed to ${verb} ${unknown}: Unit ${unknown} not found.\n`);
    return 5;
  }
  const before = verb === "restart" && engineRuns() ? await automaticContainers() : [];
  if (verb !== "start") await stopEngine();
  if (verb !== "stop") await startEngine();
  await waitUntilRunning(before);
  return 0;
}

function enginePid(): number | undefined {
  if (!existsSync(pidPath)) return undefined;
  const pid = Number(readFileSync(pidPath, "utf8"));
  return isAlive(pid) ? pid : undefined;
}

function engineRuns(): boolean {
  return enginePid() !== undefined;
}

async function startEngine(): Promise<void> {
  if (engineRuns()) return;
  const log = openSync(logPath, "a");
  const engine = spawn("dockerd", { detached: true, stdio: ["ignore", log, log] });
  engine.unref();
  const ready = async () => {
    if (await enginePings(socketPath)) return true;
    if (engine.exitCode !== null) throw new Error(`dockerd ended: see ${logPath}`);
    return undefined;
  };
  await waitFor(ready, { what: "engine answers", timeoutMs: 60_000, intervalMs: 30 });
}

async function stopEngine(): Promise<void> {
  const pid = enginePid();
  if (pid === undefined) return;
  process.kill(pid, "SIGTERM");
  await waitFor(() => (isAlive(pid) ? undefined : true), {
    what: "engine has stopped",
    timeoutMs: 40_000,
    intervalMs: 30,
  });
}

const containersSchema = z.array(z.object({ Id: z.string() }));

/** Ids of the containers that run now. */
async function runningContainers(): Promise<readonly string[]> {
  const text = await mustCallDocker(socketPath, { method: "GET", path: "/containers/json" });
  return containersSchema.parse(JSON.parse(text)).map(({ Id }) => Id);
}

const containerSchema = z.object({
  HostConfig: z.object({ RestartPolicy: z.object({ Name: z.string() }) }),
});

/** Those that the engine starts again by itself. */
async function automaticContainers(): Promise<readonly string[]> {
  if (!(await enginePings(socketPath))) return [];
  const automatic: string[] = [];
  for (const id of await runningContainers()) {
    const path = `/containers/${id}/json`;
    const text = await mustCallDocker(socketPath, { method: "GET", path });
    const { HostConfig } = containerSchema.parse(JSON.parse(text));
    if (HostConfig.RestartPolicy.Name === "always") automatic.push(id);
  }
  return automatic;
}

async function waitUntilRunning(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const allRun = async () => {
    const running = await runningContainers();
    return ids.every((id) => running.includes(id)) ? true : undefined;
  };
  await waitFor(allRun, { what: "containers run again", timeoutMs: 40_000 });
}

const words = process.argv.slice(2).filter((word) => !word.startsWith("-"));
process.exitCode = await obey(words[0] ?? "", words.slice(1));
