import type { Report } from "../model/finding.ts";
import type { SandboxShortfall } from "../model/reading/coverage.ts";
import { counted, flow, type Line, type Page, span } from "./text.ts";

/** How much of the host was read, in one line: facts, lines that were not understood, namespaces, what is missing for the rest. */
export function coverageLines({ coverage }: Report, page: Page): readonly Line[] {
  const { facts, ignoredLines, sandboxes, missingCapabilities, missingPrograms } = coverage;
  const needed = [...missingCapabilities, ...missingPrograms];
  const items = [
    `read ${facts.read} of ${counted(facts.of, "fact")}`,
    ...(ignoredLines === 0 ? [] : [`${counted(ignoredLines, "line")} not understood`]),
    ...(sandboxes === undefined ? [] : sandboxItems(sandboxes)),
    ...(needed.length === 0 ? [] : [`missing ${needed.join(", ")}`]),
  ];
  return flow(items, { columns: page.columns, separator: " · " }).map((text) => [
    span("quiet", text),
  ]);
}

function sandboxItems(sandboxes: NonNullable<Report["coverage"]["sandboxes"]>): readonly string[] {
  const [inPart, unreadable] = [sandboxes.inPart.length, sandboxes.unreadable.length];
  const all = sandboxes.whole + inPart + unreadable;
  if (all === 0) return [];
  const of = counted(all, "namespace");
  return [
    ...(inPart + unreadable === 0 ? [of] : []),
    ...(inPart === 0 ? [] : [`${inPart} of ${of} in part`]),
    ...(unreadable === 0 ? [] : [`${unreadable} of ${of} not at all`]),
  ];
}

/** What is not known of namespaces; those with the same reasons in one sentence, and each by name where all is asked for. */
export function sandboxTexts({ coverage }: Report, page: Page): readonly string[] {
  const { inPart = [], unreadable = [] } = coverage.sandboxes ?? {};
  return [
    ...grouped(unreadable).map((group) => `nothing of ${sentence(group, page)}`),
    ...grouped(inPart).map((group) => `not all of ${sentence(group, page)}`),
  ];
}

interface Group {
  readonly names: readonly string[];
  readonly parts: readonly string[];
  readonly reasons: readonly string[];
}

/** Reasons that differ only in what they quote are one. */
function grouped(shortfalls: readonly SandboxShortfall[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { name, parts, reasons } of shortfalls) {
    const key = [...parts, ...reasons.map((reason) => reason.replaceAll(/"[^"]*"/g, ""))].join(" ");
    const before = groups.get(key);
    groups.set(key, {
      names: [...(before?.names ?? []), name],
      parts,
      reasons: before?.reasons ?? reasons,
    });
  }
  return [...groups.values()];
}

const namedWithoutVerbose = 3;

function sentence({ names, parts, reasons }: Group, page: Page): string {
  const isLong = page.detail === "folded" && names.length > namedWithoutVerbose;
  const noun = names.length === 1 ? "the namespace" : "the namespaces";
  const who = isLong ? counted(names.length, "namespace") : `${noun} of ${names.join(", ")}`;
  const what = page.detail === "folded" ? "" : ` (${parts.join(", ")})`;
  return `${who}${what}: ${reasons.join("; ")}`;
}
