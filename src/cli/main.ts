import { CommanderError } from "commander";
import { escapeText } from "../render/escape.ts";
import { complain } from "./complain.ts";
import type { Ending } from "./ending.ts";
import { type ExitCode, exitCodes } from "./exit-code.ts";
import { processWorld } from "./process-world.ts";
import { program } from "./program.ts";
import type { World } from "./world.ts";

/** Runs one command line and gives the exit code. Whatever a command throws is a bug of docknet, and said so. */
export async function main(
  argv: readonly string[],
  world: World = processWorld(),
): Promise<ExitCode> {
  const ending: Ending = { exitCode: exitCodes.ok };
  const written: string[] = [];
  const complained: string[] = [];
  const root = program(world, ending);
  for (const command of [root, ...root.commands]) {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => written.push(text),
      writeErr: (text) => complained.push(text),
      getOutHelpWidth: () => world.stdout.columns ?? 80,
      getErrHelpWidth: () => world.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  }
  try {
    await root.parseAsync(argv);
    return ending.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      await world.stdout.write(written.join(""));
      await world.stderr.write(complained.join(""));
      return error.exitCode === 0 && !isWithoutCommand(error) ? exitCodes.ok : exitCodes.usage;
    }
    if (isUnwritten(error))
      return complain(world, `cannot write the output: ${error.message}`, exitCodes.ownFault);
    return complain(world, faultText(error), exitCodes.ownFault);
  }
}

/** A bug outside of what main waits for. Node's own exit code for it would read as "a warning". */
export function endOnFault(error: unknown): void {
  process.stderr.write(`docknet: ${escapeText(faultText(error))}\n`, () =>
    process.exit(exitCodes.ownFault),
  );
}

function faultText(error: unknown): string {
  const [first = "", place = ""] = stackOf(error).split("\n");
  const report = "please report it with the command line and `docknet --version`";
  return `docknet's own fault: ${first} ${place.trim()}; ${report}`;
}

/** `docknet` alone prints its help, as bad usage. */
function isWithoutCommand(error: CommanderError): boolean {
  return error.code === "commander.help";
}

/** The disk is full, or the like: nobody's bug. */
function isUnwritten(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && error.syscall === "write";
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
