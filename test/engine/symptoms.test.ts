import { describe, expect, test } from "vitest";
import { checks } from "../../src/checks/index.ts";
import { judgeSnapshot } from "../../src/engine/pipeline.ts";
import { aHost, type HostBuilder } from "../support/a-host.ts";

const plan = { checks, suppressions: [], toolVersion: "0.0.0" };

function findingsOn(host: HostBuilder) {
  const report = judgeSnapshot({ snapshot: host.snapshot(), collectors: [] }, plan);
  const findings = report.outcomes.flatMap(({ result }) =>
    result.status === "fail" ? result.findings : [],
  );
  return {
    exitCode: report.summary.exitCode,
    findings: findings.map(({ check, severity, explainedBy }) => [check, severity, explainedBy]),
  };
}

const answersFirst = "-A DOCKER-USER -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT";
const closed = "-A DOCKER-USER -i eth0 -j DROP";
const cause = "docker-user-blocks-all|chain:ipv4/filter/DOCKER-USER";

describe("a symptom", () => {
  test("is no worse than its cause: ports that are closed on purpose are no outage", () => {
    const host = aHost().withRule(closed, { at: "first" }).withRule(answersFirst, { at: "first" });
    expect(findingsOn(host)).toEqual({
      exitCode: 0,
      findings: expect.arrayContaining([
        ["docker-user-blocks-all", "info", undefined],
        ["traffic-blocked", "info", cause],
      ]),
    });
  });

  test("is as bad as its cause where that is an outage", () => {
    expect(findingsOn(aHost().withRule(closed, { at: "first" }))).toEqual({
      exitCode: 2,
      findings: expect.arrayContaining([
        ["docker-user-blocks-all", "critical", undefined],
        ["traffic-blocked", "critical", cause],
      ]),
    });
  });
});
