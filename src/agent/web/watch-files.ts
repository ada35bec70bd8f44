import { fileStamp } from "../../config/web/file-stamp.ts";

/** Looks after files. */
export interface FileWatch {
  /** Looks at once; settles when what came of it is done. */
  look(): Promise<void>;
  stop(): void;
}

interface WatchParts {
  /** Asked anew each time: a configuration may name other files than before. */
  files(): readonly string[];
  onChange(): Promise<void>;
  readonly everyMs: number;
}

/**
 * Calls when files have changed and then stayed the same from one look to the next, so that no half-written file is read. It looks
 * instead of listening: that works over links that are swapped, and on every file system.
 */
export async function watchFiles(parts: WatchParts): Promise<FileWatch> {
  let settled = await fileStamp(parts.files());
  let before = settled;
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const files = parts.files();
    const now = await fileStamp(files);
    const isSettled = now === before;
    before = now;
    if (now === settled || !isSettled) return;
    settled = now;
    await parts.onChange();
    if (parts.files().join("\n") === files.join("\n")) return;
    settled = await fileStamp(parts.files());
    before = settled;
  };
  const oneLook = (): Promise<void> => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const timer = setInterval(() => void oneLook(), parts.everyMs);
  timer.unref();
  return { look: oneLook, stop: () => clearInterval(timer) };
}
