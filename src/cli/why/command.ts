import { Command, Option } from "commander";
import { whyForms } from "../../derive/why/sentence.ts";
import type { Ending } from "../ending.ts";
import { exitCodes } from "../exit-code.ts";
import type { World } from "../world.ts";
import type { WhyFlags } from "./why.ts";

/** `docknet why 'web cannot reach db:5432'` */
export function whyCommand(world: World, ending: Ending): Command {
  return new Command("why")
    .description("say why one cannot reach another on this host, or in a bundle, and what to do")
    .argument("<words...>", "who cannot reach whom: web db:5432, or a sentence")
    .addOption(
      new Option("--proto <protocol>", "protocol (default: tcp with a port, else icmp)").choices([
        "tcp",
        "udp",
        "icmp",
      ]),
    )
    .addOption(
      new Option("--family <family>", "address family (default: what both ends have)").choices([
        "4",
        "6",
      ]),
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
    .addHelpText("after", whyHelp)
    .action(async (words: readonly string[], flags: WhyFlags) => {
      const { whyNot } = await import("./why.ts");
      ending.exitCode = await whyNot(words, flags, world);
    });
}

const whyHelp = `
Ask like this:
${whyForms.map((form) => `  docknet why ${form}`).join("\n")}

Endpoints are those of docknet trace, and names that a container has on its networks.
No packet is sent. The schema of --format json is in docs/why.schema.json.

Exit codes:
  ${exitCodes.ok}   nothing found, it is fine  ${exitCodes.usage}  bad usage, no such endpoint
  ${exitCodes.critical}   broken, the cause is named ${exitCodes.unreadableBundle}  unreadable bundle
  ${exitCodes.unknown}   unsure                     ${exitCodes.ownFault}  docknet's own fault`;
