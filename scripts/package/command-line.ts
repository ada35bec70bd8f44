import type { Command } from "commander";
import { program } from "../../src/cli/program.ts";
import type { World } from "../../src/cli/world.ts";

/** The command line as commander knows it; nothing of it is run. */
export function commandLine(): Command {
  const nobody = async (): Promise<never> => {
    throw new Error("a command of the documentation was run");
  };
  const silent = { isTerminal: false, write: async () => undefined };
  const world: World = {
    stdout: silent,
    stderr: silent,
    env: {},
    openHost: nobody,
    runPipeline: nobody,
    readInput: nobody,
    writeBundle: nobody,
  };
  return program(world, { exitCode: 0 });
}

/** Commands that people type, without `help`. */
export function subcommands(root: Command): readonly Command[] {
  return root.commands.filter((command) => command.name() !== "help");
}
