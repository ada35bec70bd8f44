import { runCommand } from "./live-command.ts";

/** How the service manager wants to hear of the agent. Source: sd_notify(3). */
export interface NotifySocket {
  readonly path: string;
  /** Microseconds, as WATCHDOG_USEC says; absent = no watchdog. */
  readonly watchdogUs?: number;
}

const notifyTimeoutMs = 5_000;

/** What the environment says of a service manager; a watchdog for another process (WATCHDOG_PID) is none of ours. */
export function notifySocketIn(
  env: Readonly<Record<string, string | undefined>>,
  ownPid: number,
): NotifySocket | undefined {
  const path = env["NOTIFY_SOCKET"];
  if (path === undefined || path === "") return undefined;
  const watchdogUs = Number(env["WATCHDOG_USEC"]);
  const pid = env["WATCHDOG_PID"];
  const isOurs = pid === undefined || pid === String(ownPid);
  return Number.isFinite(watchdogUs) && watchdogUs > 0 && isOurs ? { path, watchdogUs } : { path };
}

/**
 * Sends assignments such as `READY=1` with systemd-notify(1): Node has no datagram sockets of the Unix family. A manager that does not
 * listen costs nothing but the news, so what goes wrong is not told.
 */
export async function notifyServiceManager(
  socket: NotifySocket,
  assignments: readonly string[],
): Promise<void> {
  await runCommand(
    { kind: "command", argv: ["systemd-notify", ...assignments] },
    { timeoutMs: notifyTimeoutMs, environment: { NOTIFY_SOCKET: socket.path } },
  );
}
