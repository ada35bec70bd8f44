import { describe, expect, test } from "vitest";
import { checks } from "../../src/checks/index.ts";
import { judgeSnapshot } from "../../src/engine/pipeline.ts";
import type { Suppression } from "../../src/engine/plan.ts";
import type { Finding, Report } from "../../src/model/finding.ts";
import { aHost, type HostBuilder } from "../support/a-host.ts";
import { aLink, appBridge, linkAddress } from "../support/healthy-facts.ts";
import { inSwarm } from "../support/host-variants.ts";

function reportOf(host: HostBuilder, suppressions: readonly Suppression[] = []): Report {
  const taken = { snapshot: host.snapshot(), collectors: [] };
  return judgeSnapshot(taken, { checks, suppressions, toolVersion: "0.0.0" });
}

function findingsOf(report: Report): readonly Finding[] {
  return report.outcomes.flatMap(({ result }) => (result.status === "fail" ? result.findings : []));
}

/** Fingerprint of each cause, with those of its symptoms. */
function tree(host: HostBuilder): Readonly<Record<string, readonly string[]>> {
  const findings = findingsOf(reportOf(host));
  const causes = findings.filter(({ explainedBy }) => explainedBy === undefined);
  return Object.fromEntries(
    causes.map(({ fingerprint }) => [
      fingerprint,
      findings.filter((one) => one.explainedBy === fingerprint).map((one) => one.fingerprint),
    ]),
  );
}

const flushed = aHost()
  .withFlushedTable("filter")
  .withFlushedTable("nat")
  .withPolicy("FORWARD", "DROP");
const drop = "-A DOCKER-USER -i eth0 -j DROP";
const rule = (bridge: string, subnet: string) =>
  `-A POSTROUTING -s ${subnet} ! -o ${bridge} -j MASQUERADE`;
const bare = aHost().withoutRule(rule(appBridge, "172.20.0.0/16"), { table: "nat" });

describe("causes", () => {
  test("are none on a healthy host", () => {
    expect(tree(aHost())).toEqual({});
  });

  test("fold everything that one flush broke under the widest", () => {
    expect(tree(flushed)).toEqual({
      "docker-chains-flushed|chain:ipv4/nat/DOCKER": [
        "dnat-missing|chain:ipv4/nat/DOCKER",
        "traffic-blocked|chain:ipv4/filter/FORWARD",
        "traffic-blocked|published-port:web/0.0.0.0:5353/udp",
        "forward-policy-drop-no-docker-rules|chain:ipv4/filter/FORWARD",
      ],
    });
  });

  test("fold what a check names under it, and traffic-blocked below both", () => {
    expect(tree(aHost().withEmptyChain("FORWARD"))).toEqual({
      "forward-policy-drop-no-docker-rules|chain:ipv4/filter/FORWARD": [
        "traffic-blocked|chain:ipv4/filter/FORWARD",
      ],
    });
  });

  test("that are independent stay two", () => {
    expect(tree(bare.withRule(drop, { at: "first" }))).toEqual({
      "docker-user-blocks-all|chain:ipv4/filter/DOCKER-USER": [
        "traffic-blocked|chain:ipv4/filter/DOCKER-USER",
      ],
      "nat-masquerade-missing|network:appnet": ["traffic-blocked|container:web"],
    });
  });

  test("of two networks stay two, each with its own remedy", () => {
    const both = bare.withoutRule(rule("docker0", "172.17.0.0/16"), { table: "nat" });
    expect(tree(both)).toEqual({
      "nat-masquerade-missing|network:bridge": ["traffic-blocked|container:worker"],
      "nat-masquerade-missing|network:appnet": ["traffic-blocked|container:web"],
    });
  });

  test("keep a missing translation of one port apart from a missing masquerade", () => {
    const dnat = `-A DOCKER ! -i ${appBridge} -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80`;
    expect(Object.keys(tree(bare.withoutRule(dnat, { table: "nat" })))).toEqual([
      "dnat-missing|published-port:web/0.0.0.0:8080/tcp",
      "nat-masquerade-missing|network:appnet",
    ]);
  });

  test("are one sysctl and one bridge at once", () => {
    const host = aHost().withLinkDown("docker0").withLinkSetting(appBridge, { forwarding: false });
    expect(Object.keys(tree(host))).toEqual([
      `if-forwarding-off|sysctl:net.ipv4.conf.${appBridge}.forwarding`,
      "bridge-down|link:docker0",
    ]);
  });

  test("stand by themselves where no check knows them", () => {
    const host = aHost().withRule("-A FORWARD -i docker0 -j DROP", { at: "first" });
    expect(tree(host)).toEqual({ "traffic-blocked|chain:ipv4/filter/FORWARD": [] });
  });

  test("are the closed ports of a swarm, each by itself", () => {
    const host = inSwarm(aHost(), "manager").withRule("-A INPUT -p tcp -j DROP");
    expect(Object.keys(tree(host))).toEqual([
      "swarm-port-blocked|swarm-port:2377/tcp",
      "swarm-port-blocked|swarm-port:7946/tcp",
    ]);
  });

  test("are found although facts that promises need are unknown", () => {
    const sockets = { state: "unknown", failure: { kind: "not-found", message: "no ss" } } as const;
    const host = aHost().withForwardingOff().withFact("sockets", sockets);
    expect(tree(host)).toEqual({ "ip-forward-off|sysctl:net.ipv4.ip_forward": [] });
  });
});

describe("the proof of a remedy", () => {
  const proofs = (host: HostBuilder) =>
    Object.fromEntries(
      findingsOf(reportOf(host)).map(({ fingerprint, proof }) => [
        fingerprint.split("|")[0],
        proof,
      ]),
    );

  test("counts the broken promises that it mends", () => {
    expect(proofs(aHost().withForwardingOff())).toEqual({
      "ip-forward-off": { mends: 8, of: 8 },
      "traffic-blocked": undefined,
    });
  });

  test("does not claim what another cause still breaks", () => {
    expect(proofs(bare.withRule(drop, { at: "first" }))).toMatchObject({
      "docker-user-blocks-all": { mends: 4, of: 5 },
      "nat-masquerade-missing": { mends: 1, of: 5 },
    });
  });

  test("is a doubt where the remedy changes nothing on the model", () => {
    const shadowed = bare.withRule("-A POSTROUTING -s 172.20.0.0/16 -j RETURN", {
      table: "nat",
      at: "first",
    });
    const result = reportOf(shadowed).outcomes.find(
      ({ check }) => check.id === "nat-masquerade-missing",
    )?.result;
    expect(result?.status === "fail" ? result.doubts : []).toEqual([
      {
        about: "nat-masquerade-missing|network:appnet",
        reason:
          "on docknet's model the remedy changes nothing: something else may be in the way too",
      },
    ]);
  });

  test("is not asked of a symptom, whose cause has one", () => {
    const doubts = reportOf(flushed).outcomes.flatMap(({ result }) =>
      result.status === "fail" ? result.doubts : [],
    );
    expect(doubts).toEqual([]);
  });

  test("is not given for what breaks nothing yet", () => {
    const host = aHost().withLinkSetting("default", { forwarding: false });
    expect(proofs(host)).toEqual({ "if-forwarding-off": undefined });
  });

  test("is not tried for more remedies than a run can bear", () => {
    const many = Array.from({ length: 40 }, (_, index) => index + 1);
    const host = many.reduce(
      (built, index) =>
        built
          .withLink(aLink(`eth${index}`, { addresses: [linkAddress(`10.${index}.0.1/24`)] }))
          .withLinkSetting(`eth${index}`, { forwarding: false }),
      aHost().withoutRoute("0.0.0.0/0"),
    );
    const findings = findingsOf(reportOf(host)).filter(
      ({ check }) => check === "if-forwarding-off",
    );
    expect([findings.length, findings.filter(({ proof }) => proof !== undefined).length]).toEqual([
      40, 32,
    ]);
  });
});

describe("a suppression", () => {
  const summaryOf = (host: HostBuilder, ...suppressions: readonly Suppression[]) => {
    const { status, findings, suppressed, causes, exitCode } = reportOf(host, suppressions).summary;
    return { status, findings, suppressed, causes, exitCode };
  };
  const quiet = {
    status: "ok",
    findings: { info: 0, warning: 0, critical: 0 },
    causes: [],
    exitCode: 0,
  };

  test("of a cause silences its symptoms too", () => {
    expect(summaryOf(aHost().withForwardingOff(), { check: "ip-forward-off" })).toEqual({
      ...quiet,
      suppressed: 1,
    });
  });

  test("of one subject leaves the others", () => {
    const both = bare.withoutRule(rule("docker0", "172.17.0.0/16"), { table: "nat" });
    const one = { check: "nat-masquerade-missing", subject: "network:bridge" };
    expect(summaryOf(both, one)).toEqual({
      status: "critical",
      findings: { info: 0, warning: 0, critical: 2 },
      suppressed: 1,
      causes: ["nat-masquerade-missing|network:appnet"],
      exitCode: 2,
    });
  });

  test("of another check, or another subject, changes nothing", () => {
    const host = aHost().withForwardingOff();
    const others = [
      { check: "bridge-down" },
      { check: "ip-forward-off", subject: "sysctl:net.ipv6.conf.all.forwarding" },
    ];
    expect(summaryOf(host, ...others)).toEqual(summaryOf(host));
  });

  test("leaves the finding in the report, marked", () => {
    const report = reportOf(aHost().withForwardingOff(), [{ check: "ip-forward-off" }]);
    expect(findingsOf(report).map(({ check, suppressed }) => [check, suppressed])).toEqual([
      ["traffic-blocked", false],
      ["ip-forward-off", true],
    ]);
  });
});
