import type { Command, Option } from "commander";
import { commandLine, subcommands } from "./command-line.ts";

/** docknet(1) in man(7), from the command line itself. */
export function manPage(so: { readonly version: string; readonly date: string }): string {
  const root = commandLine();
  const commands = subcommands(root);
  return [
    `.TH DOCKNET 1 "${so.date}" "docknet ${so.version}" "User Commands"`,
    ".SH NAME",
    "docknet \\- examine the networking of a Docker host and name what is broken",
    ".SH SYNOPSIS",
    ".B docknet",
    "\\fICOMMAND\\fR [\\fIOPTIONS\\fR]",
    ".SH DESCRIPTION",
    `${roff(root.description())}. It only reads.`,
    ".SH COMMANDS",
    ...commands.flatMap(section),
    ".SH FILES",
    ".TP",
    ".I /etc/docknet/docknet.yml",
    "Configuration of the agent.",
    ".TP",
    ".I /etc/default/docknet",
    "Flags of the agent as a service.",
    ".SH EXIT STATUS",
    "doctor: 0 nothing to report, 1 a warning, 2 a critical finding, 3 some checks could not look;",
    "64 bad usage, 70 a fault of docknet itself, 78 a bad configuration.",
    ".SH SEE ALSO",
    ".BR iptables\\-save (8),",
    ".BR nft (8),",
    ".BR dockerd (8)",
    "",
  ].join("\n");
}

function section(command: Command): readonly string[] {
  const usage = command.usage().replace("[options]", "[\\fIOPTIONS\\fR]");
  return [
    `.SS "docknet ${command.name()} ${roff(usage)}"`,
    `${roff(command.description())}.`,
    ...command.options.filter(({ hidden }) => !hidden).flatMap(option),
  ];
}

function option({ flags, description, defaultValue }: Option): readonly string[] {
  const usual = typeof defaultValue === "string" ? ` (default: ${defaultValue})` : "";
  return [".TP", `.B ${roff(flags)}`, roff(`${description}${usual}`)];
}

/** Text that groff prints as it is: hyphens that can be copied, no escapes, no line that is a request. */
function roff(text: string): string {
  const escaped = text
    .replaceAll("\\f", "\u0001")
    .replaceAll("\\", "\\e")
    .replaceAll("\u0001", "\\f");
  const hyphens = escaped.replaceAll("-", "\\-").replaceAll("'", "\\(aq");
  return /^[.']/.test(hyphens) ? `\\&${hyphens}` : hyphens;
}
