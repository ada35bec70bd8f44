import { isCronExpression } from "../../agent/schedule.ts";
import { loadWebState } from "../../agent/web/web-state.ts";
import { checks } from "../../checks/index.ts";
import { defaultConfigFile } from "../../config/defaults.ts";
import { type ConfigOutcome, type ConfigVocabulary, loadConfig } from "../../config/load.ts";
import { readText } from "../../config/read-text.ts";
import { shownConfig } from "../../config/shown-config.ts";
import { escapeText } from "../../render/escape.ts";
import { complain } from "../complain.ts";
import { type ExitCode, exitCodes } from "../exit-code.ts";
import { subjectKinds } from "../selection.ts";
import type { World } from "../world.ts";
import type { ConfigFlags } from "./flags.ts";

const vocabulary: ConfigVocabulary = {
  checkIds: checks.map(({ id }) => id),
  areas: [...new Set(checks.map(({ area }) => area))],
  subjectKinds,
  isCronExpression,
};

/** The configuration of the agent: the file that was named, or the usual one if it is there. */
export function agentConfig(
  { settings, configFile }: ConfigFlags,
  env: World["env"],
): Promise<ConfigOutcome> {
  const file =
    configFile === undefined
      ? ({ path: defaultConfigFile, absence: "is-fine" } as const)
      : ({ path: configFile, absence: "is-an-error" } as const);
  return loadConfig({ file, env, flags: settings }, vocabulary);
}

/** The exit code of a configuration that is not good: bad usage where only flags are. */
export function badConfigCode(problems: readonly string[]): ExitCode {
  const isUsage = problems.every((problem) => problem.startsWith("flag "));
  return isUsage ? exitCodes.usage : exitCodes.badConfiguration;
}

/** Says what is wrong with a file and with the web.config.file that it names. A file alone is judged without the environment. */
export async function checkConfig(file: string | undefined, world: World): Promise<ExitCode> {
  const flags = { settings: {}, ...(file === undefined ? {} : { configFile: file }) };
  const loaded = await agentConfig(flags, file === undefined ? world.env : {});
  if (!loaded.ok) return complain(world, loaded.problems.join("\n"), exitCodes.badConfiguration);
  const web = await loadWebState(loaded.config.web.configFile);
  if (!web.ok) return complain(world, web.problems.join("\n"), exitCodes.badConfiguration);
  const notes = [
    ...web.warnings,
    ...loaded.strangeVariables.map((name) => `${name}: no key has this variable`),
  ];
  const set = Object.values(loaded.origins).filter((origin) => origin !== "default").length;
  const own = file ?? defaultConfigFile;
  const files = [...((await isThere(own)) ? [own] : []), ...web.files];
  const lines = [
    ...notes.map((note) => `warning: ${note}`),
    files.length === 0
      ? `there is no ${own}: good, ${keys(set)}`
      : `${files.join(", ")}: good, ${keys(set)}`,
  ];
  await world.stdout.write(lines.map((line) => `${escapeText(line)}\n`).join(""));
  return exitCodes.ok;
}

async function isThere(path: string): Promise<boolean> {
  const read = await readText(path);
  return read.ok || read.code !== "ENOENT";
}

function keys(set: number): string {
  return set === 1 ? "1 key is set" : `${set} keys are set`;
}

/** Prints the configuration that holds. */
export async function showConfig(
  flags: ConfigFlags,
  { world, detail }: { readonly world: World; readonly detail: "values" | "origins" },
): Promise<ExitCode> {
  const loaded = await agentConfig(flags, world.env);
  if (!loaded.ok) {
    return complain(world, loaded.problems.join("\n"), badConfigCode(loaded.problems));
  }
  const text = shownConfig(loaded.written, detail === "origins" ? loaded.origins : undefined);
  const lines = text.split("\n").map(escapeText);
  await world.stdout.write(lines.join("\n"));
  return exitCodes.ok;
}
