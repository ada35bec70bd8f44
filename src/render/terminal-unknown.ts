import type { CheckOutcome, CollectorOutcome, Doubt, Report } from "../model/finding.ts";
import { queryCommand } from "../model/query.ts";
import { glyphs } from "./glyphs.ts";
import { sandboxTexts } from "./terminal-coverage.ts";
import { counted, type Line, type Page, paragraph, plain, span } from "./text.ts";

/** One reason, said once, with everything that it leaves unknown. */
interface Blindness {
  /** Reasons that differ only in what they quote, such as the command. */
  readonly reasons: readonly string[];
  readonly nextStep: string | undefined;
  readonly facts: readonly string[];
  readonly checks: readonly string[];
}

/** What could not be looked at, or not be judged, and why. One reason is said once, however many checks wanted to know. */
export function unknownLines(report: Report, page: Page): readonly Line[] {
  const reasons = blindnesses(report);
  const broken = report.outcomes.flatMap(brokenLine);
  const passedOver = passedOverTexts(report.collectors, page);
  const gaps = [...report.collectors.flatMap(gapTexts), ...sandboxTexts(report, page)];
  if (reasons.length + broken.length + gaps.length + passedOver.length === 0) return [];
  return [
    [span("strong", "Not known, and why")],
    ...reasons.flatMap((reason) => blindnessLines(reason, page)),
    ...[...broken, ...gaps, ...passedOver].flatMap((text) => marked(text, page)),
  ];
}

const quoted = /"[^"]*"/g;

function blindnesses(report: Report): readonly Blindness[] {
  const byReason = new Map<string, Blindness>();
  const add = (doubt: Pick<Doubt, "reason" | "nextStep">, to: Partial<Blindness>): void => {
    const kind = doubt.reason.replaceAll(quoted, "");
    const before = byReason.get(kind);
    byReason.set(kind, {
      reasons: united(before?.reasons, [doubt.reason]),
      nextStep: before?.nextStep ?? doubt.nextStep,
      facts: united(before?.facts, to.facts),
      checks: united(before?.checks, to.checks),
    });
  };
  for (const { fact, state, reason, failure } of report.collectors) {
    if (state !== "unknown") continue;
    add({ reason: failure?.message ?? reason ?? "no reason was given" }, { facts: [words(fact)] });
  }
  for (const { check, result } of report.outcomes) {
    for (const doubt of doubtsOf(result)) add(doubt, { checks: [check.id] });
  }
  const all = [...byReason.values()];
  const isFelt = ({ checks }: Blindness): boolean => checks.length > 0;
  return [...all.filter(isFelt), ...all.filter((blindness) => !isFelt(blindness))];
}

function doubtsOf(result: CheckOutcome["result"]): readonly Doubt[] {
  if (result.status === "unknown") return result.because;
  return result.status === "fail" ? result.doubts : [];
}

function united(
  before: readonly string[] | undefined,
  more: readonly string[] | undefined,
): readonly string[] {
  return [...new Set([...(before ?? []), ...(more ?? [])])];
}

function blindnessLines(blindness: Blindness, page: Page): readonly Line[] {
  // No check needed it: one line is enough.
  if (blindness.checks.length === 0)
    return marked(`${blindness.facts.join(", ")}: ${reasonText(blindness, page)}`, page);
  const next = blindness.nextStep === undefined ? [] : [`next: ${blindness.nextStep}`];
  const left = [named(blindness.facts, "fact", page), named(blindness.checks, "check", page)];
  const leaves = left.filter((text) => text !== "").join("; ");
  return [
    ...marked(reasonText(blindness, page), page),
    ...next.flatMap((text) => paragraph(text, { columns: page.columns, indent: 4 })),
    ...paragraph(`unknown for it: ${leaves}`, {
      columns: page.columns,
      indent: 4,
      tone: "quiet",
    }),
  ];
}

/** `no answer to "ip -j rule" and 3 more like it; …`; all that is quoted where all is asked for. */
function reasonText({ reasons }: Blindness, page: Page): string {
  const [first = "", ...others] = reasons;
  if (others.length === 0) return first;
  const more =
    page.detail === "all"
      ? others.flatMap((reason) => reason.match(quoted) ?? []).join(", ")
      : `${others.length} more like it`;
  return first.replace(/"[^"]*"/, (name) => `${name} and ${more}`);
}

const namedWithoutVerbose = 4;

function named(names: readonly string[], noun: string, page: Page): string {
  if (names.length === 0) return "";
  if (page.detail === "folded" && names.length > namedWithoutVerbose)
    return counted(names.length, noun);
  return `${names.length === 1 ? noun : `${noun}s`} ${names.join(", ")}`;
}

function brokenLine({ check, result }: CheckOutcome): readonly string[] {
  if (result.status !== "broken") return [];
  return [`docknet's own fault in check ${check.id}: ${result.error}; please report it`];
}

function gapTexts({ fact, gaps }: CollectorOutcome): readonly string[] {
  return (gaps ?? []).map((gap) => `${words(fact)}: ${gap}`);
}

function passedOverTexts(collectors: readonly CollectorOutcome[], page: Page): readonly string[] {
  const odd = collectors.filter(({ ignoredLines }) => ignoredLines > 0);
  if (odd.length === 0) return [];
  const parts = odd.map(({ fact, ignoredLines }) => `${ignoredLines} in ${words(fact)}`);
  const sum = `lines that docknet does not understand and passed over: ${parts.join(", ")}`;
  return page.detail === "folded" ? [sum] : [sum, ...odd.flatMap(ignoredTexts)];
}

function ignoredTexts({ fact, ignored = [] }: CollectorOutcome): readonly string[] {
  return ignored.map(({ line, text, reason, source }) => {
    const where = source === undefined ? words(fact) : `\`${queryCommand(source)}\``;
    return `line ${line} of ${where}: ${JSON.stringify(shortened(text))} (${reason})`;
  });
}

function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function marked(text: string, page: Page): readonly Line[] {
  const [first, ...rest] = paragraph(text, { columns: page.columns, indent: 4 });
  const head = first?.at(-1)?.text ?? "";
  return [
    [span("warning", `  ${glyphs.unknown} `), span("plain", head)],
    ...(first === undefined ? [plain("")] : []),
    ...rest,
  ];
}

/** `routingRules` → `routing rules`. */
function words(fact: string): string {
  return fact.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
