import { cpSync } from "node:fs";
import { join } from "node:path";
import { docknetOn } from "./docknet.ts";
import { type LabHost, labFolderOnHost } from "./lab-host.ts";
import { type CommandResult, mustRun, runCommand } from "./run-command.ts";

const cli = join(import.meta.dirname, "..", "..", "..", "src", "cli.ts");

/** Takes a bundle on the host as root, and hands it over. */
export async function takeBundle(
  host: LabHost,
  name: string,
  so: { readonly to: string; readonly flags?: readonly string[] },
): Promise<void> {
  const output = `${labFolderOnHost}/${name}`;
  const result = await docknetOn(host, ["snapshot", "-o", output, ...(so.flags ?? [])]);
  if (result.code !== 0 || result.stderr !== "") throw new Error(`no bundle: ${result.stderr}`);
  const copy = join(so.to, name);
  cpSync(join(host.folder, "state", name), copy, { recursive: true });
  await mustRun(["chmod", "-R", "a+rX", copy]);
}

/** Runs docknet on the machine, outside the lab, without any privilege, in a folder that is not the project's. */
export function asNobody(args: readonly string[]): Promise<CommandResult> {
  const user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] as const;
  const docknet = [process.execPath, cli, ...args];
  return runCommand([...user, "--", "sh", "-c", 'cd / && exec "$@"', "docknet", ...docknet]);
}

/** A report without what differs between two looks at a host that nobody touched. */
export function timeless(report: unknown): unknown {
  const text = JSON.stringify(report, (key, value: unknown) => {
    if (fleeting.has(key)) return undefined;
    return typeof value === "string" ? value.replaceAll(/\[\d+:\d+\]/g, "[packets:bytes]") : value;
  });
  return JSON.parse(text);
}

const fleeting = new Set([
  "takenAt",
  "durationMs",
  "memory",
  "droppedPackets",
  "droppedBytes",
  "net.netfilter.nf_conntrack_count",
]);
