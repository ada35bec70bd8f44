import type { Report } from "../model/finding.ts";
import { type SortedFindings, sortFindings } from "./causes.ts";
import { glyphs, toneOf } from "./glyphs.ts";
import { causeLines } from "./terminal-causes.ts";
import { foldedLines } from "./terminal-folded.ts";
import { hostLines } from "./terminal-host.ts";
import { unknownLines } from "./terminal-unknown.ts";
import { counted, emptyLine, type Line, type Page, paragraph, printed, span } from "./text.ts";

/** The report as a person reads it: causes first, then what could not be looked at, then the rest in one line. */
export function terminalReport(
  report: Report,
  options: Page & { readonly exitCode: number },
): string {
  const sorted = sortFindings(report);
  const sections = [
    [...hostLines(report, options), ...statusLines(report, { sorted, page: options })],
    ...causeLines(sorted.causes, options),
    unknownLines(report, options),
    foldedLines(report, { sorted, page: options }),
    [lastLine(report, options.exitCode)],
  ];
  const lines = sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : [emptyLine, ...section]));
  return printed(lines, options.colour);
}

function statusLines(
  report: Report,
  so: { readonly sorted: SortedFindings; readonly page: Page },
): readonly Line[] {
  const { status } = report.summary;
  const head = span(toneOf[status], `${glyphs[status]} `);
  const [first = "", ...rest] = paragraphTexts(statusText(report, so.sorted), so.page.columns);
  return [
    emptyLine,
    [head, span(toneOf[status], first)],
    ...rest.map((text): Line => [span("plain", "  "), span(toneOf[status], text)]),
  ];
}

function paragraphTexts(text: string, columns: number): readonly string[] {
  return paragraph(text, { columns: columns - 2, indent: 0 }).map((line) =>
    line.map((piece) => piece.text).join(""),
  );
}

function statusText(report: Report, { causes }: SortedFindings): string {
  const { status } = report.summary;
  if (causes.length > 0) {
    const symptoms = causes.reduce((sum, cause) => sum + cause.symptoms.length, 0);
    const folded = symptoms === 0 ? [] : [`${counted(symptoms, "symptom")} explained`];
    const parts = [countedCauses(causes), ...folded, ...blindTexts(report)];
    return `${status.toUpperCase()}: ${parts.join(", ")}`;
  }
  if (status === "unknown")
    return `UNKNOWN: nothing wrong found, but ${blindTexts(report).join("")}`;
  return healthyText(report);
}

function countedCauses(causes: SortedFindings["causes"]): string {
  const parts = (["critical", "warning", "info"] as const).flatMap((severity) => {
    const count = causes.filter(({ finding }) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  const split = parts.length === 1 ? "" : ` (${parts.join(", ")})`;
  return `${counted(causes.length, "cause")}${split}`;
}

function blindTexts(report: Report): readonly string[] {
  const { unknown, broken } = report.summary.counts;
  const blind = unknown + broken;
  return blind === 0 ? [] : [`${counted(blind, "check")} could not tell`];
}

function healthyText(report: Report): string {
  const { counts } = report.summary;
  const { kept, failed, degraded, unsure } = report.readings.intents;
  const judged = kept + failed + degraded + unsure;
  if (counts.pass === 0) return `OK: no check applies to this host${commonReason(report)}`;
  const passed = `OK: nothing wrong found; ${counted(counts.pass, "check")} passed`;
  if (judged === 0) return passed;
  return `${passed} and ${kept} of ${counted(judged, "path")} that Docker promises carry traffic`;
}

/** Why no check applies, where it is one and the same reason. */
function commonReason(report: Report): string {
  const reasons = new Set(
    report.outcomes.flatMap(({ result }) =>
      result.status === "not-applicable" ? [result.reason] : [],
    ),
  );
  const [reason] = reasons;
  return reason === undefined || reasons.size > 1 ? "" : `: ${reason}`;
}

function lastLine(report: Report, exitCode: number): Line {
  const { status } = report.summary;
  return [
    span("plain", "status "),
    span(toneOf[status], status),
    span("plain", `, exit code ${exitCode}`),
  ];
}
