import type { Report } from "../model/finding.ts";
import { jsonReport } from "./json.ts";
import { terminalReport } from "./terminal.ts";
import type { Page } from "./text.ts";

export interface RenderOptions extends Page {
  /** What the process will end with, as --fail-on decides. */
  readonly exitCode: number;
}

export type Renderer = (report: Report, options: RenderOptions) => string;
export type Format = "terminal" | "json";

export const renderersByFormat: Readonly<Record<Format, Renderer>> = {
  terminal: terminalReport,
  json: jsonReport,
};
