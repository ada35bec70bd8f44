import { Command, Option } from "commander";
import type { Ending } from "../ending.ts";
import { exitCodes } from "../exit-code.ts";
import type { World } from "../world.ts";
import type { TraceFlags } from "./trace.ts";

/** `docknet trace --from ENDPOINT --to ENDPOINT:PORT` */
export function traceCommand(world: World, ending: Ending): Command {
  return new Command("trace")
    .description("follow a packet through this host, or a bundle, and name what stops it")
    .requiredOption("--from <endpoint>", "who sends")
    .requiredOption("--to <endpoint>", "who is meant, with the port: db:5432, host:8080")
    .addOption(
      new Option("--proto <protocol>", "protocol").choices(["tcp", "udp", "icmp"]).default("tcp"),
    )
    .addOption(
      new Option("--family <family>", "address family (default: what both ends have)").choices([
        "4",
        "6",
      ]),
    )
    .option("--size <bytes>", "length of the IP packet, to try MTUs on the way")
    .addOption(
      new Option("--format <format>", "how to print")
        .choices(["terminal", "json"])
        .default("terminal"),
    )
    .option("--timeout <duration>", "longest time of the whole run", "30s")
    .option("--no-color", "print without colour (as NO_COLOR does)")
    .option("--bundle <file>", "look at a bundle (file or directory) instead of this host")
    .option("--docker-host <url>", "the Docker socket, as unix:///path (default: DOCKER_HOST)")
    .addHelpText("after", traceHelp)
    .action(async (flags: TraceFlags) => {
      const { traceEndpoints } = await import("./trace.ts");
      ending.exitCode = await traceEndpoints(flags, world);
    });
}

const traceHelp = `
Endpoints, each with :PORT behind it where it is --to:
  web, 4f2a…          a container by name, id or the beginning of an id
  web@appnet          the same on one of its networks
  host                this host; host:8080 is also what it publishes there
  outside             a machine on the uplink's network
  outside=ADDRESS     a given machine; for IPv6 with a port outside=[ADDRESS]:PORT
  ADDRESS             whoever has it; [ADDRESS]:PORT for IPv6

No packet is sent. The schema of --format json is in docs/trace.schema.json.

Exit codes:
  ${exitCodes.ok}   delivered, and answered   ${exitCodes.usage}  bad usage, no such endpoint
  ${exitCodes.critical}   dropped or rejected       ${exitCodes.unreadableBundle}  unreadable bundle
  ${exitCodes.unknown}   unsure                    ${exitCodes.ownFault}  docknet's own fault`;
