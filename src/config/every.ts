/**
 * The cron expression of six fields that ticks every so many milliseconds; undefined where cron cannot say it: the interval has
 * to divide a minute, an hour or a day evenly.
 */
export function cronEvery(everyMs: number): string | undefined {
  const seconds = everyMs / 1_000;
  if (divides(seconds, 60)) return `*/${seconds} * * * * *`;
  if (divides(seconds / 60, 60)) return `0 */${seconds / 60} * * * *`;
  if (divides(seconds / 3_600, 24)) return `0 0 */${seconds / 3_600} * * *`;
  return seconds === 86_400 ? "0 0 0 * * *" : undefined;
}

function divides(part: number, whole: number): boolean {
  return Number.isInteger(part) && part > 0 && part < whole && whole % part === 0;
}
