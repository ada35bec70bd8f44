import type { Progress } from "../engine/plan.ts";
import type { OutputStream } from "./world.ts";

export interface ProgressLine {
  show(progress: Progress): void;
  /** Wipes the line; the report begins on a clean one. */
  clear(): Promise<void>;
}

const wipe = "\r\u001b[2K";

/** One line on a terminal's stderr, rewritten as the run goes on. Off a terminal there is none. */
export function progressLine(stderr: OutputStream): ProgressLine {
  if (!stderr.isTerminal) return { show: () => undefined, clear: async () => undefined };
  let last = Promise.resolve();
  const write = (text: string): void => {
    last = last.then(() => stderr.write(text));
  };
  return {
    show: (progress) => write(`${wipe}${progressText(progress)}`),
    clear: () => {
      write(wipe);
      return last;
    },
  };
}

function progressText(progress: Progress): string {
  switch (progress.kind) {
    case "collecting":
      return `looked at ${progress.done} of ${progress.of}: ${progress.fact}`;
    case "judging":
      return "judging what was seen";
  }
}
