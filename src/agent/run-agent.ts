import type { Config } from "../config/defaults.ts";
import type { ConfigOutcome } from "../config/load.ts";
import type { AgentReadings } from "../metrics/agent.ts";
import type { Report } from "../model/finding.ts";
import { type Log, logfmtLog, tellBug } from "./log.ts";
import {
  type AgentMemory,
  afterFailedRun,
  afterRun,
  afterSkippedTick,
  freshMemory,
} from "./memory.ts";
import { startProcessMeter } from "./process-readings.ts";
import { startPublication } from "./publication.ts";
import { describeChange } from "./report-change.ts";
import { answer } from "./routes.ts";
import { createRunner } from "./runner.ts";
import { type RunningSchedule, startSchedule } from "./schedule.ts";
import { type ServiceManager, startWatchdog } from "./service-manager.ts";
import { startWebFront, type WebFront } from "./web/web-front.ts";

/** What the agent is given: it knows neither host nor files. */
export interface AgentParts {
  /** Reads the configuration anew: at the start and at each reload. */
  loadConfig(): Promise<ConfigOutcome>;
  /** One run: the host as the configuration says, judged. After the signal it ends soon and leaves no process behind. */
  examine(config: Config, signal: AbortSignal): Promise<Report>;
  /** What was asked of the host since the start, by program. */
  commandReadings(): AgentReadings["commands"];
  /** Does work that is nothing but computing, as fast as it can be done. */
  swiftly<T>(work: () => Promise<T>): Promise<T>;
  /** Takes lines of the log. */
  writeLog(line: string): void;
  readonly build: AgentReadings["build"];
  readonly serviceManager: ServiceManager;
  /** What this process may not do, and what it cannot know for that: told once, at the start. */
  readonly shortcomings?: readonly { readonly capability: string; readonly without: string }[];
}

/** An agent at work. */
export interface RunningAgent {
  /** Where it serves, such as `http://127.0.0.1:10323`. */
  readonly urls: readonly string[];
  /** Takes over a changed configuration; a bad one changes nothing, and is told in the log and by a metric. */
  reload(): Promise<void>;
  /** Ends within 5 seconds, whatever is under way. */
  stop(): Promise<void>;
}

export type AgentStart =
  | { readonly ok: true; readonly agent: RunningAgent }
  | { readonly ok: false; readonly problems: readonly [string, ...string[]] };

/** How long a run, and answers under way, may go on after a stop, in milliseconds. */
const stopGraceMs = 3_500;

/** Starts to serve, then to run: at once, and by the schedule. */
export async function startAgent(parts: AgentParts): Promise<AgentStart> {
  const loaded = await parts.loadConfig();
  if (!loaded.ok) return loaded;
  const meter = startProcessMeter();
  let config = loaded.config;
  let memory: AgentMemory = freshMemory(parts.build);
  let report: Report | undefined;
  let isStopped = false;
  let front: WebFront | undefined;
  let schedule: RunningSchedule = { intervalMs: 0, stop: () => undefined };
  const log = logfmtLog({
    write: parts.writeLog,
    now: () => new Date().toISOString(),
    level: () => config.log.level,
  });
  tellOrigins(loaded, log);
  const publication = await startPublication(() => ({
    ...(report === undefined ? {} : { report }),
    agent: {
      ...memory,
      commands: parts.commandReadings(),
      web: front?.readings() ?? { refusals: {} },
    },
    process: meter.take(),
    limits: config.metrics,
  }));
  const publish = (): Promise<void> =>
    publication.renew().catch((error: unknown) => tellBug(log, error));

  const skipped = (reason: "busy" | "late"): void => {
    log.warn("tick skipped", { reason });
    memory = afterSkippedTick(memory);
    void publish();
  };

  const { serviceManager } = parts;
  const watchdog = startWatchdog({
    manager: serviceManager,
    nowMs: () => performance.now(),
    longestMs: () => 2 * schedule.intervalMs + config.jitterMs + config.timeouts.runMs,
  });

  const runner = createRunner({
    examine: (signal) => parts.examine(config, signal),
    limitMs: () => config.timeouts.runMs,
    async onReport(ended, how) {
      if (how === "timed-out") log.warn("run timed out", { limitMs: config.timeouts.runMs });
      describeChange(report, ended, log);
      report = ended;
      memory = afterRun(memory, ended, Date.now() / 1_000);
      await publication.renew();
      serviceManager.tell({ kind: "status", status: statusLine(ended) });
      watchdog.onRun();
    },
    async onBug(error) {
      tellBug(log, error);
      memory = afterFailedRun(memory);
      await publish();
      watchdog.onRun();
    },
    onBusy: () => skipped("busy"),
  });

  const follow = (next: Config): void => {
    config = next;
    schedule.stop();
    schedule = startSchedule(config, { onTick: runner.tick, onSkipped: skipped });
    memory = { ...memory, intervalSeconds: schedule.intervalMs / 1_000 };
  };

  const reload = async (): Promise<void> => {
    serviceManager.tell({ kind: "reloading" });
    const outcome = await parts.loadConfig();
    if (isStopped) return;
    memory = { ...memory, configReloaded: outcome.ok };
    if (outcome.ok) {
      follow({ ...outcome.config, web: sameSockets(config, { next: outcome.config, log }) });
      log.info("configuration reloaded", { intervalSeconds: memory.intervalSeconds });
      if (!runner.isBusy()) void runner.tick();
    }
    for (const problem of outcome.ok ? [] : outcome.problems) {
      log.error("configuration not reloaded: the old one stays", { problem });
    }
    await front?.reload();
    await publish();
    serviceManager.tell({ kind: "ready", status: report ? statusLine(report) : "first run" });
  };

  const web = await startWebFront({
    addresses: config.web.listenAddresses,
    configFile: config.web.configFile,
    answer: (request) =>
      answer(request, {
        latest: publication.current(),
        version: parts.build.version,
        telemetryPath: config.web.telemetryPath,
        nowMs: Date.now(),
        intervalMs: schedule.intervalMs,
      }),
    onReload: publish,
    swiftly: parts.swiftly,
    log,
  });
  if (!web.ok) {
    meter.stop();
    return web;
  }
  front = web.front;
  follow(config);
  await publish();
  const { urls } = web.front;
  serviceManager.tell({ kind: "ready", status: "first run" });
  log.info("docknet agent started", { version: parts.build.version, urls: urls.join(",") });
  for (const shortcoming of parts.shortcomings ?? []) log.warn("capability missing", shortcoming);
  void runner.tick();

  const end = async (): Promise<void> => {
    log.info("stopping");
    serviceManager.tell({ kind: "stopping" });
    watchdog.stop();
    schedule.stop();
    await Promise.all([web.front.close(stopGraceMs), runner.stop(stopGraceMs)]);
    meter.stop();
    log.info("stopped");
  };

  let reloading: Promise<void> = Promise.resolve();
  let ending: Promise<void> | undefined;
  return {
    ok: true,
    agent: {
      urls,
      reload() {
        reloading = reloading.then(reload).catch((error: unknown) => tellBug(log, error));
        return reloading;
      },
      stop() {
        isStopped = true;
        ending ??= end();
        return ending;
      },
    },
  };
}

function tellOrigins(loaded: Extract<ConfigOutcome, { readonly ok: true }>, log: Log): void {
  for (const name of loaded.strangeVariables) log.warn("unknown variable", { name });
  for (const [key, origin] of Object.entries(loaded.origins)) {
    log.debug("configuration", { key, origin });
  }
}

/** One line for `systemctl status`. */
function statusLine({ summary }: Report): string {
  return `host ${summary.status}, ${summary.causes.length} causes`;
}

/** Sockets stay as they are: to listen elsewhere takes a restart. */
function sameSockets(
  old: Config,
  change: { readonly next: Config; readonly log: Log },
): Config["web"] {
  const { web } = change.next;
  const texts = (of: Config["web"]): string => of.listenAddresses.map(({ text }) => text).join();
  if (texts(web) !== texts(old.web)) {
    change.log.warn("web.listenAddresses changed: restart the agent to listen there");
  }
  if (web.configFile !== old.web.configFile) {
    change.log.warn("web.configFile changed: restart the agent to follow it");
  }
  const { configFile: _, ...rest } = web;
  const { configFile, listenAddresses } = old.web;
  return { ...rest, listenAddresses, ...(configFile === undefined ? {} : { configFile }) };
}
