import type { Report } from "../model/finding.ts";
import { escapeJson } from "./escape.ts";

/** The report as JSON. Schema: docs/report.schema.json. */
export function jsonReport(report: Report): string {
  return jsonDocument(report);
}

/** Any plain value as indented JSON, safe to look at on a terminal. */
export function jsonDocument(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, undefined, 2))}\n`;
}
