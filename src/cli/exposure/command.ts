import { Command, Option } from "commander";
import type { Ending } from "../ending.ts";
import { exitCodes } from "../exit-code.ts";
import type { World } from "../world.ts";
import type { ExposureFlags } from "./show-exposure.ts";

/** `docknet exposure` */
export function exposureCommand(world: World, ending: Ending): Command {
  return new Command("exposure")
    .description("list the ports that Docker opened, and who reaches each of them in truth")
    .addOption(
      new Option("--family <family>", "address family (default: both)").choices(["4", "6"]),
    )
    .addOption(
      new Option("--format <format>", "how to print")
        .choices(["terminal", "json"])
        .default("terminal"),
    )
    .option("--timeout <duration>", "longest time of the whole run", "30s")
    .option("--no-color", "print without colour (as NO_COLOR does)")
    .option("--bundle <file>", "look at a bundle (file or directory) instead of this host")
    .option("--docker-host <url>", "the Docker socket, as unix:///path (default: DOCKER_HOST)")
    .addHelpText("after", exposureHelp)
    .action(async (flags: ExposureFlags) => {
      const { showExposure } = await import("./show-exposure.ts");
      ending.exitCode = await showExposure(flags, world);
    });
}

const exposureHelp = `
Who reaches a port, by docknet's model of the kernel; no packet is sent:
  anyone       whoever's packets come in by the default route
  LAN          machines on a subnet of this host
  some         none but sources that rules name
  host only    processes of this host
  nobody       its packets are stopped, wherever they come from

What a router or a cloud's firewall before this host stops is not looked at. The
schema of --format json is in docs/exposure.schema.json.

Exit codes:
  ${exitCodes.ok}   every port was judged     ${exitCodes.usage}  bad usage
  ${exitCodes.unknown}   something is unsure       ${exitCodes.unreadableBundle}  unreadable bundle
                              ${exitCodes.ownFault}  docknet's own fault`;
