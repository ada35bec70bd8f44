import { type Command, Option } from "commander";
import { defaultConfigFile } from "../../config/defaults.ts";
import { configKeys } from "../../config/keys.ts";
import type { TextsByKey } from "../../config/layer.ts";

/** Options as commander gives them. */
export type GivenOptions = Readonly<
  Record<string, string | readonly string[] | boolean | undefined>
>;

/** What the flags of a command say about the configuration. */
export interface ConfigFlags {
  /** Texts of the flags that stand for keys. */
  readonly settings: TextsByKey;
  readonly configFile?: string;
}

/** Gives a command `--config.file` and a flag for every key of the configuration; the result reads them. */
export function withConfigFlags(command: Command): (given: GivenOptions) => ConfigFlags {
  command.option("--config.file <file>", `YAML file (default: ${defaultConfigFile} if it exists)`);
  const options = configKeys.map(({ key, kind, flag, placeholder, help, fallback }) => {
    const text = fallback === "" ? help : `${help} (default: ${fallback})`;
    const option = new Option(`${flag} <${placeholder}>`, text);
    return { key, option: kind === "list" ? option.argParser(appended) : option };
  });
  for (const { option } of options) command.addOption(option);
  return (given) => {
    const settings = options.flatMap(({ key, option }) => {
      const value = given[option.attributeName()];
      return value === undefined || typeof value === "boolean" ? [] : [[key, value]];
    });
    const configFile = given["config.file"];
    return {
      settings: Object.fromEntries(settings),
      ...(typeof configFile === "string" ? { configFile } : {}),
    };
  };
}

function appended(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
