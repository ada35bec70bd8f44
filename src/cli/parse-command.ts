import { Command, Option } from "commander";
import type { Ending } from "./ending.ts";
import { exitCodes } from "./exit-code.ts";
import type { ParseFlags } from "./parse.ts";
import type { World } from "./world.ts";

/** `docknet parse KIND [FILE]` */
export function parseCommand(world: World, ending: Ending): Command {
  return new Command("parse")
    .description("read the output of a networking tool and print it as typed JSON")
    .argument("[kind]", "which output it is, as --list names them")
    .argument("[file]", "file to read; standard input without it, or with -")
    .option("--list", "list the kinds, and the commands whose output they are")
    .option("--strict", "end with 1 where lines were ignored, and name them on stderr")
    .option("--print", "print a ruleset back as text, from its typed form")
    .addOption(
      new Option(
        "--family <family>",
        "address family of ip-rule and of default routes, which do not say it",
      ).choices(["ipv4", "ipv6"]),
    )
    .addHelpText("after", exitCodeHelp)
    .action(async (kind: string | undefined, file: string | undefined, flags: ParseFlags) => {
      const { parse } = await import("./parse.ts");
      ending.exitCode = await parse({ kind, file }, flags, world);
    });
}

const exitCodeHelp = `
The schema of each kind's value is in docs/parse/.

Exit codes:
  ${exitCodes.ok}   read                     ${exitCodes.unparsable}  the text is not what its kind says
  ${exitCodes.warning}   --strict, lines ignored  ${exitCodes.unreadableBundle}  unreadable file
  ${exitCodes.usage}  bad usage                ${exitCodes.ownFault}  docknet's own fault`;
