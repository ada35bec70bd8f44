import { Command } from "commander";
import { type GivenOptions, withConfigFlags } from "./config/flags.ts";
import type { Ending } from "./ending.ts";
import type { World } from "./world.ts";

/** `docknet agent`, with a flag for every key of the configuration. */
export function agentCommand(world: World, ending: Ending): Command {
  const command = new Command("agent").description(
    "examine this host on a schedule and serve the result to Prometheus",
  );
  const flagsIn = withConfigFlags(command);
  return command
    .option("--bundle <file>", "judge a bundle (file or directory) instead of this host")
    .addHelpText("after", agentHelp)
    .action(async (given: GivenOptions) => {
      const { agent } = await import("./agent.ts");
      const { bundle } = given;
      const flags = { ...flagsIn(given), ...(typeof bundle === "string" ? { bundle } : {}) };
      ending.exitCode = await agent(flags, world);
    });
}

const agentHelp = `
Each key can also stand in the file, or in the environment as DOCKNET_ and the key in capitals,
such as DOCKNET_LOG_LEVEL. Flags win over the environment, the environment over the file.
\`docknet config show --origin\` prints what holds. SIGHUP reads the configuration again, SIGTERM
ends the agent.`;
