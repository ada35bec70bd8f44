import type { CheckMeta } from "../model/finding.ts";
import { escapeText } from "./escape.ts";
import { emptyLine, type Line, type Page, paragraph, plain, printed, span } from "./text.ts";

/** What a check's page is made of: its metadata, and the collectors behind the facts that it requires. */
export interface CheckPage {
  readonly check: CheckMeta;
  readonly looksAt: readonly FactSource[];
}

/** One fact and the questions behind it. */
export interface FactSource {
  readonly fact: string;
  readonly title: string;
  readonly reads: readonly { readonly what: string; readonly where?: string }[];
}

interface Section {
  readonly title: string;
  readonly parts: readonly Part[];
}

type Part =
  | { readonly kind: "text" | "item"; readonly text: string }
  | { readonly kind: "commands"; readonly commands: readonly string[] }
  | { readonly kind: "fact"; readonly source: FactSource };

/** The page as Markdown: docs/checks/<id>.md. */
export function checkPageMarkdown(page: CheckPage): string {
  const { check } = page;
  const head = `# ${check.title}\n\n\`${check.id}\` · ${check.severity} · ${check.area}\n`;
  const body = sections(page).map(
    ({ title, parts }) => `\n## ${title}\n\n${markdownParts(parts)}\n`,
  );
  return `${head}${body.join("")}`;
}

/** The same page for a terminal: docknet explain <id>. */
export function checkPageTerminal(page: CheckPage, to: Page): string {
  const { check } = page;
  const lines: readonly Line[] = [
    ...paragraph(check.title, { columns: to.columns, indent: 0, tone: "strong" }),
    plain(`${check.id} · ${check.severity} · ${check.area}`),
    ...sections(page).flatMap(({ title, parts }): readonly Line[] => [
      emptyLine,
      [span("strong", title)],
      ...parts.flatMap((part) => terminalPart(part, to)),
    ]),
  ];
  return printed(lines, to.colour);
}

function sections({ check, looksAt }: CheckPage): readonly Section[] {
  const { remedy } = check;
  const effects = remedy.sideEffects;
  return [
    { title: "What it looks at", parts: looksAt.map((source) => ({ kind: "fact", source })) },
    { title: "Why it matters", parts: [{ kind: "text", text: check.why }] },
    {
      title: "How to confirm by hand",
      parts: [{ kind: "commands", commands: check.confirm }],
    },
    {
      title: "Remedy",
      parts: [
        { kind: "text", text: remedy.summary },
        ...commandsPart(remedy.commands),
        ...(effects === undefined ? [] : [text(`Beside the cure: ${effects}`)]),
        ...(remedy.persistent.length === 0 ? [] : [text("To keep it:")]),
        ...commandsPart(remedy.persistent),
      ],
    },
    {
      title: "When it is fine to ignore",
      parts: [text(check.ignoreWhen), ...commandsPart([`docknet doctor --ignore ${check.id}`])],
    },
    { title: "When all is well", parts: [text(check.passTitle)] },
    {
      title: "References",
      parts: check.references.map((reference) => ({ kind: "item", text: reference })),
    },
  ];
}

function text(sentence: string): Part {
  return { kind: "text", text: sentence };
}

function commandsPart(commands: readonly string[]): readonly Part[] {
  return commands.length === 0 ? [] : [{ kind: "commands", commands }];
}

function markdownParts(parts: readonly Part[]): string {
  return parts
    .map((part, index) => {
      const isListed = part.kind === "item" || part.kind === "fact";
      const gap =
        index === 0 ? "" : isListed && parts[index - 1]?.kind === part.kind ? "\n" : "\n\n";
      return `${gap}${markdownPart(part)}`;
    })
    .join("");
}

function markdownPart(part: Part): string {
  switch (part.kind) {
    case "text":
      return escapeText(part.text);
    case "item":
      return `- ${escapeText(part.text)}`;
    case "fact":
      return factMarkdown(part.source);
    case "commands":
      return `\`\`\`\n${part.commands.map(escapeText).join("\n")}\n\`\`\``;
  }
}

function factMarkdown({ fact, title, reads }: FactSource): string {
  const questions = reads.map(
    ({ what, where }) =>
      `\n  - \`${escapeText(what)}\`${where === undefined ? "" : `, where ${escapeText(where)}`}`,
  );
  return `- **${fact}**: ${escapeText(title)}${questions.join("")}`;
}

function terminalPart(part: Part, to: Page): readonly Line[] {
  switch (part.kind) {
    case "text":
      return paragraph(part.text, { columns: to.columns, indent: 2 });
    case "item":
      return paragraph(part.text, { columns: to.columns, indent: 2 });
    case "fact":
      return [
        ...paragraph(part.source.title, { columns: to.columns, indent: 2 }),
        ...part.source.reads.map(({ what, where }) =>
          plain(where === undefined ? `    ${what}` : `    ${what}    where ${where}`),
        ),
      ];
    case "commands":
      return part.commands.map((command) => plain(`    ${command}`));
  }
}
