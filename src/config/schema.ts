import type { z } from "zod";
import { parseDuration } from "./duration.ts";
import { cronEvery } from "./every.ts";
import { field, listOf, oneOf, section, text } from "./fields.ts";
import { parseListenAddress } from "./listen-address.ts";

export const logLevels = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];

function duration(shortestMs: number, example: string) {
  return text(`a duration such as ${example}`, (written) => {
    const ms = parseDuration(written);
    return ms !== undefined && ms >= shortestMs ? ms : undefined;
  });
}

const every = text(
  "a duration that divides a minute, an hour or a day evenly, such as 30s, 5m or 1h (or use cron)",
  (written) => {
    const ms = parseDuration(written);
    return ms !== undefined && cronEvery(ms) !== undefined ? ms : undefined;
  },
);

const listenAddress = text(
  "an address with a port, such as 127.0.0.1:10323, [::1]:10323 or :10323",
  parseListenAddress,
);

/** Paths of the agent that are taken. */
const takenPaths: readonly string[] = ["/", "/-/healthy", "/-/ready", "/report"];

const path = text("the path of a file", (written) =>
  written === "" || written.includes("\0") ? undefined : written,
);

const telemetryPath = text("a path such as /metrics that nothing else is served on", (path) =>
  /^\/[\w./~-]*$/.test(path) && !takenPaths.includes(path) ? path : undefined,
);

const cron = text("a cron expression of five or six fields, such as */5 * * * *", (expression) =>
  /^\S+(?: +\S+){4,5}$/.test(expression.trim()) ? expression.trim() : undefined,
);

const dockerHost = text("a Unix socket such as unix:///var/run/docker.sock", (host) =>
  /^unix:\/\/\/[^\0]+$/.test(host) ? host : undefined,
);

const words = text("a check's id or an area", (word) => (word === "" ? undefined : word));

const ignored = text("a check's id, or id:subject", (written) => {
  const [check = "", ...subject] = written.split(":");
  if (check === "" || (subject.length > 0 && subject.join(":") === "")) return undefined;
  return subject.length === 0 ? { check } : { check, subject: subject.join(":") };
});

const count = field("a whole number from 0 to 100000", (value) =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 100_000
    ? value
    : undefined,
);

/** What one place (the file, the environment, the flags) may set; every key is optional, an unknown one is an error. */
export const settingsSchema = section({
  web: section({
    listenAddresses: listOf(listenAddress).min(1, "expected at least one address").optional(),
    telemetryPath: telemetryPath.optional(),
    configFile: path.optional(),
  }).optional(),
  schedule: section({
    every: every.optional(),
    cron: cron.optional(),
    jitter: duration(0, "5s").optional(),
  })
    .refine((schedule) => schedule.every === undefined || schedule.cron === undefined, {
      error: "expected either every or cron, not both",
    })
    .optional(),
  docker: section({ host: dockerHost.optional() }).optional(),
  timeouts: section({
    run: duration(1_000, "30s, of one second or more").optional(),
    command: duration(100, "10s, of 100ms or more").optional(),
  }).optional(),
  checks: section({
    only: listOf(words).optional(),
    ignore: listOf(ignored).optional(),
  }).optional(),
  metrics: section({
    maxFindings: count.optional(),
    maxSeriesPerFamily: count.optional(),
  }).optional(),
  log: section({ level: oneOf(logLevels).optional() }).optional(),
});

export type Settings = z.infer<typeof settingsSchema>;
