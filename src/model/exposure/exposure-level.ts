import type { ExposureLevel } from "./exposure-report.ts";

/** From nobody up. */
const levels: readonly ExposureLevel[] = ["nobody", "host", "named", "lan", "anyone"];

/** The least that is certain, and the most that is possible where that is more. */
export interface LevelRange {
  readonly level: ExposureLevel;
  readonly perhaps?: ExposureLevel;
}

/** Whether the first lets in more than the second. */
export function isWider(a: ExposureLevel, b: ExposureLevel): boolean {
  return levels.indexOf(a) > levels.indexOf(b);
}

/** The widest of them; nobody where there are none. */
export function widestOf(all: readonly ExposureLevel[]): ExposureLevel {
  return all.reduce<ExposureLevel>(
    (most, level) => (isWider(level, most) ? level : most),
    "nobody",
  );
}

/** The most that is possible. */
export function mostOf({ level, perhaps }: LevelRange): ExposureLevel {
  return perhaps ?? level;
}
