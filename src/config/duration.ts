/** Milliseconds per unit of a duration as people write it. */
const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The longest wait that a timer of Node can hold, in milliseconds. */
const longestDurationMs = 2 ** 31 - 1;

/**
 * Milliseconds of a duration such as `500ms`, `30s`, `5m` or `1h30m`; undefined when the text is not one, or when it is longer
 * than a timer can wait (24.8 days).
 */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d{1,10}(?:ms|s|m|h|d))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([a-z]+)/g)];
  const totalMs = parts.reduce(
    (sum, [, amount = "", unit = ""]) => sum + Number(amount) * (unitMs[unit] ?? Number.NaN),
    0,
  );
  return totalMs <= longestDurationMs ? totalMs : undefined;
}
