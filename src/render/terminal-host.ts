import type { Report } from "../model/finding.ts";
import { coverageLines } from "./terminal-coverage.ts";
import { counted, flow, type Line, type Page, paragraph, span } from "./text.ts";

/** Who the host is and what was found on it: name, kernel, distribution, Docker, swarm, containers, networks, duration. */
export function hostLines(report: Report, page: Page): readonly Line[] {
  const { hostname, kernel, distribution } = report.host;
  const machine = [hostname, ...(distribution === undefined ? [] : [distribution])];
  const first = flow([...machine, `kernel ${kernel}`], at(page));
  const second = flow([...dockerItems(report), timeText(report)], at(page));
  return [
    ...first.map((text, index): Line => [span(index === 0 ? "strong" : "plain", text)]),
    ...second.map((text): Line => [span("plain", text)]),
    ...coverageLines(report, page),
    ...motionLines(report, page),
  ];
}

function at(page: Page): { readonly columns: number; readonly separator: string } {
  return { columns: page.columns, separator: " · " };
}

function dockerItems(report: Report): readonly string[] {
  const { docker, dockerState } = report.readings;
  if (docker === undefined) return [absenceText(dockerState)];
  return [
    `Docker ${docker.version}${engineText(docker.engine)}${firewallText(report.readings)}`,
    swarmText(docker),
    ...containersText(report),
    ...networksText(report),
  ];
}

/** What Docker writes its rules with: ` (iptables-nft)`. */
function firewallText({ docker, iptablesBackend }: Report["readings"]): string {
  const driver = docker?.firewallBackend ?? "iptables";
  if (!driver.startsWith("iptables")) return ` (${driver})`;
  return ` (${driver.replace("iptables", iptablesTexts[iptablesBackend])})`;
}

const iptablesTexts: Readonly<Record<Report["readings"]["iptablesBackend"], string>> = {
  nf_tables: "iptables-nft",
  legacy: "iptables-legacy",
  mixed: "iptables-nft and iptables-legacy mixed",
  none: "iptables without rules",
  unknown: "iptables",
};

function absenceText(state: Report["readings"]["dockerState"]): string {
  switch (state) {
    case "not-installed":
      return "Docker is not installed";
    case "stopped":
      return "Docker is not running";
    case "running":
    case "unknown":
      return "Docker could not be asked";
  }
}

function swarmText(docker: NonNullable<Report["readings"]["docker"]>): string {
  if (docker.swarmRole === "none") return "no swarm";
  const state = docker.swarmState === "active" ? "" : ` (${docker.swarmState})`;
  return `swarm ${docker.swarmRole}${state}`;
}

function containersText(report: Report): readonly string[] {
  const { containersRunning, containersTotal } = report.readings;
  if (containersRunning === undefined) return ["containers unknown"];
  if (containersTotal === undefined || containersTotal === containersRunning)
    return [`${counted(containersRunning, "container")} running`];
  return [`${containersRunning} of ${counted(containersTotal, "container")} running`];
}

function networksText(report: Report): readonly string[] {
  const { networks } = report.readings;
  return networks === undefined ? ["networks unknown"] : [counted(networks, "network")];
}

/** When the host was looked at and how long that took; a bundle's report has no duration. */
function timeText({ takenAt, durationMs }: Report): string {
  const at = `seen ${takenAt.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC")}`;
  return durationMs === 0 ? at : `${at} in ${durationText(durationMs)}`;
}

function durationText(durationMs: number): string {
  return durationMs < 100 ? `${durationMs} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}

function motionLines(report: Report, page: Page): readonly Line[] {
  if (report.moving.length === 0) return [];
  const text = `in motion while docknet looked, so nothing is said about them: ${report.moving.join(", ")}`;
  return paragraph(text, { columns: page.columns, indent: 0, tone: "quiet" });
}

function engineText(engine: string | undefined): string {
  return engine === undefined ? "" : ` (${engine})`;
}
