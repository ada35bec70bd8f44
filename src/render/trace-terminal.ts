import type {
  TraceFate,
  TraceHop,
  TraceLeg,
  TraceReport,
  TraceStep,
  TraceWay,
} from "../model/trace/trace-report.ts";
import {
  counted,
  emptyLine,
  type Line,
  type Page,
  paragraph,
  plain,
  printed,
  span,
  type Tone,
} from "./text.ts";

const signs: Readonly<Record<TraceFate, { readonly sign: string; readonly tone: Tone }>> = {
  delivered: { sign: "✓", tone: "good" },
  dropped: { sign: "✗", tone: "critical" },
  rejected: { sign: "✗", tone: "critical" },
  misdelivered: { sign: "✗", tone: "critical" },
  unsure: { sign: "?", tone: "warning" },
};

/** A trace for people: the answer in one sentence, then the way hop by hop, there and back. */
export function traceTerminal(report: TraceReport, page: Page): string {
  const { fate, sentence, notes, legs } = report;
  const { sign, tone } = signs[fate];
  const verdict = paragraph(sentence, { columns: page.columns, indent: 2 });
  const lines: readonly Line[] = [
    ...verdict.map((line, index) =>
      index === 0 ? [span(tone, `${sign} `), ...line.slice(1)] : line,
    ),
    ...legs.flatMap((leg) => legLines(leg, legs.length)),
    ...(notes.length === 0 ? [] : [emptyLine]),
    ...notes.flatMap((note) =>
      paragraph(`not read: ${note}`, { columns: page.columns, indent: 2, tone: "quiet" }),
    ),
  ];
  return printed(lines, page.colour);
}

function legLines({ title, request, reply }: TraceLeg, count: number): readonly Line[] {
  const name = count > 1 ? `${title}, ` : "";
  return [
    ...wayLines(`${name}there`, request),
    ...(reply === undefined ? [] : wayLines(`${name}back`, reply)),
  ];
}

function wayLines(title: string, way: TraceWay): readonly Line[] {
  const { sign, tone } = signs[way.fate];
  const text = way.text === undefined ? "" : `: ${way.text}`;
  const owner = way.owner === undefined ? "" : ` (kept by ${way.owner})`;
  const where = way.fate === "delivered" ? (way.arrival ?? way.endedIn) : `in ${way.endedIn}`;
  const result: Line = [
    span("plain", "  "),
    span(tone, `${sign} ${way.fate}`),
    span("plain", ` ${where}${text}${owner}`),
  ];
  return [emptyLine, [span("strong", title)], ...way.hops.flatMap((hop) => hopLines(hop)), result];
}

function hopLines(hop: TraceHop): readonly Line[] {
  const { name, from, to, came, translated, steps } = hop;
  const out = to === undefined ? "" : ` → ${to}`;
  const head: Line = [
    span("plain", "  "),
    span("strong", name),
    span("plain", `  ${from}${out}`),
    span("quiet", `  ${packetText(came)}${mtuText(hop)}`),
  ];
  return [head, ...steps.map(stepLine), ...translated.map((text) => plain(`      NAT: ${text}`))];
}

function packetText({
  protocol,
  source,
  sourcePort,
  destination,
  destinationPort,
}: TraceHop["came"]): string {
  return `${protocol} ${socket(source, sourcePort)} → ${socket(destination, destinationPort)}`;
}

function socket(address: string, port: number | undefined): string {
  if (port === undefined) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function mtuText({ mtuBytes, mtuLeftBytes }: TraceHop): string {
  if (mtuBytes === undefined) return "";
  const left = mtuLeftBytes === undefined ? "" : `, ${mtuLeftBytes} left`;
  return `, MTU ${mtuBytes}${left}`;
}

function stepLine({ at, text, verdict, owner, counters, element }: TraceStep): Line {
  // A rule's own text names its table and chain already.
  const named =
    element.kind === "rule" ||
    element.kind === "nft-rule" ||
    element.kind === "policy" ||
    element.kind === "nft-chain";
  const details = [
    ...(owner === undefined ? [] : [owner]),
    ...(counters === undefined ? [] : [counted(counters.packets, "packet")]),
  ];
  const more = details.length === 0 ? "" : `  [${details.join(", ")}]`;
  return [
    span("plain", `      ${named ? "" : `${at}: `}${text}`),
    span("quiet", `  ${verdict}${more}`),
  ];
}
