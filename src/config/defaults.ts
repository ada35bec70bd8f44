import type { ListenAddress } from "./listen-address.ts";
import type { LogLevel } from "./schema.ts";

/** When the agent runs. */
export type ScheduleSetting =
  | { readonly kind: "every"; readonly everyMs: number }
  | { readonly kind: "cron"; readonly expression: string };

/** A finding to leave out: of a check, or of one subject of it in its string form. */
export interface IgnoredFinding {
  readonly check: string;
  readonly subject?: string;
}

/** The whole configuration of the agent, every value settled. */
export interface Config {
  readonly web: {
    readonly listenAddresses: readonly ListenAddress[];
    readonly telemetryPath: string;
    /** The web.config.file; absent = no TLS and no passwords. */
    readonly configFile?: string;
  };
  readonly schedule: ScheduleSetting;
  /** Longest random delay before a run, in milliseconds. */
  readonly jitterMs: number;
  readonly docker: { readonly host: string };
  readonly timeouts: { readonly runMs: number; readonly commandMs: number };
  readonly checks: {
    /** Ids and areas; empty = every check. */
    readonly only: readonly string[];
    readonly ignore: readonly IgnoredFinding[];
  };
  readonly metrics: { readonly maxFindings: number; readonly maxSeriesPerFamily: number };
  readonly log: { readonly level: LogLevel };
}

/** The file that the agent reads when it exists and no other was named. */
export const defaultConfigFile = "/etc/docknet/docknet.yml";

/** What holds where nothing is set. */
export const defaults: Config = {
  web: {
    listenAddresses: [{ text: "127.0.0.1:10323", host: "127.0.0.1", tcpPort: 10_323 }],
    telemetryPath: "/metrics",
  },
  schedule: { kind: "every", everyMs: 60_000 },
  jitterMs: 5_000,
  docker: { host: "unix:///var/run/docker.sock" },
  timeouts: { runMs: 30_000, commandMs: 10_000 },
  checks: { only: [], ignore: [] },
  metrics: { maxFindings: 100, maxSeriesPerFamily: 2_000 },
  log: { level: "info" },
};
