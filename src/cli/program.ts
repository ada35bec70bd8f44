import { Command, Option } from "commander";
import { agentCommand } from "./agent-command.ts";
import type { ChecksFlags } from "./checks.ts";
import { configCommand } from "./config/command.ts";
import { diffCommand } from "./diff/command.ts";
import type { DoctorFlags } from "./doctor.ts";
import type { Ending } from "./ending.ts";
import { exitCodes, failOnValues } from "./exit-code.ts";
import { exposureCommand } from "./exposure/command.ts";
import { parseCommand } from "./parse-command.ts";
import type { SnapshotFlags } from "./snapshot.ts";
import { traceCommand } from "./trace/command.ts";
import { version } from "./version.ts";
import { whyCommand } from "./why/command.ts";
import type { World } from "./world.ts";

/**
 * The command line. Each command's code is imported when it runs, so that `checks` does not load what `agent` needs. Throws
 * commander's own error on bad usage and after --help.
 */
export function program(world: World, ending: Ending): Command {
  const root = new Command("docknet")
    .description("An agent and a doctor for the networking of Docker hosts")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print help for a command")
    .showSuggestionAfterError()
    .exitOverride();
  root.addCommand(doctorCommand(world, ending));
  root.addCommand(agentCommand(world, ending));
  root.addCommand(configCommand(world, ending));
  root.addCommand(snapshotCommand(world, ending));
  root.addCommand(traceCommand(world, ending));
  root.addCommand(exposureCommand(world, ending));
  root.addCommand(whyCommand(world, ending));
  root.addCommand(diffCommand(world, ending));
  root.addCommand(parseCommand(world, ending));
  root.addCommand(checksCommand(world, ending));
  root.addCommand(explainCommand(world, ending));
  return root;
}

function doctorCommand(world: World, ending: Ending): Command {
  return new Command("doctor")
    .description("examine this host, or a bundle, and print a report")
    .addOption(formatOption())
    .option("-v, --verbose", "list what passed, what does not apply and each symptom")
    .addOption(listOption("--only <id|area...>", "run these checks only; list or repeat"))
    .addOption(listOption("--ignore <id[:subject]>", "leave out findings; repeat for several"))
    .addOption(failOnOption())
    .option("--timeout <duration>", "longest time of the whole run", "30s")
    .option("--no-color", "print without colour (as NO_COLOR does)")
    .option("--bundle <file>", "judge a bundle (file or directory) instead of this host")
    .option("--docker-host <url>", "the Docker socket, as unix:///path (default: DOCKER_HOST)")
    .addHelpText("after", exitCodeHelp)
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import("./doctor.ts");
      ending.exitCode = await doctor(flags, world);
    });
}

function snapshotCommand(world: World, ending: Ending): Command {
  return new Command("snapshot")
    .description("write what docknet reads on this host to a bundle, for doctor --bundle")
    .requiredOption(
      "-o, --output <file>",
      "file to write, as .tar.gz; a name ending in / makes a directory",
    )
    .option("--redact", "put pseudonyms in place of names, addresses, MACs and ids")
    .option("--timeout <duration>", "longest time of the whole run", "30s")
    .option("--docker-host <url>", "the Docker socket, as unix:///path (default: DOCKER_HOST)")
    .action(async (flags: SnapshotFlags) => {
      const { snapshot } = await import("./snapshot.ts");
      ending.exitCode = await snapshot(flags, world);
    });
}

function checksCommand(world: World, ending: Ending): Command {
  return new Command("checks")
    .description("list the checks")
    .addOption(formatOption())
    .option("--no-color", "print without colour (as NO_COLOR does)")
    .action(async (flags: ChecksFlags) => {
      const { listChecks } = await import("./checks.ts");
      ending.exitCode = await listChecks(flags, world);
    });
}

function explainCommand(world: World, ending: Ending): Command {
  return new Command("explain")
    .description("print what a check looks at, why, how to confirm it, and its remedy")
    .argument("<id>", "id of a check, as `docknet checks` lists it")
    .option("--no-color", "print without colour (as NO_COLOR does)")
    .action(async (id: string, flags: Pick<ChecksFlags, "color">) => {
      const { explainCheck } = await import("./checks.ts");
      ending.exitCode = await explainCheck(id, flags, world);
    });
}

function formatOption(): Option {
  return new Option("--format <format>", "how to print")
    .choices(["terminal", "json"])
    .default("terminal");
}

function failOnOption(): Option {
  return new Option("--fail-on <severity>", "lowest severity that the exit code counts")
    .choices(failOnValues)
    .default("warning");
}

function listOption(flags: string, description: string): Option {
  return new Option(flags, description).default([], "none").argParser(appended);
}

function appended(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

const exitCodeHelp = `
Exit codes:
  ${exitCodes.ok}   nothing found          ${exitCodes.usage}  bad usage
  ${exitCodes.warning}   a warning              ${exitCodes.unreadableBundle}  unreadable bundle
  ${exitCodes.critical}   a critical finding     ${exitCodes.ownFault}  docknet's own fault
  ${exitCodes.unknown}   some could not look    ${exitCodes.badConfiguration}  bad configuration`;
