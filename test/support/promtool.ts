import { spawnSync } from "node:child_process";

/** What `promtool check metrics` says about an exposition; "missing" where promtool is not installed. */
export function promtoolVerdict(
  exposition: string,
): "missing" | { readonly exitCode: number | null; readonly said: string } {
  const run = spawnSync("promtool", ["check", "metrics"], { input: exposition, encoding: "utf8" });
  if (run.error !== undefined) return "missing";
  return { exitCode: run.status, said: `${run.stdout}${run.stderr}` };
}
