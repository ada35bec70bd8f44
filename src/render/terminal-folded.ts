import { type Finding, type Report, subjectText } from "../model/finding.ts";
import type { SortedFindings } from "./causes.ts";
import { glyphs } from "./glyphs.ts";
import { counted, flow, type Line, type Page, paragraph, plain, span, type Tone } from "./text.ts";

/** What passed, what does not apply and what was ignored by request: counted, or listed when all is asked for. */
export function foldedLines(
  report: Report,
  so: { readonly sorted: SortedFindings; readonly page: Page },
): readonly Line[] {
  return so.page.detail === "all"
    ? listed(report, so)
    : flow(counts(report, so.sorted), { columns: so.page.columns, separator: "   " }).map(plain);
}

function counts(report: Report, { suppressed, silenced }: SortedFindings): readonly string[] {
  const { pass, "not-applicable": inapplicable } = report.summary.counts;
  const ignored = suppressed.length + silenced.length;
  const parts = [
    ...(pass === 0 ? [] : [`${glyphs.ok} ${counted(pass, "check")} passed`]),
    ...(inapplicable === 0 ? [] : [`${glyphs["not-applicable"]} ${inapplicable} not applicable`]),
    ...(ignored === 0 ? [] : [`${counted(ignored, "finding")} ignored`]),
  ];
  return parts.length === 0 ? [] : [...parts, "(--verbose lists them)"];
}

function listed(
  report: Report,
  so: { readonly sorted: SortedFindings; readonly page: Page },
): readonly Line[] {
  const { suppressed, silenced } = so.sorted;
  const item = (mark: string, text: string, tone: Tone): readonly Line[] =>
    entry({ mark, text, tone }, so.page);
  return [
    ...report.outcomes.flatMap(({ check, result }) =>
      result.status === "pass" ? item(glyphs.ok, `${check.id}: ${check.passTitle}`, "good") : [],
    ),
    ...report.outcomes.flatMap(({ check, result }) =>
      result.status === "not-applicable"
        ? item(glyphs["not-applicable"], `${check.id}: ${result.reason}`, "quiet")
        : [],
    ),
    ...report.collectors.flatMap(({ fact, state, reason }) =>
      state === "absent"
        ? item(glyphs["not-applicable"], `no ${fact}: ${reason ?? "the host has none"}`, "quiet")
        : [],
    ),
    ...suppressed.flatMap((finding) => item("~", `ignored: ${title(finding)}`, "quiet")),
    ...silenced.flatMap((finding) => item("~", `ignored with it: ${title(finding)}`, "quiet")),
  ];
}

function entry(
  of: { readonly mark: string; readonly text: string; readonly tone: Tone },
  page: Page,
): readonly Line[] {
  const lines = paragraph(of.text, { columns: page.columns, indent: 2 });
  const [first, ...rest] = lines;
  return [[span(of.tone, `${of.mark} `), ...(first?.slice(1) ?? [])], ...rest];
}

function title(finding: Finding): string {
  return `${finding.check} ${subjectText(finding.subject)}: ${finding.message}`;
}
