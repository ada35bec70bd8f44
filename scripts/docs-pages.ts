import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import type { AnyCheck } from "../src/checks/define-check.ts";
import { checks } from "../src/checks/index.ts";
import { checkPage } from "../src/cli/checks.ts";
import { type ParseKind, parseKinds } from "../src/cli/parse-kinds.ts";
import { collectors } from "../src/collectors/index.ts";
import { catalogue } from "../src/metrics/catalogue.ts";
import type { MetricFamily } from "../src/metrics/family.ts";
import { checkPageMarkdown } from "../src/render/check-page.ts";
import { type ImportRule, importRules } from "../test/repo/import-rules.ts";
import { configurationPage, exampleConfig } from "./configuration-page.ts";
import { alertsPage } from "./dashboards/alerts-page.ts";
import { dashboardFiles } from "./dashboards/index.ts";
import { diffSchema } from "./diff-schema.ts";
import { exposureSchema } from "./exposure-schema.ts";
import { parseSchemaText } from "./parse-schemas/index.ts";
import { readingPage } from "./reading-page.ts";
import { reportSchema } from "./report-schema.ts";
import { traceSchema } from "./trace-schema.ts";
import { whySchema } from "./why-schema.ts";

const generated = "<!-- Made by `npm run docs`; change the source instead. -->";
const architecture = "docs/architecture.md";
/** The report that the README shows, as the corpus test keeps it. */
const shownReport = "test/golden/lab-h1--chains-flushed.report.txt";

/** Every generated file by its path below the repository's root, with the text that it has to have. */
export function docsPages(root: URL): ReadonlyMap<string, string> {
  const listed: readonly AnyCheck[] = checks;
  return new Map([
    ...listed.map((check): [string, string] => [
      `docs/checks/${check.id}.md`,
      `${generated}\n\n${checkPageMarkdown(checkPage(check, collectors))}`,
    ]),
    ["docs/checks/README.md", checksIndex(listed)],
    ["docs/metrics.md", metricsPage(catalogue)],
    ["docs/configuration.md", `${generated}\n\n${configurationPage()}`],
    ["systemd/docknet.yml", exampleConfig()],
    ["docs/alerts.md", `${generated}\n\n${alertsPage()}`],
    ["docs/reading.md", `${generated}\n\n${readingPage(collectors)}`],
    ["docs/report.schema.json", reportSchemaText()],
    ...dashboardFiles(),
    ["docs/trace.schema.json", traceSchemaText()],
    ["docs/exposure.schema.json", exposureSchemaText()],
    ["docs/why.schema.json", whySchemaText()],
    ["docs/diff.schema.json", diffSchemaText()],
    ["docs/parse/README.md", parseIndex(parseKinds)],
    ...parseKinds.map(({ kind }): [string, string] => [
      `docs/parse/${kind}.schema.json`,
      parseSchemaText(kind),
    ]),
    ...filledIn(root, { page: architecture, name: "import-rules", text: importTable(importRules) }),
    ...filledIn(root, { page: "README.md", name: "report", text: reportBlock(root) }),
  ]);
}

/** JSON schema of the report. Fields may be added without a new schemaVersion, so others are allowed. */
export function reportSchemaText(): string {
  const schema = z.toJSONSchema(reportSchema, { io: "input" });
  const { $schema, ...rest } = schema;
  const head = { $schema, title: "Report of docknet doctor --format json" };
  return `${JSON.stringify({ ...head, ...rest }, undefined, 2)}\n`;
}

/** JSON schema of a trace; fields may be added. */
export function traceSchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(traceSchema, { io: "input" });
  const head = { $schema, title: "Answer of docknet trace --format json" };
  return `${JSON.stringify({ ...head, ...rest }, undefined, 2)}\n`;
}

/** JSON schema of the exposure; fields may be added. */
function exposureSchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(exposureSchema, { io: "input" });
  const head = { $schema, title: "Answer of docknet exposure --format json" };
  return `${JSON.stringify({ ...head, ...rest }, undefined, 2)}\n`;
}

/** JSON schema of an answer of why; fields may be added. */
function whySchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(whySchema, { io: "input" });
  const head = { $schema, title: "Answer of docknet why --format json" };
  return `${JSON.stringify({ ...head, ...rest }, undefined, 2)}\n`;
}

/** JSON schema of a comparison; fields may be added. */
function diffSchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(diffSchema, { io: "input" });
  const head = { $schema, title: "Answer of docknet diff --format json" };
  return `${JSON.stringify({ ...head, ...rest }, undefined, 2)}\n`;
}

function checksIndex(listed: readonly AnyCheck[]): string {
  const rows = listed.map(
    ({ id, area, severity, title }) =>
      `| [\`${id}\`](${id}.md) | ${area} | ${severity} | ${cell(title)} |`,
  );
  return `${generated}

# Checks

\`docknet checks\` prints this list, \`docknet explain ID\` the page of one check.

| id | area | severity | what it finds |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

function parseIndex(listed: readonly ParseKind[]): string {
  const rows = listed.map(({ kind, from, print }) => {
    const sources = from.map((source) => `\`${cell(source)}\``).join("<br>");
    const printed = print === undefined ? "" : "yes";
    return `| [\`${kind}\`](${kind}.schema.json) | ${sources} | ${printed} |`;
  });
  return `${generated}

# Parsers

\`docknet parse KIND [FILE]\` reads the output of a networking tool, from a file or standard input, and prints it as
\`{"kind", "value", "ignored"}\` in the words of docknet's model. A kind with a text and a JSON form tells them apart.
\`ignored\` holds each line that could not be used, with its number and the reason; with \`--strict\` any of them ends it
with 1. What is not in the format that was named ends it with 65, and the message says which line. \`--print\` prints a ruleset
back as text. The JSON form of \`ip rule\` and its text do not say the address family, nor do some default routes: \`--family\`.

Of nft's text, tables, chains, sets, maps and the common statements are read as its JSON says them; a rule with anything else is kept
in one piece and told as ignored. The JSON form loses nothing.

Bonds, teams, VLANs and ipvlan were built from iproute2's documented formats and have met no real output yet.

| kind and schema | output of | \`--print\` |
| --- | --- | --- |
${rows.join("\n")}
`;
}

function metricsPage(families: readonly (MetricFamily & { readonly group: string })[]): string {
  const rows = families.map(({ name, type, unit, labels, help, bound, group, grows }) => {
    const series = grows === undefined ? bound : `${bound} *`;
    const cells = [
      `\`${name}\``,
      type,
      unit,
      labels.join(", ") || "–",
      cell(help),
      cell(series),
      group,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return `${generated}

# Metrics

What \`docknet agent\` serves on \`/metrics\`, in the text format of Prometheus or as OpenMetrics, whichever the scraper prefers. It is
made once per run: a scrape never runs a command. A family whose facts could not be read in the last run is left out, not frozen; a
state set shows each of its states with 0 or 1.

\`/metrics?collect[]=firewall&collect[]=path\` serves these groups alone, \`/metrics?exclude[]=finding\` all but that one.

* of these at most \`--metrics.max-series-per-family\` series are shown; \`docknet_series_truncated\` counts the rest.

docknet sends no packet to find out: whether another node of the swarm answers is not among these metrics, only whether this node
listens and its firewall lets the peers in.

| metric | type | unit | labels | help | series | group |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

/** A page that is otherwise written by hand, with the text between two of its markers. */
function filledIn(
  root: URL,
  { page, name, text }: { readonly page: string; readonly name: string; readonly text: string },
): readonly [string, string][] {
  const file = new URL(page, root);
  if (!existsSync(file)) return [];
  const written = readFileSync(file, "utf8");
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = written.indexOf(begin);
  const to = written.indexOf(end);
  if (from < 0 || to < from) return [];
  return [[page, `${written.slice(0, from + begin.length)}\n${text}\n${written.slice(to)}`]];
}

function reportBlock(root: URL): string {
  return `\n\`\`\`\n${readFileSync(new URL(shownReport, root), "utf8").trimEnd()}\n\`\`\`\n`;
}

function importTable(rules: readonly ImportRule[]): string {
  const rows = rules.map(({ folder, mayImport, packages, builtins, why }) => {
    const nodes = builtins === "all" ? ["node:*"] : builtins;
    const cells = [folder, mayImport.join(", "), [...packages, ...nodes].join(", "), why];
    return `| ${cells.map((text) => (text === "" ? "–" : cell(text))).join(" | ")} |`;
  });
  const head = "| folder | may import | packages | what it is |\n| --- | --- | --- | --- |";
  return `${head}\n${rows.join("\n")}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
