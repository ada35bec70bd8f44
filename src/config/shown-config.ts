import { configKeys } from "./keys.ts";
import type { ConfigOrigins, WrittenValues } from "./load.ts";

/** What holds, as a file that means the same; with `origins` each line says where its value came from. */
export function shownConfig(written: WrittenValues, origins: ConfigOrigins | undefined): string {
  const sections = Map.groupBy(configKeys, ({ key }) => key.split(".")[0] ?? "");
  const lines = [...sections].flatMap(([section, keys]) => [
    { text: `${section}:`, origin: undefined },
    ...keys.map(({ key }) => ({
      text: `  ${key.slice(section.length + 1)}:${valueText(written[key])}`,
      origin: written[key] === undefined && origins !== undefined ? "not set" : origins?.[key],
    })),
  ]);
  const width = Math.max(...lines.map(({ text }) => (text.length > 50 ? 0 : text.length)));
  return lines
    .map(({ text, origin }) =>
      origin === undefined ? `${text}\n` : `${text.padEnd(width)}  # ${origin}\n`,
    )
    .join("");
}

/** As YAML; JSON is YAML, and quotes what a person would not. */
function valueText(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return ` [${value.map((item) => JSON.stringify(item)).join(", ")}]`;
  if (typeof value === "string" && isPlain(value)) return ` ${value}`;
  return ` ${JSON.stringify(value)}`;
}

/** Whether YAML takes the text for a text without quotes. */
function isPlain(text: string): boolean {
  return /^(?:\/?[a-z][\w./:-]*[\w/]|\d+[a-z]+)$/.test(text) && !/^(?:true|false|null)$/.test(text);
}
