import { type Evidence, type Finding, type Remedy, subjectText } from "../model/finding.ts";
import { queryCommand } from "../model/query.ts";
import type { Cause } from "./causes.ts";
import { glyphs, toneOf } from "./glyphs.ts";
import { counted, type Line, type Page, paragraph, plain, span, wrap } from "./text.ts";

/** Causes of one check that are told in full; of the rest each gets one line, unless all is asked for. */
const toldInFull = 3;
const evidenceInFull = 4;
const longestEvidence = 600;
const labelWidth = 12;
const indent = 2;
const textColumn = indent + labelWidth;

/** One section per cause, worst first. */
export function causeLines(causes: readonly Cause[], page: Page): readonly (readonly Line[])[] {
  const told: Cause[] = [];
  const folded = new Set<string>();
  return causes.flatMap((cause): readonly (readonly Line[])[] => {
    const { check } = cause.finding;
    if (folded.has(check)) return [];
    const earlier = [...told];
    const same = earlier.filter(({ finding }) => finding.check === check);
    if (page.detail === "folded" && same.length >= toldInFull) {
      folded.add(check);
      const rest = causes.filter((other) => other.finding.check === check && !same.includes(other));
      return [foldedSection(check, rest, page)];
    }
    told.push(cause);
    return [causeSection(cause, { earlier, page })];
  });
}

function causeSection(
  { finding, outcome, symptoms }: Cause,
  so: { readonly earlier: readonly Cause[]; readonly page: Page },
): readonly Line[] {
  const { page } = so;
  const seen = finding.observed;
  return [
    heading(finding),
    ...paragraph(finding.message, { columns: page.columns, indent }),
    ...(seen === undefined ? [] : field("seen", seen, page)),
    ...(finding.expected === undefined ? [] : field("expected", finding.expected, page)),
    ...evidenceLines(finding.evidence, page),
    ...ownerLines(finding.evidence, page),
    ...affectsLines([finding, ...symptoms], page),
    ...symptomLines(symptoms, page),
    ...remedyLines(finding, so),
    ...proofLines(finding, page),
    ...outcome.check.references
      .slice(0, page.detail === "all" ? undefined : 1)
      .flatMap((reference, index) => verbatim(index === 0 ? "reference" : "", reference)),
    ...verbatim("more", `docknet explain ${finding.check}`),
  ];
}

function heading(finding: Finding): Line {
  const { severity, check } = finding;
  return [
    span(toneOf[severity], `${glyphs[severity]} ${check}`),
    span("plain", "  "),
    span("strong", subjectText(finding.subject)),
  ];
}

function foldedSection(check: string, causes: readonly Cause[], page: Page): readonly Line[] {
  return [
    plain(`and ${causes.length} more of ${check} (--verbose tells each in full)`),
    ...causes.flatMap(({ finding }) => {
      const mark = `  ${glyphs[finding.severity]} `;
      const text = `${subjectText(finding.subject)}: ${finding.message}`;
      const [first = "", ...rest] = wrap(text, page.columns - mark.length);
      return [
        [span(toneOf[finding.severity], mark), span("plain", first)],
        ...rest.map((line) => plain(`${" ".repeat(mark.length)}${line}`)),
      ];
    }),
  ];
}

/** The command that shows it once, then the very lines that it prints. */
function evidenceLines(evidence: readonly Evidence[], page: Page): readonly Line[] {
  const most = page.detail === "all" ? evidence.length : evidenceInFull;
  const bySource = new Map<string, Evidence[]>();
  for (const piece of evidence.slice(0, most)) {
    const command = queryCommand(piece.source);
    bySource.set(command, [...(bySource.get(command) ?? []), piece]);
  }
  const texts = [...bySource].flatMap(([command, pieces]) => [
    `$ ${command}`,
    ...pieces.map(evidenceText),
  ]);
  const left = evidence.length - most;
  const more = left > 0 ? [`and ${left} more (--verbose)`] : [];
  return [...texts, ...more].flatMap((text, index) =>
    verbatim(index === 0 ? "evidence" : "", text),
  );
}

/** Who keeps the rules that decide, each once. */
function ownerLines(evidence: readonly Evidence[], page: Page): readonly Line[] {
  const names = [...new Set(evidence.flatMap(({ owner }) => owner?.name ?? []))];
  return names.length === 0 ? [] : field("rule of", names.join("; "), page);
}

function evidenceText({ line, text }: Evidence): string {
  const place = line === undefined ? "" : `line ${line}: `;
  if (text.length <= longestEvidence) return `${place}${text}`;
  const left = text.length - longestEvidence;
  return `${place}${text.slice(0, longestEvidence)}… (${left} more characters)`;
}

/** Names of the promises that are broken by it: `egress:web@appnet/ipv4`. */
function affectsLines(findings: readonly Finding[], page: Page): readonly Line[] {
  const intents = [...new Set(findings.flatMap(({ intents = [] }) => intents))];
  if (intents.length === 0) return [];
  const kinds = new Map<string, number>();
  for (const intent of intents) {
    const kind = intent.split(":", 1)[0] ?? intent;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  const parts = [...kinds].map(([kind, count]) => `${count} ${kind}`);
  const head = `${counted(intents.length, "path")} that Docker promises (${parts.join(", ")})`;
  const named = page.detail === "all" ? intents : [];
  return [...field("affects", head, page), ...named.flatMap((intent) => verbatim("", intent))];
}

function symptomLines(symptoms: readonly Finding[], page: Page): readonly Line[] {
  if (symptoms.length === 0) return [];
  const checks = new Map<string, number>();
  for (const { check } of symptoms) checks.set(check, (checks.get(check) ?? 0) + 1);
  const parts = [...checks].map(([check, count]) => (count === 1 ? check : `${check} ×${count}`));
  const head = `${counted(symptoms.length, "symptom")}: ${parts.join(", ")}`;
  const each = page.detail === "all" ? symptoms : [];
  return [
    ...field("explains", head, page),
    ...each.flatMap((symptom) =>
      field("", `${symptom.check} ${subjectText(symptom.subject)}: ${symptom.message}`, page),
    ),
  ];
}

function remedyLines(
  finding: Finding,
  so: { readonly earlier: readonly Cause[]; readonly page: Page },
): readonly Line[] {
  const { remedy } = finding;
  const before = so.earlier.find((cause) => isSameRemedy(cause.finding.remedy, remedy));
  if (before !== undefined) {
    const subject = subjectText(before.finding.subject);
    return field("remedy now", `as for ${before.finding.check} ${subject} above`, so.page);
  }
  const effects = remedy.sideEffects === undefined ? "" : ` (${remedy.sideEffects})`;
  return [
    ...field("remedy now", `${remedy.summary}${effects}`, so.page),
    ...remedy.commands.flatMap((command) => verbatim("", `  ${command}`)),
    ...remedy.persistent.flatMap((step, index) => verbatim(index === 0 ? "to keep it" : "", step)),
  ];
}

function isSameRemedy(a: Remedy, b: Remedy): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function proofLines({ proof }: Finding, page: Page): readonly Line[] {
  if (proof === undefined) return [];
  const text = `on the model, the remedy mends ${proof.mends} of ${proof.of} broken promises`;
  return field("proof", text, page);
}

/** A label, then text wrapped beside it. */
function field(label: string, text: string, page: Page): readonly Line[] {
  return wrap(text, page.columns - textColumn).flatMap((line, index) =>
    verbatim(index === 0 ? label : "", line),
  );
}

/** A label, then text as it is: never wrapped, so that it can be copied or searched for. */
function verbatim(label: string, text: string): readonly Line[] {
  const margin = `${" ".repeat(indent)}${label.padEnd(labelWidth)}`;
  return [[span("quiet", margin), span("plain", text)]];
}
