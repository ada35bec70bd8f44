import type { Evidence, Remedy } from "../../model/finding.ts";
import { queryCommand } from "../../model/query.ts";
import type { WhyFinding, WhyOutcome, WhyReport } from "../../model/why/why-report.ts";
import {
  emptyLine,
  type Line,
  type Page,
  paragraph,
  plain,
  printed,
  span,
  type Tone,
  wrap,
} from "../text.ts";

const signs: Readonly<Record<WhyOutcome, { readonly sign: string; readonly tone: Tone }>> = {
  broken: { sign: "✗", tone: "critical" },
  fine: { sign: "✓", tone: "good" },
  unsure: { sign: "?", tone: "warning" },
};

/** The answer for people: what it is, what shows it, what to do; then what else was seen, and what could not be. */
export function whyTerminal(report: WhyReport, page: Page): string {
  const { outcome, sentence, causes, suspects, notes, trace } = report;
  const { sign, tone } = signs[outcome];
  const told = [...causes, ...suspects];
  const [first, ...others] = told;
  const lines: readonly Line[] = [
    ...headed({ sign, tone, text: sentence }, page),
    ...(first === undefined ? [] : bodyLines(first, page)),
    ...others.flatMap((finding, index) => [
      emptyLine,
      ...headed(
        {
          ...signs[index + 1 < causes.length ? "broken" : "unsure"],
          text: `then: ${finding.message}`,
        },
        page,
      ),
      ...bodyLines(finding, page),
    ]),
    ...notes.flatMap((finding) => [
      emptyLine,
      ...headed({ sign: "i", tone: "note", text: finding.message }, page),
      ...bodyLines(finding, page),
    ]),
    ...seenLines(report, page),
    ...unknownLines(report, page),
    ...elsewhereLines(report, page),
    ...(trace === undefined ? [] : [emptyLine, ...field("the way", trace.command)]),
  ];
  return printed(lines, page.colour);
}

interface Head {
  readonly sign: string;
  readonly tone: Tone;
  readonly text: string;
}

/** A sign, and a sentence wrapped behind it. */
function headed({ sign, tone, text }: Head, page: Page): readonly Line[] {
  return paragraph(text, { columns: page.columns, indent: 2 }).map((line, index) =>
    index === 0 ? [span(tone, `${sign} `), ...line.slice(1)] : line,
  );
}

function bodyLines({ evidence, remedy, check }: WhyFinding, page: Page): readonly Line[] {
  return [
    ...evidenceLines(evidence),
    ...(remedy === undefined ? [] : remedyLines(remedy, page)),
    ...(check === undefined
      ? []
      : [
          ...wrapped("proof", "on the model, the packet arrives with this remedy", page),
          ...field("more", `docknet explain ${check}`),
        ]),
  ];
}

const longestEvidence = 600;

/** The command that shows it, once, then what it shows. */
function evidenceLines(evidence: readonly Evidence[]): readonly Line[] {
  const bySource = Map.groupBy(evidence, ({ source }) => queryCommand(source));
  const texts = [...bySource].flatMap(([command, pieces]) => [
    `$ ${command}`,
    ...pieces.map(({ text }) =>
      text.length > longestEvidence ? `${text.slice(0, longestEvidence)}…` : text,
    ),
  ]);
  return texts.flatMap((text, index) => field(index === 0 ? "evidence" : "", text));
}

function remedyLines({ summary, commands, sideEffects, persistent }: Remedy, page: Page) {
  const effects = sideEffects === undefined ? "" : ` (${sideEffects})`;
  return [
    ...wrapped("remedy", `${summary}${effects}`, page),
    ...commands.flatMap((command) => field("", `  ${command}`)),
    ...persistent.flatMap((step, index) => wrapped(index === 0 ? "to keep it" : "", step, page)),
  ];
}

function seenLines({ seen }: WhyReport, page: Page): readonly Line[] {
  if (seen.length === 0) return [];
  return [
    emptyLine,
    [span("strong", "Looked at")],
    ...seen.flatMap(({ topic, text }) => wrapped(topic, text, page)),
  ];
}

function unknownLines({ unknown }: WhyReport, page: Page): readonly Line[] {
  if (unknown.length === 0) return [];
  return [
    emptyLine,
    [span("strong", "Not known")],
    ...unknown.flatMap(({ topic, text, isNeeded }) =>
      wrapped(topic, `${text}${isNeeded ? "" : " (the answer does not depend on it)"}`, page),
    ),
  ];
}

function elsewhereLines({ elsewhere }: WhyReport, page: Page): readonly Line[] {
  if (elsewhere.length === 0) return [];
  return [
    emptyLine,
    [span("strong", "It is something else, then")],
    ...elsewhere.flatMap((text) => listItem(text, page)),
  ];
}

function listItem(text: string, page: Page): readonly Line[] {
  return wrap(text, page.columns - 4).map((line, index) =>
    plain(`${index === 0 ? "  – " : "    "}${line}`),
  );
}

const labelWidth = 12;

function wrapped(label: string, text: string, page: Page): readonly Line[] {
  return wrap(text, page.columns - labelWidth - 2).flatMap((line, index) =>
    field(index === 0 ? label : "", line),
  );
}

/** A label, then text as it is: never wrapped, so that it can be copied. */
function field(label: string, text: string): readonly Line[] {
  return [[span("quiet", `  ${label.padEnd(labelWidth)}`), span("plain", text)]];
}
