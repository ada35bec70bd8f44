import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where a host finds its own `systemctl`, below the folder of the lab on the host. */
export const fakeProgramsFolder = "bin";

/** Puts a `systemctl` into a host that starts and stops that host's engine; no systemd runs. */
export function writeFakeSystemctl(stateFolder: string): void {
  const folder = join(stateFolder, fakeProgramsFolder);
  mkdirSync(folder, { recursive: true });
  const script = join(import.meta.dirname, "systemctl-main.ts");
  const lines = ["#!/bin/sh", `exec '${process.execPath}' '${script}' "$@"`, ""];
  writeFileSync(join(folder, "systemctl"), lines.join("\n"), { mode: 0o755 });
}
