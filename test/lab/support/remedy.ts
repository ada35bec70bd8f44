import { join } from "node:path";
import { fakeProgramsFolder } from "./fake-systemctl.ts";
import { type LabHost, labFolderOnHost, onHostAsMember } from "./lab-host.ts";
import { programPath } from "./program-path.ts";
import type { CommandResult } from "./run-command.ts";

/**
 * Runs one line of a remedy on a host, word for word, as a person would at its shell. `systemctl`
 * is the host's own; a restart of the engine is over when its containers run again.
 */
export function runRemedy(host: LabHost, commandLine: string): Promise<CommandResult> {
  const path = `${join(labFolderOnHost, fakeProgramsFolder)}:${programPath()}`;
  return onHostAsMember(host, ["sh", "-c", commandLine], {
    env: { PATH: path },
    timeoutMs: 120_000,
  });
}
