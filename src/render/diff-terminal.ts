import type {
  DiffReport,
  DiffSide,
  FateChange,
  FateChangeKind,
  PromiseFate,
} from "../model/diff/diff-report.ts";
import {
  counted,
  emptyLine,
  type Line,
  type Page,
  paragraph,
  printed,
  span,
  type Tone,
} from "./text.ts";

interface Heading {
  readonly title: string;
  readonly sign: string;
  readonly tone: Tone;
}

/** In the order of what a person has to look at first. */
const headings: Readonly<Record<FateChangeKind, Heading>> = {
  broken: { title: "Broken", sign: "✗", tone: "critical" },
  weakened: { title: "Carried with a loss now", sign: "!", tone: "warning" },
  "other-cause": { title: "Still broken, by something else", sign: "✗", tone: "critical" },
  "unsure-now": { title: "Unsure now", sign: "?", tone: "warning" },
  "certain-now": { title: "Certain now, and unsure before", sign: "?", tone: "warning" },
  mended: { title: "Mended", sign: "✓", tone: "good" },
  strengthened: { title: "Kept in full again", sign: "✓", tone: "good" },
  new: { title: "New promises", sign: "+", tone: "plain" },
  gone: { title: "Promised no longer", sign: "–", tone: "quiet" },
};

/** A comparison for people: what broke and what decides now, the same cause said once. */
export function diffTerminal(report: DiffReport, page: Page): string {
  const { before, after, changes, notes } = report;
  const kinds = new Set(changes.map(({ change }) => change));
  const lines: readonly Line[] = [
    sideLine("before", before),
    sideLine("after ", after),
    ...paragraph(summary(report), { columns: page.columns, indent: 0 }),
    ...Object.keys(headings)
      .filter((kind): kind is FateChangeKind => kinds.has(kind as never))
      .flatMap((kind) => section(headings[kind], ofKind(changes, kind), page)),
    ...(notes.length === 0 ? [] : [emptyLine]),
    ...notes.flatMap((note) =>
      paragraph(`note: ${note}`, { columns: page.columns, indent: 2, tone: "quiet" }),
    ),
  ];
  return printed(lines, page.colour);
}

function sideLine(name: string, { host, takenAt }: DiffSide): Line {
  const seen = takenAt.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  return [span("quiet", `${name} `), span("strong", host.hostname), span("quiet", ` · ${seen}`)];
}

function summary({ promises, changes }: DiffReport): string {
  if (changes.length === 0) return `all ${counted(promises, "promise")} fare as before`;
  const count = (kind: FateChangeKind): number => ofKind(changes, kind).length;
  const told = [
    `${count("broken")} broke`,
    `${count("mended")} mended`,
    ...(count("unsure-now") > 0 ? [`${count("unsure-now")} unsure now`] : []),
  ];
  return `of ${counted(promises, "promise")} ${changes.length} fare otherwise: ${told.join(", ")}`;
}

function ofKind(changes: readonly FateChange[], kind: FateChangeKind): readonly FateChange[] {
  return changes.filter(({ change }) => change === kind);
}

/** Promises with the same reasons stand together, the reasons below them. */
function section(
  { title, sign, tone }: Heading,
  changes: readonly FateChange[],
  page: Page,
): readonly Line[] {
  const groups = Map.groupBy(changes, (change) => reasons(change).join("\n"));
  return [
    emptyLine,
    [span("strong", title)],
    ...[...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      return [
        ...group.flatMap((change) => titleLines(change, { sign, tone }, page)),
        ...reasons(first).flatMap((text) =>
          paragraph(text, { columns: page.columns, indent: 6, tone: "quiet" }),
        ),
      ];
    }),
  ];
}

function titleLines(
  { title }: FateChange,
  { sign, tone }: Pick<Heading, "sign" | "tone">,
  page: Page,
): readonly Line[] {
  const [first = [], ...rest] = paragraph(title, { columns: page.columns, indent: 2 });
  return [[span(tone, `${sign} `), ...first.slice(1)], ...rest];
}

function reasons({ change, before, after }: FateChange): readonly string[] {
  const now = after === undefined ? [] : [`now ${fateText(after)}`];
  const was = before === undefined ? [] : [`before ${fateText(before)}`];
  switch (change) {
    case "mended":
    case "strengthened":
      return was;
    case "other-cause":
    case "certain-now":
      return [...now, ...was];
    case "gone":
      return [];
    default:
      return now;
  }
}

function fateText({ state, fate, text, owner }: PromiseFate): string {
  const by = text === undefined ? "" : `: ${text}`;
  const whose = owner === undefined ? "" : ` (kept by ${owner})`;
  return `${stateText(state, fate)}${by}${whose}`;
}

function stateText(state: PromiseFate["state"], fate: PromiseFate["fate"]): string {
  switch (state) {
    case "failed":
      return fate ?? "stopped";
    case "degraded":
      return "by docker-proxy, without the address of its client";
    default:
      return state;
  }
}
