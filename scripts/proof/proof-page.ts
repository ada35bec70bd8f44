import { hostsOfFleet } from "./fleet.ts";
import type { Answer } from "./prometheus.ts";
import type { Proof } from "./prove.ts";

/** docs/proof.md: every query with what a real Prometheus answered to it. */
export function proofPage(proofs: readonly Proof[]): string {
  const sections = [...Map.groupBy(proofs, ({ of }) => of)].map(
    ([title, own]) => `## ${title}

| panel or alert | query | series | one of them | from |
| --- | --- | --- | --- | --- |
${own.map(row).join("\n")}
`,
  );
  const hosts = Object.entries(hostsOfFleet).map(([name, story]) => `- \`${name}\`: ${story}`);
  return `<!-- Made by \`node scripts/proof.ts\`; change the source instead. -->

# Each query of the dashboards and alerts, answered

A real Prometheus scraped real agents that judged recordings of these hosts, some of them altered, and was asked every query of
\`dashboards/\`. Tables, not Grafana's pictures: no Grafana runs here. What is of yesterday or of an hour ago was written into its database
first. Variables stand for all jobs and hosts. A query without an answer says so.

${hosts.join("\n")}

${sections.join("\n")}`;
}

function row({ in: title, expr, answers }: Proof): string {
  const [sample] = answers.toSorted((a, b) => b.value - a.value);
  const cells = [
    String(answers.length),
    sample === undefined ? "no answer in this fleet" : sampleText(sample),
    sample?.labels["instance"] ?? (sample === undefined ? "–" : "all hosts"),
  ];
  return `${rowOfQuery({ in: title, expr })} ${cells.map(escaped).join(" | ")} |`;
}

/** How the row of a query begins, whatever is answered to it. */
export function rowOfQuery({ in: title, expr }: Pick<Proof, "in" | "expr">): string {
  return `| ${[title, `\`${expr.replaceAll(/\s+/g, " ")}\``].map(escaped).join(" | ")} |`;
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}

function sampleText({ labels, value }: Answer): string {
  const names = Object.entries(labels)
    .filter(([name]) => !["__name__", "job", "instance"].includes(name))
    .map(([name, text]) => `${name}=${text}`);
  return [...names, `**${Number(value.toPrecision(6))}**`].join(" ");
}
