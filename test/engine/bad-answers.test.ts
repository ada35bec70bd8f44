import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checks } from "../../src/checks/index.ts";
import { openHost } from "../../src/cli/open-host.ts";
import { collectors } from "../../src/collectors/index.ts";
import { runPipeline } from "../../src/engine/pipeline.ts";
import type { HostPort, Observation } from "../../src/host/port.ts";
import type { Report } from "../../src/model/finding.ts";
import { type HostQuery, queryCommand } from "../../src/model/query.ts";

const recording = join(import.meta.dirname, "../recordings/lab-m1--healthy");

/** What becomes of an answer on the way: the program, the machine or the bundle is to blame. */
const damages: Readonly<Record<string, (text: string) => string>> = {
  empty: () => "",
  "cut off in its middle": (text) => text.slice(0, Math.floor(text.length * 0.45)),
  "cut off near its end": (text) => text.slice(0, -4),
  "in a foreign language": () => "Befehl nicht gefunden: fragen Sie Ihren Verwalter\n",
  binary: () => "\u007fELF\u0001\0\0\ufffd\ufffd\u0002",
  "an empty list": () => "[]\n",
};

async function reportWith(damage?: {
  readonly command: string;
  readonly change: (text: string) => string;
}): Promise<{ readonly report: Report; readonly asked: ReadonlySet<string> }> {
  const opened = await openHost({ kind: "bundle", path: recording });
  if (!opened.ok) throw new Error(opened.failure.message);
  const { host: whole, clock } = opened;
  const asked = new Set<string>();
  const observe = async (query: HostQuery): Promise<Observation> => {
    const command = queryCommand(query);
    asked.add(command);
    const observation = await whole.observe(query);
    if (command !== damage?.command || !observation.ok) return observation;
    return { ...observation, text: damage.change(observation.text) };
  };
  const host: HostPort = { observe };
  const plan = { collectors, checks, suppressions: [], clock, toolVersion: "0.0.0" };
  return { report: await runPipeline(host, plan), asked };
}

function statuses({ outcomes }: Report): Readonly<Record<string, string>> {
  return Object.fromEntries(outcomes.map(({ check, result }) => [check.id, result.status]));
}

/**
 * The questions that decide: programs, and one of each kind to Docker. Files of /proc are numbers, of which every part is one too.
 */
const healthy = await reportWith();
const kinds = Map.groupBy(healthy.asked, (command) => command.replaceAll(/[0-9a-z]{25,64}/g, "ID"));
const deciding = [...kinds.values()]
  .flatMap(([command]) => command ?? [])
  .filter((command) => !command.startsWith("cat ") && !command.includes("nsenter"));

describe.each(Object.entries(damages))("an answer that is %s", (name, change) => {
  test.each(deciding)("of `%s` is no alarm and no green", async (command) => {
    const { report } = await reportWith({ command, change });
    const before = statuses(healthy.report);
    const other = Object.entries(statuses(report)).filter(
      ([check, status]) => status !== before[check],
    );
    if (name !== "an empty list") {
      expect(other.filter(([, status]) => status !== "unknown")).toEqual([]);
    }
    expect(other.filter(([, status]) => status === "broken")).toEqual([]);
    const failures = report.collectors.flatMap(({ failure }) => failure?.message ?? []);
    const known = healthy.report.collectors.flatMap(({ failure }) => failure?.message ?? []);
    for (const message of failures.filter((one) => !known.includes(one)))
      expect(message).toMatch(/; (?:run|set|point|install|start|add)[^;]+$/);
  });
});
