import { Command, Option } from "commander";
import type { Ending } from "../ending.ts";
import { exitCodes } from "../exit-code.ts";
import type { World } from "../world.ts";
import type { DiffFlags } from "./show-diff.ts";

/** `docknet diff BEFORE [AFTER]` */
export function diffCommand(world: World, ending: Ending): Command {
  return new Command("diff")
    .description("compare two bundles: which of Docker's promises broke, and what decides now")
    .argument("<before>", "bundle (file or directory) of the host as it was")
    .argument("[after]", "bundle of the host as it is (default: this host, now)")
    .addOption(
      new Option("--format <format>", "how to print")
        .choices(["terminal", "json"])
        .default("terminal"),
    )
    .option("--timeout <duration>", "longest time to look at this host", "30s")
    .option("--no-color", "print without colour (as NO_COLOR does)")
    .option("--docker-host <url>", "the Docker socket, as unix:///path (default: DOCKER_HOST)")
    .addHelpText("after", diffHelp)
    .action(async (before: string, after: string | undefined, flags: DiffFlags) => {
      const { showDiff } = await import("./show-diff.ts");
      ending.exitCode = await showDiff({ before, after }, flags, world);
    });
}

const diffHelp = `
A bundle is what \`docknet snapshot -o FILE\` writes. The schema of --format json
is in docs/diff.schema.json.

Exit codes:
  ${exitCodes.ok}   nothing broke            ${exitCodes.usage}  bad usage
  ${exitCodes.warning}   carried with a loss now  ${exitCodes.unreadableBundle}  unreadable bundle
  ${exitCodes.critical}   a promise broke          ${exitCodes.ownFault}  docknet's own fault
  ${exitCodes.unknown}   nothing broke for certain, something is unsure in one of the two`;
