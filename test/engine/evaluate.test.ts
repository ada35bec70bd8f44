import { describe, expect, test } from "vitest";
import { defineCheck } from "../../src/checks/define-check.ts";
import { checks } from "../../src/checks/index.ts";
import { defineDerivation } from "../../src/derive/define-derivation.ts";
import { derivedValue, evaluateCheck, worldOf } from "../../src/engine/evaluate.ts";
import { judgeSnapshot } from "../../src/engine/pipeline.ts";
import { absent, known, unknown } from "../../src/model/facts.ts";
import { notPermitted } from "../../src/model/failure.ts";
import { notApplicable, pass, type Verdict } from "../../src/model/finding.ts";
import { aHost } from "../support/a-host.ts";
import { builtAt } from "../support/built-facts.ts";

const meta = {
  area: "kernel",
  title: "",
  passTitle: "",
  severity: "warning",
  why: "",
  confirm: [],
  remedy: { summary: "", commands: [], persistent: [] },
  ignoreWhen: "",
  references: ["https://docs.kernel.org"],
} as const;

/** A check of links and sysctls that says whatever it is given. */
function aCheck(evaluate: () => Verdict) {
  return defineCheck({ ...meta, id: "mine", requires: ["links", "sysctls"], evaluate });
}

const refused = unknown(notPermitted("ip needs CAP_NET_ADMIN"));
const passes = aCheck(() => pass);
const evaluated = (host: ReturnType<typeof aHost>) =>
  evaluateCheck(passes, worldOf(host.snapshot()));

describe("a check", () => {
  test("is evaluated where all of its facts are known", () => {
    expect(evaluated(aHost())).toEqual(pass);
  });

  test("is unknown where one of them is, with the reason of each", () => {
    const host = aHost().withFact("links", refused).withFact("sysctls", refused);
    const reason = "ip needs CAP_NET_ADMIN";
    expect(evaluated(host)).toEqual({
      status: "unknown",
      because: [
        { about: "links", reason },
        { about: "sysctls", reason },
      ],
    });
  });

  test("is not applicable where the host has no such thing, whatever else is unknown", () => {
    const host = aHost().withFact("links", refused).withFact("sysctls", absent("no /proc/sys"));
    expect(evaluated(host)).toEqual(notApplicable("no /proc/sys"));
  });

  test.each([
    ["a rootless engine", { engine: { kind: "rootless" } }],
    ["an engine on another kernel", { kernel: "6.10.14-linuxkit" }],
  ] as const)("never passes and never fails by comparing this host with %s", (_, daemon) => {
    const whole = aHost().withForwardingOff().withDaemon(daemon).snapshot();
    const { outcomes, readings } = judgeSnapshot(
      { snapshot: whole, collectors: [] },
      { checks, suppressions: [], toolVersion: "0.0.0" },
    );
    expect(new Set(outcomes.map(({ result }) => result.status))).toEqual(new Set(["unknown"]));
    expect(readings.docker?.engine).toBe(
      "engine" in daemon ? daemon.engine.kind : "engine elsewhere",
    );
    expect(readings.intents).toEqual({ kept: 0, degraded: 0, failed: 0, unsure: 0 });
  });

  test("does not care for facts that it did not ask for", () => {
    expect(evaluated(aHost().withFact("containers", refused))).toEqual(pass);
  });

  test.each([
    ["an error", new Error("oops"), "oops"],
    ["anything else", "oops", "oops"],
  ])("that throws %s is broken, and nobody's fault but docknet's", (_name, thrown, error) => {
    const broken = aCheck(() => {
      throw thrown;
    });
    const report = judgeSnapshot(
      { snapshot: aHost().snapshot(), collectors: [] },
      { checks: [broken, passes], suppressions: [], toolVersion: "0.0.0" },
    );
    expect(report.outcomes.map(({ result }) => result)).toEqual([
      { status: "broken", error },
      pass,
    ]);
    expect(report.summary).toMatchObject({ status: "unknown", exitCode: 3 });
  });

  test("sees the moment of the snapshot, its facts, and the questions that they were made of", () => {
    const source = { kind: "command", argv: ["ip", "addr"] } as const;
    const seen: unknown[] = [];
    const curious = defineCheck({
      ...meta,
      id: "curious",
      requires: ["links", "sysctls"],
      evaluate(facts, { takenAt, sources }) {
        seen.push(Object.keys(facts), takenAt, sources("links"), Object.isFrozen(facts));
        return pass;
      },
    });
    const links = known(aHost().facts().links, { at: builtAt, sources: [source] });
    evaluateCheck(curious, worldOf(aHost().withFact("links", links).snapshot()));
    expect(seen).toEqual([["links", "sysctls"], builtAt, [source], true]);
  });

  test("has no sources for a fact that is not known", () => {
    const seen: unknown[] = [];
    const curious = defineCheck({
      ...meta,
      id: "curious",
      requires: ["links"],
      evaluate(_facts, { sources }) {
        // A check cannot name a fact that it did not require; a wrong cast could.
        seen.push(sources("containers" as never));
        return pass;
      },
    });
    evaluateCheck(curious, worldOf(aHost().withFact("containers", refused).snapshot()));
    expect(seen).toEqual([[]]);
  });
});

describe("a derivation", () => {
  test("is computed once, whoever asks", () => {
    let computed = 0;
    const count = defineDerivation({
      requires: ["links"],
      compute: ({ links }) => {
        computed += 1;
        return links.length;
      },
    });
    const counting = defineCheck({
      ...meta,
      id: "counting",
      requires: ["links"],
      evaluate: (_facts, { derived }) => notApplicable(`${derived(count)} links`),
    });
    const world = worldOf(aHost().snapshot());
    const verdicts = [counting, counting].map((check) => evaluateCheck(check, world));
    expect([verdicts, computed]).toEqual([[notApplicable("6 links"), notApplicable("6 links")], 1]);
  });

  test("is a bug where its facts are not known", () => {
    const count = defineDerivation({ requires: ["links"], compute: ({ links }) => links.length });
    const world = worldOf(aHost().withFact("links", refused).snapshot());
    expect(() => derivedValue(count, world)).toThrow(
      "a derivation was asked for without its facts",
    );
  });
});

describe("every check", () => {
  test.each(checks)("$id is unknown where its facts are", (check) => {
    const blind = check.requires.reduce((host, name) => host.withFact(name, refused), aHost());
    expect(evaluateCheck(check, worldOf(blind.snapshot())).status).toBe("unknown");
  });

  test.each(checks)("$id is not applicable where Docker is not installed", (check) => {
    const without = (
      ["dockerNetworks", "containers", "daemonOptions", "swarmNodes"] as const
    ).reduce((host, name) => host.withFact(name, absent("docker is not installed")), aHost());
    expect(evaluateCheck(check, worldOf(without.snapshot()))).toEqual(
      notApplicable("docker is not installed"),
    );
  });
});
