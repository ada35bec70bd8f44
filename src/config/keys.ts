/** How a key's text in a variable or after a flag becomes a value. */
export type ConfigKind = "text" | "list" | "number";

/** One key of the configuration and the three places where it can be set. */
export interface ConfigKey {
  /** Path in the file, with dots. */
  readonly key: string;
  readonly kind: ConfigKind;
  /** Environment variable; a list is separated by commas. */
  readonly variable: string;
  /** Flag of `docknet agent`; a list repeats the flag. */
  readonly flag: string;
  /** What stands for the value in a usage line. */
  readonly placeholder: string;
  readonly help: string;
  /** The value without any setting, as a person would write it. */
  readonly fallback: string;
}

/** Every key. The flags of the agent, the variables and the documentation come from this table. */
export const configKeys = [
  {
    key: "web.listenAddresses",
    kind: "list",
    variable: "DOCKNET_WEB_LISTEN_ADDRESSES",
    flag: "--web.listen-address",
    placeholder: "address",
    help: "address to serve on, such as :10323 or [::1]:10323; repeat for several",
    fallback: "127.0.0.1:10323",
  },
  {
    key: "web.telemetryPath",
    kind: "text",
    variable: "DOCKNET_WEB_TELEMETRY_PATH",
    flag: "--web.telemetry-path",
    placeholder: "path",
    help: "path of the metrics",
    fallback: "/metrics",
  },
  {
    key: "web.configFile",
    kind: "text",
    variable: "DOCKNET_WEB_CONFIG_FILE",
    flag: "--web.config.file",
    placeholder: "file",
    help: "TLS, passwords and limits of requests, in the format of Prometheus's exporter-toolkit",
    fallback: "",
  },
  {
    key: "schedule.every",
    kind: "text",
    variable: "DOCKNET_SCHEDULE_EVERY",
    flag: "--schedule.every",
    placeholder: "duration",
    help: "time from run to run, such as 30s, 5m or 1h",
    fallback: "60s",
  },
  {
    key: "schedule.cron",
    kind: "text",
    variable: "DOCKNET_SCHEDULE_CRON",
    flag: "--schedule.cron",
    placeholder: "expression",
    help: "cron expression of five or six fields, instead of schedule.every",
    fallback: "",
  },
  {
    key: "schedule.jitter",
    kind: "text",
    variable: "DOCKNET_SCHEDULE_JITTER",
    flag: "--schedule.jitter",
    placeholder: "duration",
    help: "longest random delay before a run, at most half of the time from run to run",
    fallback: "5s",
  },
  {
    key: "docker.host",
    kind: "text",
    variable: "DOCKNET_DOCKER_HOST",
    flag: "--docker.host",
    placeholder: "socket",
    help: "socket of the Docker daemon, as unix:///path",
    fallback: "unix:///var/run/docker.sock",
  },
  {
    key: "timeouts.run",
    kind: "text",
    variable: "DOCKNET_TIMEOUTS_RUN",
    flag: "--timeouts.run",
    placeholder: "duration",
    help: "longest time of one run",
    fallback: "30s",
  },
  {
    key: "timeouts.command",
    kind: "text",
    variable: "DOCKNET_TIMEOUTS_COMMAND",
    flag: "--timeouts.command",
    placeholder: "duration",
    help: "longest time of one command",
    fallback: "10s",
  },
  {
    key: "checks.only",
    kind: "list",
    variable: "DOCKNET_CHECKS_ONLY",
    flag: "--checks.only",
    placeholder: "id|area",
    help: "run these checks only; repeat for several",
    fallback: "",
  },
  {
    key: "checks.ignore",
    kind: "list",
    variable: "DOCKNET_CHECKS_IGNORE",
    flag: "--checks.ignore",
    placeholder: "id[:subject]",
    help: "leave out findings of a check, or of one subject of it; repeat for several",
    fallback: "",
  },
  {
    key: "metrics.maxFindings",
    kind: "number",
    variable: "DOCKNET_METRICS_MAX_FINDINGS",
    flag: "--metrics.max-findings",
    placeholder: "number",
    help: "most series of docknet_finding_info",
    fallback: "100",
  },
  {
    key: "metrics.maxSeriesPerFamily",
    kind: "number",
    variable: "DOCKNET_METRICS_MAX_SERIES_PER_FAMILY",
    flag: "--metrics.max-series-per-family",
    placeholder: "number",
    help: "most series of a metric that grows with the host's chains, bridges or networks",
    fallback: "2000",
  },
  {
    key: "log.level",
    kind: "text",
    variable: "DOCKNET_LOG_LEVEL",
    flag: "--log.level",
    placeholder: "level",
    help: "error, warn, info or debug",
    fallback: "info",
  },
] as const satisfies readonly ConfigKey[];

export type ConfigKeyName = (typeof configKeys)[number]["key"];

/** The value of a key that nothing sets; undefined where there is none. */
export function fallbackOf({ kind, fallback }: ConfigKey): unknown {
  switch (kind) {
    case "list":
      return fallback === "" ? [] : [fallback];
    case "number":
      return Number(fallback);
    case "text":
      return fallback === "" ? undefined : fallback;
  }
}
