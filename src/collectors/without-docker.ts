import type { DaemonInfo } from "../model/docker.ts";
import { absent, unknown } from "../model/facts.ts";

/** What a daemon that does not run leaves of its objects: none where there is no Docker, unknown where it is stopped. */
export function withoutDocker(daemon: Exclude<DaemonInfo, { readonly state: "running" }>) {
  if (daemon.state === "not-installed") return absent(daemon.reason);
  const message = `${daemon.reason}; containers may run without it: systemctl start docker (journalctl -u docker says why it ended)`;
  return unknown({ kind: "connection-refused", message });
}
