import { isWider, mostOf } from "../model/exposure/exposure-level.ts";
import type {
  ExposedPort,
  ExposureLevel,
  ExposureReport,
  MissedRule,
} from "../model/exposure/exposure-report.ts";
import { escapeText } from "./escape.ts";
import { portDetails } from "./exposure-details.ts";
import {
  counted,
  displayWidth,
  emptyLine,
  type Line,
  type Page,
  paragraph,
  printed,
  span,
  type Tone,
} from "./text.ts";

/** Levels in the words of a table. */
const levelWords: Readonly<Record<ExposureLevel, string>> = {
  anyone: "anyone",
  lan: "LAN",
  named: "some",
  host: "host only",
  nobody: "nobody",
};

/** The exposure for people: a table of ports, each with why it is so. */
export function exposureTerminal(report: ExposureReport, page: Page): string {
  const { host, takenAt, ports, notes } = report;
  const seen = takenAt.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  const lines: readonly Line[] = [
    [span("strong", host.hostname), span("quiet", ` · kernel ${host.kernel} · seen ${seen}`)],
    ...paragraph(summary(report), { columns: page.columns, indent: 0 }),
    ...(ports.length === 0 ? [] : [emptyLine, ...table(ports, page)]),
    ...missedLines(report, page),
    ...(notes.length === 0 ? [] : [emptyLine]),
    ...notes.flatMap((note) =>
      paragraph(`note: ${note}`, { columns: page.columns, indent: 2, tone: "quiet" }),
    ),
  ];
  return printed(lines, page.colour);
}

/** Rules that look as if they did something. */
function missedLines({ missedRules }: ExposureReport, page: Page): readonly Line[] {
  if (missedRules.length === 0) return [];
  return [
    emptyLine,
    [span("strong", "Rules that can never match")],
    ...missedRules.flatMap((missed) => {
      const { text, owner } = missed;
      const whose = owner === undefined ? "" : ` (kept by ${owner})`;
      const [first = [], ...rest] = paragraph(`${text}${whose}`, {
        columns: page.columns,
        indent: 2,
      });
      return [
        [span("warning", "! "), ...first.slice(1)],
        ...rest,
        ...paragraph(whyText(missed), { columns: page.columns, indent: 6, tone: "quiet" }),
      ];
    }),
  ];
}

function whyText({ why, becauseText = "" }: MissedRule): string {
  switch (why) {
    case "decided-before":
      return `decided before by ${becauseText}`;
    case "impossible":
      return "no packet meets all its conditions, and those of the jumps that lead to it";
    case "no-jump":
      return "no rule jumps to its chain";
  }
}

function summary({ ports, managers }: ExposureReport): string {
  const order: readonly ExposureLevel[] = ["anyone", "lan", "named", "host", "nobody"];
  const counts = order.flatMap((level) => {
    const count = ports.filter((port) => port.perhaps === undefined && port.level === level).length;
    return count === 0 ? [] : [`${count} ${levelWords[level]}`];
  });
  const unsure = ports.filter(({ perhaps }) => perhaps !== undefined).length;
  const all = unsure === 0 ? counts : [...counts, `${unsure} unsure`];
  const by = all.length === 0 ? "" : `, reached by: ${all.join(", ")}`;
  const found = managers.map(
    ({ name, active }) => `${name} ${active ? "is active" : "is there, and off"}`,
  );
  const firewall = found.length === 0 ? "" : ` · ${found.join(", ")}`;
  return `${ports.length === 0 ? "no port is open by Docker" : counted(ports.length, "port")}${by}${firewall}`;
}

function table(ports: readonly ExposedPort[], page: Page): readonly Line[] {
  const rows = ports.map((port) => ({
    port,
    by: reachedBy(port),
    at: escapeText(`${socket(port.boundTo, port.hostPort)}/${port.protocol}`),
    to: leadsTo(port),
  }));
  const byWidth = Math.max(...rows.map(({ by }) => displayWidth(by)), "reached by".length);
  const atWidth = Math.max(...rows.map(({ at }) => displayWidth(at)), "port".length);
  const head = span(
    "quiet",
    `  ${padded("reached by", byWidth)}  ${padded("port", atWidth)}  leads to`,
  );
  return [
    [head],
    ...rows.flatMap(({ port, by, at, to }): readonly Line[] => {
      const { sign, tone } = signOf(port);
      return [
        [
          span(tone, `${sign} ${padded(by, byWidth)}`),
          span("strong", `  ${padded(at, atWidth)}`),
          span("plain", `  ${to}`),
        ],
        ...portDetails(port, page),
      ];
    }),
  ];
}

function reachedBy({ level, perhaps }: ExposedPort): string {
  if (perhaps === undefined) return levelWords[level];
  return level === "nobody"
    ? `unsure, at most ${levelWords[perhaps]}`
    : `${levelWords[level]}, perhaps ${levelWords[perhaps]}`;
}

function leadsTo({ kind, name, containerPort }: ExposedPort): string {
  switch (kind) {
    case "published":
      return `${name}:${containerPort ?? ""}`;
    case "host-network":
      return `${name} (host network)`;
    case "ingress":
      return `service ${name}:${containerPort ?? ""} (ingress)`;
  }
}

function signOf(port: ExposedPort): { readonly sign: string; readonly tone: Tone } {
  if (port.perhaps !== undefined) return { sign: "?", tone: "warning" };
  if (port.byRoute !== undefined || isWiderThanClaimed(port)) return { sign: "!", tone: "warning" };
  return { sign: " ", tone: "plain" };
}

/** A manager would keep out somebody who reaches the port. */
function isWiderThanClaimed({ addresses }: Pick<ExposedPort, "addresses">): boolean {
  return addresses.some(({ level, claims }) =>
    claims.some((claim) => isWider(level, mostOf(claim))),
  );
}

function socket(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
