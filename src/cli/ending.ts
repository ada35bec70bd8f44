import type { ExitCode } from "./exit-code.ts";

/** What the commands hand back: commander itself returns nothing. */
export interface Ending {
  exitCode: ExitCode;
}
