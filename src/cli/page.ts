import type { Page } from "../render/text.ts";
import type { OutputStream, World } from "./world.ts";

const narrowest = 40;
const usual = 80;
const widest = 120;

/** How to print on a stream: colour on a terminal only, unless NO_COLOR or --no-color says otherwise. */
export function pageFor(
  stream: OutputStream,
  so: {
    readonly env: World["env"];
    readonly color: boolean;
    readonly detail: Page["detail"];
  },
): Page {
  const { NO_COLOR: noColor = "", TERM: term } = so.env;
  const isPlain = !so.color || noColor !== "" || term === "dumb" || !stream.isTerminal;
  const columns = stream.isTerminal ? (stream.columns ?? usual) : usual;
  return {
    columns: Math.min(widest, Math.max(narrowest, columns)),
    colour: isPlain ? "off" : "on",
    detail: so.detail,
  };
}
