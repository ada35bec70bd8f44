import type { LogLevel } from "../config/schema.ts";

/** What a log line says beside its message. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

export type Log = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>;

/** Where log lines go, and which. */
export interface LogSink {
  write(line: string): void;
  now(): string;
  /** Asked anew for each line: a reload may change it. */
  level(): LogLevel;
}

const weight: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 };

/** A log of lines in logfmt, as the exporters of Prometheus write it. */
export function logfmtLog(sink: LogSink): Log {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (weight[level] > weight[sink.level()]) return;
    const all = { ts: sink.now(), level, msg: message, ...fields };
    sink.write(`${logfmt(all)}\n`);
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

/** `level=info msg="run ended" findings=2`. No value can begin a line or a field of its own. */
export function logfmt(fields: LogFields): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${logfmtValue(String(value))}`)
    .join(" ");
}

function logfmtValue(text: string): string {
  if (/^[\w@%+:,./()[\]-]+$/.test(text)) return text;
  // JSON leaves DEL, the C1 controls and the marks that turn text around as they are.
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Something threw that never should. */
export function tellBug(log: Log, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error("this is a bug in docknet: please report it", { error: text });
}
