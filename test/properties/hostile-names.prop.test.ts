import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checks } from "../../src/checks/index.ts";
import { collectors } from "../../src/collectors/index.ts";
import { judgeSnapshot, runPipeline } from "../../src/engine/pipeline.ts";
import { isAllowed } from "../../src/host/allowed.ts";
import { readBundle } from "../../src/host/bundle.ts";
import { type Recording, recordingHost } from "../../src/host/recording.ts";
import { replayHost } from "../../src/host/replay.ts";
import { catalogue } from "../../src/metrics/catalogue.ts";
import type { HostSnapshot } from "../../src/model/facts.ts";
import { type Failure, refused } from "../../src/model/failure.ts";
import type { Report } from "../../src/model/finding.ts";
import { queryKey } from "../../src/model/query.ts";
import { jsonReport } from "../../src/render/json.ts";
import { terminalReport } from "../../src/render/terminal.ts";
import { aHost, type HostBuilder } from "../support/a-host.ts";
import { aCollector } from "../support/a-report.ts";
import { agentReadings, noLimits, processReadings } from "../support/agent-readings.ts";
import { expositionOf } from "../support/exposition-of.ts";
import { appBridge } from "../support/healthy-facts.ts";
import { hostileName, hostileNames, renamedJson } from "../support/hostile-names.ts";
import { promtoolVerdict } from "../support/promtool.ts";
import { findingsOf } from "../support/replay-recording.ts";

const clock = { now: () => "2026-11-02T10:00:00.000Z", elapsedMs: () => 0 };
const plan = { collectors, checks, suppressions: [], clock, toolVersion: "0.0.0" };

/** Every name that somebody else gives to something on the host, with what it is there called. */
const givenNames = {
  link: appBridge,
  network: "appnet",
  container: "web",
  alias: "ALIAS",
  chain: "LOCAL-RULES",
  comment: "REMARK",
  hostname: "HOSTNAME",
} as const;

const names = fc.record(
  Object.fromEntries(Object.values(givenNames).map((plain) => [plain, hostileName])),
);

/** What may be wrong with the host, so that its names come up. */
const faults: Readonly<Record<string, (host: HostBuilder) => HostBuilder>> = {
  nothing: (host) => host,
  "a bridge that is down": (host) => host.withLinkDown(appBridge),
  "a bridge without an address": (host) => host.withoutAddress(appBridge),
  "no forwarding on a bridge": (host) => host.withLinkSetting(appBridge, { forwarding: false }),
  "a drop in a chain of somebody": (host) =>
    host
      .withChain(givenNames.chain)
      .withRule(`-A FORWARD -j ${givenNames.chain}`, { at: "first" })
      .withRule(`-A ${givenNames.chain} -m comment --comment ${givenNames.comment} -j DROP`),
  "a drop in DOCKER-USER": (host) =>
    host.withRule(`-A DOCKER-USER -m comment --comment ${givenNames.comment} -j DROP`, {
      at: "first",
    }),
  "no rules of nat": (host) => host.withFlushedTable("nat"),
};

function reportOf(fault: string, so: Readonly<Record<string, string>>): Report {
  const host = aHost()
    .withFacts({ hostIdentity: { hostname: givenNames.hostname, kernel: "6.18.44" } })
    .withLinkChange(appBridge, { alternativeNames: [givenNames.alias] });
  const snapshot = (faults[fault] ?? faults["nothing"])?.(host).snapshot();
  const renamed: HostSnapshot = JSON.parse(renamedJson(JSON.stringify(snapshot), so));
  const failure: Failure = { kind: "exit", message: so[givenNames.link] ?? "", stderr: "" };
  const lost = aCollector({ fact: "sockets", state: "unknown", failure });
  return judgeSnapshot({ snapshot: renamed, collectors: [lost] }, plan);
}

const aReportOfNames = fc
  .tuple(fc.constantFrom(...Object.keys(faults)), names)
  .map(([fault, so]) => reportOf(fault, so));

/** What a terminal must not get: control characters but line feeds, and what hides or reorders text. */
const harmful = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The exposition format of Prometheus, without timestamps and exemplars, which docknet does not print. */
const sampleLine =
  /^(?<name>[a-z_][a-z0-9_]*)(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,(?!\})|(?=\})))*\})? -?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]?Inf)$/su;
const remarkLine = /^# (?:HELP|TYPE) (?<name>[a-z_][a-z0-9_]*) .+$/su;

/** The text without the colours that docknet gives it, and only those. */
function uncoloured(text: string): string {
  const [first = "", ...rest] = text.split("\u{1b}[");
  const ours = /^(?:1|2|22|31|32|33|36|39)m/;
  return [
    first,
    ...rest.map((piece) => (ours.test(piece) ? piece.replace(ours, "") : `\u{1b}[${piece}`)),
  ].join("");
}

describe("hostile names of links, networks, containers, aliases, chains, comments and the host", () => {
  test("come up in what is found wrong", () => {
    const plain = Object.fromEntries(Object.values(givenNames).map((name) => [name, name]));
    const found = Object.keys(faults).filter(
      (fault) => findingsOf(reportOf(fault, plain)).length > 0,
    );
    expect(found).toEqual(Object.keys(faults).filter((fault) => fault !== "nothing"));
  });

  test("reach no terminal raw, and forge no line", () => {
    fc.assert(
      fc.property(aReportOfNames, fc.constantFrom("folded", "all"), (report, detail) => {
        const page = { columns: 80, detail, exitCode: report.summary.exitCode } as const;
        const text = terminalReport(report, { ...page, colour: "off" });
        const coloured = terminalReport(report, { ...page, colour: "on" });
        expect(text.match(harmful)).toEqual(null);
        expect(uncoloured(coloured)).toEqual(text);
        const { status, exitCode } = report.summary;
        expect(text.split("\n").filter((line) => line.startsWith("status "))).toEqual([
          `status ${status}, exit code ${exitCode}`,
        ]);
      }),
      { numRuns: 150 },
    );
  });

  test("stay inside their strings of JSON, and are the same again when it is read", () => {
    fc.assert(
      fc.property(aReportOfNames, (report) => {
        const json = jsonReport(report);
        expect(json.match(harmful)).toEqual(null);
        expect(JSON.parse(json)).toEqual(report);
      }),
      { numRuns: 100 },
    );
  });

  test("stay inside the labels of metrics", async () => {
    const known = new Set<string>(catalogue.map(({ name }) => name));
    await fc.assert(
      fc.asyncProperty(aReportOfNames, async (report) => {
        const strange = (await metricsOf(report)).split("\n").filter((line) => {
          const name = (sampleLine.exec(line) ?? remarkLine.exec(line))?.groups?.["name"] ?? "";
          return line !== "" && !known.has(name);
        });
        expect(strange).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test("pass promtool check metrics", async (context) => {
    for (const name of hostileNames) {
      const so = Object.fromEntries(Object.values(givenNames).map((plain) => [plain, name]));
      const verdict = promtoolVerdict(await metricsOf(reportOf("a bridge that is down", so)));
      if (verdict === "missing") return context.skip("promtool is missing: install prometheus");
      expect(verdict).toEqual({ exitCode: 0, said: "" });
    }
  });

  test("stand in quotes in every command that a person is told to run", () => {
    fc.assert(
      fc.property(aReportOfNames, (report) => {
        const commands = findingsOf(report).flatMap(({ remedy }) => remedy?.commands ?? []);
        // A quote inside of quotes is written '\''.
        const outside = commands.map((command) => command.replaceAll(/'[^']*'|\\'/g, ""));
        expect(outside.filter((text) => !/^[\w ./:,!@%+=-]*$/.test(text))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe("what docknet runs on a host with hostile names", () => {
  const recorded = ["02-single-host-drivers-h1--healthy", "lab-h1--healthy"];

  test.each(recorded)("is what it runs on %s, under whatever names", async (folder) => {
    const read = await readBundle(join(import.meta.dirname, "../recordings", folder));
    if (!read.ok) throw new Error(read.failure.message);
    const { recording } = read.bundle;
    const usual = new Set((await runsOn(recording)).map(({ argv }) => argv.join(" ")));
    expect(usual.size).toBeGreaterThan(15);
    const given = givenNamesIn(recording);
    expect(given.length).toBeGreaterThan(20);
    const hostile = fc.tuple(...given.map((plain) => hostileName.map((name) => [plain, name])));
    await fc.assert(
      fc.asyncProperty(hostile, async (pairs) => {
        const runs = await runsOn(withNames(recording, Object.fromEntries(pairs)));
        expect(runs.filter(({ argv }) => !usual.has(argv.join(" ")))).toEqual([]);
        const places = runs.map(({ netns = "/proc/1/ns/net" }) => netns);
        expect(places.filter((place) => !/^(?:\/[\w.:@+-]+)+$/.test(place))).toEqual([]);
        expect(places.filter((place) => place.split("/").includes(".."))).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });
});

/** Names, ids and paths that the engine and the kernel gave: what questions could be made of. */
function givenNamesIn(recording: Recording): readonly string[] {
  const texts = recording.flatMap(({ observation }) => (observation.ok ? [observation.text] : []));
  const found = texts.flatMap((text) =>
    [...text.matchAll(/"(?:Id|ID|SandboxKey|ResolvConfPath|ifname)":\s*"([^"]{4,})"/g)].map(
      (match) => match[1] ?? "",
    ),
  );
  return [...new Set(found)].sort((a, b) => b.length - a.length);
}

/** The same answers with other names in them, to the same questions. */
function withNames(recording: Recording, so: Readonly<Record<string, string>>): Recording {
  return recording.map((record) => {
    const { query, observation } = record;
    if (!observation.ok) return record;
    const isJson = /^\s*[[{]/.test(observation.text);
    const text = isJson
      ? renamedJson(observation.text, so)
      : Object.entries(so).reduce(
          (texts, [plain, name]) => texts.replaceAll(plain, () => name),
          observation.text,
        );
    return { query, observation: { ...observation, text } };
  });
}

/** The commands that would be run: those asked for that the closed list lets through. */
async function runsOn(recording: Recording) {
  const recorder = recordingHost(replayHost(recording));
  const asked = new Map<string, Parameters<typeof recorder.host.observe>[0]>();
  const host = {
    observe: async (query: Parameters<typeof recorder.host.observe>[0]) => {
      if (!isAllowed(query)) {
        const failure = refused("not on the closed list");
        return { ok: false, failure, observedAt: clock.now(), durationMs: 0 } as const;
      }
      asked.set(queryKey(query), query);
      return recorder.host.observe(query);
    },
  };
  await runPipeline(host, plan);
  return [...asked.values()].filter((query) => query.kind === "command");
}

function metricsOf(report: Report): Promise<string> {
  return expositionOf({
    report,
    agent: agentReadings(),
    process: processReadings,
    limits: noLimits,
  });
}
