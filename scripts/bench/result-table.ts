import type { Figure, Measurement, Unit } from "./measurement.ts";

const symbols: Readonly<Record<Unit, string>> = {
  ms: "ms",
  us: "µs",
  "1/s": "/s",
  MiB: "MiB",
  KiB: "KiB",
  x: "×",
  count: "",
  "%": "%",
};

/** What was measured as lines for a person: a title, a line for each figure, and what bounds it. */
export function resultTable(measurement: Measurement, figures: readonly Figure[]): string {
  const numbers = figures.map(numberText);
  const widest = Math.max(0, ...numbers.map(({ length }) => length));
  const rows = figures.map(({ title, unit }, index) => {
    const number = (numbers[index] ?? "").padStart(widest);
    return `  ${number} ${symbols[unit].padEnd(4)} ${title}`;
  });
  return [measurement.title, ...rows, `  limited by: ${measurement.limitedBy}`, ""].join("\n");
}

function numberText({ value, unit }: Figure): string {
  const isWhole = unit === "count" || unit === "1/s" || Math.abs(value) >= 1_000;
  const digits = isWhole ? 0 : Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
