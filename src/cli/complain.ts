import { escapeText } from "../render/escape.ts";
import type { ExitCode } from "./exit-code.ts";
import type { World } from "./world.ts";

/** Says on stderr what went wrong and what to do; the lines of the message stay lines. */
export async function complain(
  world: Pick<World, "stderr">,
  message: string,
  exitCode: ExitCode,
): Promise<ExitCode> {
  const lines = message.split("\n").map(escapeText);
  await world.stderr.write(`docknet: ${lines.join("\n")}\n`);
  return exitCode;
}
