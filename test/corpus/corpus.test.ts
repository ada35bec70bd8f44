import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/model/finding.ts";
import { terminalReport } from "../../src/render/terminal.ts";
import {
  blindSpotsOf,
  causesOf,
  findingsOf,
  recordingNames,
  replayedReport,
} from "../support/replay-recording.ts";
import { expectedCauses, unknownChecks, unseenFaults } from "./faults.ts";

const golden = join(import.meta.dirname, "../golden");
const broken = expectedCauses.map(({ recording }) => recording);
const quiet = recordingNames.filter((name) => !broken.includes(name));

/** Reports of all recordings are made once; each is looked at from several sides. */
const reports = new Map<string, Promise<Report>>();
function reportOf(name: string): Promise<Report> {
  const made = reports.get(name) ?? replayedReport(name);
  reports.set(name, made);
  return made;
}

describe("the corpus", () => {
  test("has an expectation for every recording that is neither healthy nor from before a fault", () => {
    const after = recordingNames.filter((name) => !/--(?:healthy|before)/.test(name));
    const known = [...broken, ...unseenFaults, ...Object.keys(unknownChecks)];
    expect(after.filter((name) => !known.includes(name))).toEqual([]);
    expect(broken.filter((name) => !recordingNames.includes(name))).toEqual([]);
  });

  test.each(recordingNames)("sees no container move in %s", async (name) => {
    expect((await reportOf(name)).moving).toEqual([]);
  });

  test.each(quiet)("finds nothing in %s", async (name) => {
    const report = await reportOf(name);
    expect(findingsOf(report).map(({ fingerprint }) => fingerprint)).toEqual([]);
  });

  test.each(expectedCauses)("names the one cause of $recording", async (expected) => {
    const report = await reportOf(expected.recording);
    const fingerprint = `${expected.check}|${expected.subject}`;
    expect(causesOf(report)).toEqual([fingerprint]);
    const cause = findingsOf(report).find((finding) => finding.fingerprint === fingerprint);
    const lines = cause?.evidence.filter(({ text }) => text.includes(expected.evidence));
    expect(lines).not.toEqual([]);
  });

  test.each(expectedCauses.filter(({ check }) => check !== "traffic-blocked"))(
    "proves on the model that the remedy for $recording mends every broken promise",
    async ({ recording }) => {
      const report = await reportOf(recording);
      const cause = findingsOf(report).find(({ explainedBy }) => explainedBy === undefined);
      const { failed, degraded } = report.readings.intents;
      expect(cause?.proof).toEqual({ mends: failed + degraded, of: failed + degraded });
    },
  );

  test.each(recordingNames)("says of %s what it could not look at", async (name) => {
    const report = await reportOf(name);
    const isManager = report.readings.docker?.swarmRole === "manager";
    const ofManager = isManager ? ["swarmServices", "swarmTasks"] : [];
    const recorded = name === "lab-m1-inside--healthy" ? ofManager : [];
    const imported = [...notSaved, ...ofManager];
    const { facts, ...others } = blindSpotsOf(report);
    expect({ facts: facts.toSorted(), ...others }).toEqual({
      facts: name.startsWith("lab-") ? recorded : imported.toSorted(),
      checks: unknownChecks[name] ?? [],
      broken: [],
    });
  });
});

/** The README shows what docknet says of it; `npm run docs` copies it there. */
const inReadme = "lab-h1--chains-flushed";

/** Facts whose outputs nobody saved when the imported recordings were made. */
const notSaved = ["memory", "neighbourTables", "conntrack", "networkCounters"];

describe("the report", () => {
  const imported = recordingNames.filter((name) => !name.startsWith("lab-"));

  test.each([...imported, inReadme])("of %s reads as it did", async (name) => {
    const report = await reportOf(name);
    const page = { columns: 80, colour: "off", detail: "folded" } as const;
    const text = terminalReport(report, { ...page, exitCode: report.summary.exitCode });
    await expect(text).toMatchFileSnapshot(join(golden, `${name}.report.txt`));
  });

  test.each(imported)("of %s holds what it did", async (name) => {
    const document = `${JSON.stringify(withoutMeta(await reportOf(name)), undefined, 2)}\n`;
    await expect(document).toMatchFileSnapshot(join(golden, `${name}.report.json`));
  });
});

/** The report without what stands in the checks' own pages: a change of their words is no change of a verdict. */
function withoutMeta(report: Report) {
  const outcomes = report.outcomes.map(({ check, result }) => ({ check: check.id, result }));
  return { ...report, outcomes };
}
