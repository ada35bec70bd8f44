import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { startAgent } from "../agent/run-agent.ts";
import {
  noServiceManager,
  type ServiceManager,
  type ServiceNews,
} from "../agent/service-manager.ts";
import { checks } from "../checks/index.ts";
import { collectors } from "../collectors/index.ts";
import type { Config } from "../config/defaults.ts";
import type { DerivedMemory } from "../engine/evaluate.ts";
import { type Asked, countingHost } from "../host/counting.ts";
import { type HostMemory, hostMemory, rememberingHost } from "../host/reusing/remembering.ts";
import { notifyServiceManager, notifySocketIn } from "../host/service-notify.ts";
import type { Report } from "../model/finding.ts";
import type { Access } from "../model/reading/access.ts";
import { escapeText } from "../render/escape.ts";
import { complain } from "./complain.ts";
import { agentConfig, badConfigCode } from "./config/config.ts";
import type { ConfigFlags } from "./config/flags.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { leanEngine } from "./lean-engine.ts";
import { type MissingCapability, missingCapabilities } from "./missing-capabilities.ts";
import { selectChecks } from "./selection.ts";
import { version } from "./version.ts";
import type { HostSource, World } from "./world.ts";

/** Flags of `docknet agent`. */
export interface AgentFlags extends ConfigFlags {
  readonly bundle?: string;
}

/** How long something that hears no signal may keep the process after a clean stop, in milliseconds. */
const lastGraceMs = 500;

/** Runs the agent until a signal ends it. */
export async function agent(flags: AgentFlags, world: World): Promise<ExitCode> {
  if (flags.bundle !== undefined) {
    const opened = await world.openHost({ kind: "bundle", path: flags.bundle });
    if (!opened.ok) return complain(world, opened.failure.message, exitCodes.unreadableBundle);
  }
  const engine = leanEngine({ setFlag: setFlagsFromString, cpuMs: ownCpuMs });
  const signals = listenForSignals();
  const memory = hostMemory();
  const derived: DerivedMemory = new Map();
  const asked: Asked = new Map();
  const started = await startAgent({
    loadConfig: () => agentConfig(flags, world.env),
    examine: (config, signal) =>
      engine.during(() => examine({ config, signal, flags, memory, derived, asked }, world)),
    swiftly: engine.swiftly,
    commandReadings: () => Object.fromEntries(asked),
    writeLog: (line) => void world.stderr.write(line),
    serviceManager: serviceManagerOf(world),
    build: { version, revision: "unknown", nodeVersion: process.version },
    ...(flags.bundle === undefined ? { shortcomings: ownShortcomings() } : {}),
  });
  if (!started.ok) {
    signals.close();
    return complain(world, started.problems.join("\n"), badConfigCode(started.problems));
  }
  signals.onReload(started.agent.reload);
  await signals.stop;
  await started.agent.stop();
  signals.close();
  setTimeout(() => process.exit(exitCodes.ok), lastGraceMs).unref();
  return exitCodes.ok;
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Capabilities that this process lacks; none where there is no /proc to ask. */
function ownShortcomings(): readonly MissingCapability[] {
  const reads: readonly Access[] = collectors.flatMap((collector) => collector.reads);
  try {
    return missingCapabilities(readFileSync("/proc/self/status", "utf8"), reads);
  } catch {
    return [];
  }
}

/** The manager that started this process, if one did. News go out one after the other. */
function serviceManagerOf(world: World): ServiceManager {
  const socket = notifySocketIn(world.env, process.pid);
  if (socket === undefined) return noServiceManager;
  let last: Promise<void> = Promise.resolve();
  const watchdog = socket.watchdogUs === undefined ? {} : { watchdogMs: socket.watchdogUs / 1_000 };
  return {
    ...watchdog,
    tell(news) {
      last = last.then(() => notifyServiceManager(socket, assignmentsOf(news)));
    },
  };
}

/** sd_notify(3); the id of the main process, because systemd-notify is another one. */
function assignmentsOf(news: ServiceNews): readonly string[] {
  switch (news.kind) {
    case "ready":
      return ["READY=1", `MAINPID=${process.pid}`, `STATUS=${escapeText(news.status)}`];
    case "status":
      return [`STATUS=${escapeText(news.status)}`];
    case "reloading":
      return ["RELOADING=1"];
    case "stopping":
      return ["STOPPING=1"];
    case "alive":
      return ["WATCHDOG=1"];
  }
}

/** One run, as the configuration of the moment wants it. */
async function examine(
  run: {
    readonly config: Config;
    readonly signal: AbortSignal;
    readonly flags: AgentFlags;
    readonly memory: HostMemory;
    readonly derived: DerivedMemory;
    readonly asked: Asked;
  },
  world: World,
): Promise<Report> {
  const { config } = run;
  const opened = await world.openHost(sourceOf(run));
  if (!opened.ok) throw new Error(opened.failure.message);
  const selected = selectChecks(checks, config.checks.only);
  if (!selected.ok) throw new Error(selected.message);
  // A bundle is read whole each time: there is no Docker to spare.
  const isLive = run.flags.bundle === undefined;
  const host = isLive
    ? rememberingHost(countingHost(opened.host, run.asked), run.memory)
    : opened.host;
  return world.runPipeline(host, {
    collectors,
    checks: selected.value,
    suppressions: config.checks.ignore,
    clock: opened.clock,
    derived: run.derived,
    toolVersion: version,
  });
}

function sourceOf(run: {
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly flags: AgentFlags;
  readonly memory: HostMemory;
}): HostSource {
  const { docker, timeouts } = run.config;
  if (run.flags.bundle !== undefined) return { kind: "bundle", path: run.flags.bundle };
  return {
    kind: "live",
    dockerSocket: docker.host.slice("unix://".length),
    timeoutMs: timeouts.runMs,
    questionTimeoutMs: timeouts.commandMs,
    signal: run.signal,
    files: run.memory.inspected.files,
  };
}

interface Signals {
  /** Settles with the first SIGTERM or SIGINT; the next one ends the process at once, as without docknet. */
  readonly stop: Promise<void>;
  onReload(reload: () => Promise<void>): void;
  close(): void;
}

function listenForSignals(): Signals {
  const stop = Promise.withResolvers<void>();
  let reload = (): Promise<void> => Promise.resolve();
  let ending = false;
  // The handlers stay while commands run: execa's own one ends the process by the signal where it finds itself alone.
  const end = (_signal: NodeJS.Signals, number: number): void => {
    // Who signals twice does not want to wait; the code is the one that shells give for a signal.
    if (ending) process.exit(128 + number);
    ending = true;
    stop.resolve();
  };
  const again = (): void => void reload();
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("SIGHUP", again);
  return {
    stop: stop.promise,
    onReload: (next) => {
      reload = next;
    },
    close: () => {
      process.off("SIGTERM", end);
      process.off("SIGINT", end);
      process.off("SIGHUP", again);
    },
  };
}
