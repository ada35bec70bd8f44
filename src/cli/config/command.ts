import { Command } from "commander";
import type { Ending } from "../ending.ts";
import type { World } from "../world.ts";
import { type GivenOptions, withConfigFlags } from "./flags.ts";

/** `docknet config check` and `docknet config show`. */
export function configCommand(world: World, ending: Ending): Command {
  return new Command("config")
    .description("check the configuration of the agent, or print what holds")
    .addCommand(checkCommand(world, ending))
    .addCommand(showCommand(world, ending));
}

function checkCommand(world: World, ending: Ending): Command {
  return new Command("check")
    .description(
      "say what is wrong with a configuration file, and with the web.config.file that it names",
    )
    .argument("[file]", "YAML file; without it what the agent would read, with the environment")
    .addHelpText("after", "\nEnds with 0 when all is well, with 78 when it is not.")
    .action(async (file: string | undefined) => {
      const { checkConfig } = await import("./config.ts");
      ending.exitCode = await checkConfig(file, world);
    });
}

function showCommand(world: World, ending: Ending): Command {
  const command = new Command("show")
    .description("print the configuration that the agent would have, as a file that means the same")
    .option(
      "--origin",
      "say where each value comes from: default, file and line, variable or flag",
    );
  const flagsIn = withConfigFlags(command);
  return command.action(async (given: GivenOptions) => {
    const { showConfig } = await import("./config.ts");
    const detail = given["origin"] === true ? "origins" : "values";
    ending.exitCode = await showConfig(flagsIn(given), { world, detail });
  });
}
