import type { Severity, Summary } from "../model/finding.ts";
import type { Tone } from "./text.ts";

type Marked = Severity | Summary["status"] | "not-applicable";

/** Signs that carry the meaning when colour is missing. */
export const glyphs: Readonly<Record<Marked, string>> = {
  critical: "✗",
  warning: "!",
  info: "i",
  ok: "✓",
  unknown: "?",
  "not-applicable": "–",
};

export const toneOf: Readonly<Record<Marked, Tone>> = {
  critical: "critical",
  warning: "warning",
  info: "note",
  ok: "good",
  unknown: "warning",
  "not-applicable": "quiet",
};
