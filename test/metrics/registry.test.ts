import { join } from "node:path";
import { register } from "prom-client";
import { describe, expect, test } from "vitest";
import type { ExpositionInput } from "../../src/metrics/registry.ts";
import type { Report } from "../../src/model/finding.ts";
import { aCollector, aFailure, aFinding, anOutcome, aReport } from "../support/a-report.ts";
import { agentReadings, noLimits, processReadings } from "../support/agent-readings.ts";
import { expositionOf } from "../support/exposition-of.ts";
import { promtoolVerdict } from "../support/promtool.ts";

const golden = (name: string): string =>
  join(import.meta.dirname, "..", "golden", "metrics", `${name}.prom`);

const chain = { family: "ipv4", backend: "nf_tables", table: "filter" } as const;
const cause = aFinding();
const symptom = aFinding({
  check: "dnat-missing",
  subject: { kind: "network", name: "app" },
  severity: "warning",
  explainedBy: cause.fingerprint,
});

/** A swarm manager on which something of everything is wrong. */
const busy: Report = aReport({
  outcomes: [
    { ...aFailure([cause]), durationMs: 1.25 },
    aFailure([symptom, aFinding({ check: "dnat-missing", suppressed: true })]),
    anOutcome({ status: "pass" }, { id: "bridge-down" }),
    anOutcome({ status: "not-applicable", reason: "no swarm" }, { id: "swarm-port-blocked" }),
    anOutcome({ status: "unknown", because: [] }, { id: "bridge-no-ip" }),
    anOutcome({ status: "broken", error: "bug" }, { id: "docker-user-blocks-all" }),
  ],
  collectors: [
    aCollector({ fact: "links" }),
    aCollector({ fact: "rulesets", durationMs: 250 }),
    aCollector({ fact: "swarmNodes", state: "absent", reason: "a worker cannot list nodes" }),
    aCollector({
      fact: "memory",
      state: "unknown",
      failure: { kind: "timed-out", message: "too slow", timeoutMs: 10_000 },
    }),
  ],
  readings: {
    docker: {
      version: "29.0.1",
      apiVersion: "1.52",
      firewallBackend: "nftables",
      swarmRole: "manager",
      swarmState: "active",
    },
    sysctls: {
      "net.ipv4.ip_forward": "1",
      "net.ipv4.ip_local_port_range": "32768 60999",
      "net.netfilter.nf_conntrack_count": "27",
      "net.netfilter.nf_conntrack_max": "262144",
    },
    forwarding: { ipv4: true, ipv6: false },
    chains: [
      {
        ...chain,
        chain: "FORWARD",
        policy: "DROP",
        rules: 7,
        droppedPackets: 3,
        droppedBytes: 180,
      },
      { ...chain, chain: "DOCKER-USER", rules: 1, droppedPackets: 0, droppedBytes: 0 },
      { ...chain, chain: "ufw-user-input", rules: 4, droppedPackets: 1, droppedBytes: 60 },
      { ...chain, chain: "KUBE-FORWARD", rules: 2, droppedPackets: 5, droppedBytes: 300 },
    ],
    bridges: [
      { device: "docker0", network: "bridge", adminUp: true, ports: 2, mtuBytes: 1500 },
      { device: "br-1a2b3c", network: "web", adminUp: false, ports: 0, mtuBytes: 1450 },
    ],
    networkReadings: [
      {
        name: "web",
        id: "1a2b3c4d5e6f70819a0b",
        driver: "bridge",
        scope: "local",
        internal: false,
        subnet: "172.18.0.0/16",
        containers: 3,
      },
    ],
    addressPools: [
      { network: "web", family: "ipv4", size: 65_534, used: 4 },
      { network: "web", family: "ipv6", size: 2 ** 64, used: 4 },
    ],
    paths: [
      { kind: "egress", state: "kept", paths: 3 },
      { kind: "egress", state: "failed", paths: 1 },
    ],
    publishedPorts: [
      { protocol: "tcp", state: "kept", ports: 2 },
      { protocol: "tcp", state: "degraded", ports: 1 },
    ],
    conntrack: {
      entries: 27,
      limit: 262_144,
      drops: { tableFull: 3, insertFailed: 1, earlyDrop: 0, chainTooLong: 0 },
    },
    neighbourTables: [{ family: "ipv4", entries: 18, limit: 1_024 }, { family: "ipv6" }],
    reversePathFiltered: 7,
    netns: { container: 3, overlay: 1, "load-balancer": 1, ingress: 1, other: 0, named: 2 },
    swarmPorts: [
      { protocol: "tcp", port: 2377, listening: true, allowed: false },
      { protocol: "udp", port: 4789, listening: true },
    ],
  },
});

function input(change: Partial<ExpositionInput> = {}): ExpositionInput {
  return {
    report: busy,
    agent: agentReadings({
      skippedTicks: 1,
      collectorErrors: { memory: { "timed-out": 2 } },
      collectorSuccesses: { links: 1_793_613_602.14, memory: 1_793_613_000 },
      firstSeen: { [cause.fingerprint]: 1_793_600_000 },
      commands: {
        ip: { runs: 12, failures: 0, durationMs: 48.5 },
        docker_api: { runs: 9, failures: 1, durationMs: 30 },
      },
    }),
    process: processReadings,
    limits: noLimits,
    ...change,
  };
}

/** Lines of the families whose names start so, without HELP and TYPE. */
async function lines(change: Partial<ExpositionInput>, start: string): Promise<readonly string[]> {
  const text = await expositionOf(input(change));
  return text.split("\n").filter((line) => line.startsWith(start));
}

describe("exposition", () => {
  test("prints a whole report", async () => {
    await expect(await expositionOf(input())).toMatchFileSnapshot(golden("busy"));
  });

  test("prints the agent alone before the first run", async () => {
    const { lastRun: _, ...agent } = agentReadings({ runs: 0 });
    const text = await expositionOf({ agent, process: processReadings, limits: noLimits });
    await expect(text).toMatchFileSnapshot(golden("before-first-run"));
  });

  test("prints the same as OpenMetrics", async () => {
    await expect(await expositionOf(input(), "openmetrics")).toMatchFileSnapshot(
      golden("busy.openmetrics"),
    );
  });

  test("leaves out the families of a collector that failed, and says so", async () => {
    const failed = aCollector({
      fact: "rulesets",
      state: "unknown",
      failure: { kind: "not-permitted", message: "needs CAP_NET_ADMIN" },
    });
    const report = aReport({ ...busy, collectors: [failed] });
    expect(await lines({ report }, "docknet_firewall")).toEqual([]);
    expect(await lines({ report }, "docknet_swarm_port_allowed")).toEqual([]);
    expect(await lines({ report }, "docknet_swarm_port_listening{")).toHaveLength(2);
    expect(await lines({ report }, "docknet_scrape_collector_success{")).toEqual([
      'docknet_scrape_collector_success{collector="rulesets"} 0',
    ]);
  });

  test("keeps nothing of the report before", async () => {
    await expositionOf(input());
    expect(await lines({ report: aReport() }, "docknet_bridge")).toEqual([]);
    expect(await register.metrics()).toBe("\n");
  });

  test("keeps at most the findings it may, causes first, and counts the rest", async () => {
    expect([
      await lines({ limits: { ...noLimits, maxFindings: 1 } }, "docknet_finding_info"),
      await lines({ limits: { ...noLimits, maxFindings: 1 } }, "docknet_findings_truncated"),
      await lines({ limits: { ...noLimits, maxFindings: 0 } }, "docknet_finding_info"),
    ]).toEqual([
      [
        'docknet_finding_info{check="ip-forward-off",severity="critical",subject="sysctl:net.ipv4.ip_forward",role="cause"} 1',
      ],
      ["docknet_findings_truncated 1"],
      [],
    ]);
  });

  test("does not count the symptoms of a suppressed cause", async () => {
    const report = aReport({
      outcomes: [aFailure([{ ...cause, suppressed: true }]), aFailure([symptom])],
    });
    expect(await lines({ report }, "docknet_finding_info")).toEqual([]);
    expect(await lines({ report }, "docknet_findings_suppressed{")).toEqual([
      'docknet_findings_suppressed{check="ip-forward-off"} 1',
      'docknet_findings_suppressed{check="dnat-missing"} 0',
    ]);
  });

  test("escapes hostile names, so that no name makes a line of its own", async () => {
    const name = 'a"} 1\nevil_metric{x="\\ \u202e\u001b[31m\r\0\ud800é';
    const finding = aFinding({ subject: { kind: "network", name } });
    const report = aReport({
      outcomes: [aFailure([finding])],
      readings: {
        bridges: [{ device: "br0", network: name, adminUp: true, ports: 0, mtuBytes: 1500 }],
      },
    });
    const label = 'a\\"} 1\\nevil_metric{x=\\"\\\\ \u202e\u001b[31m\r\0\ufffdé';
    expect(await lines({ report }, "docknet_bridge_up")).toEqual([
      `docknet_bridge_up{device="br0",network="${label}"} 1`,
    ]);
    const text = await expositionOf(input({ report }));
    expect(text.split("\n").filter((line) => line.startsWith("evil"))).toEqual([]);
    expect(["missing", { exitCode: 0, said: "" }]).toContainEqual(promtoolVerdict(text));
  });

  test("keeps at most the series that it may of what grows with the host, and counts the rest", async () => {
    const limits = { ...noLimits, maxSeriesPerFamily: 1 };
    expect(await lines({ limits }, "docknet_bridge_up{")).toEqual([
      'docknet_bridge_up{device="docker0",network="bridge"} 1',
    ]);
    expect(await lines({ limits }, "docknet_firewall_chain_policy{")).toEqual([]);
    expect(
      (await lines({ limits }, "docknet_series_truncated{")).filter((line) => !/ 0$/.test(line)),
    ).toEqual([
      'docknet_series_truncated{metric="docknet_firewall_chain_policy"} 2',
      'docknet_series_truncated{metric="docknet_firewall_chain_rules"} 2',
      'docknet_series_truncated{metric="docknet_firewall_dropped_packets_total"} 2',
      'docknet_series_truncated{metric="docknet_firewall_dropped_bytes_total"} 2',
      'docknet_series_truncated{metric="docknet_bridge_up"} 1',
      'docknet_series_truncated{metric="docknet_bridge_ports"} 1',
      'docknet_series_truncated{metric="docknet_bridge_mtu_bytes"} 1',
      'docknet_series_truncated{metric="docknet_network_address_pool_size"} 1',
      'docknet_series_truncated{metric="docknet_network_addresses_used"} 1',
    ]);
    expect(await lines({ limits }, "docknet_check_status{")).toHaveLength(30);
  });

  test("adds up networks of one name", async () => {
    const network = busy.readings.networkReadings[0];
    if (network === undefined) throw new Error("the report has a network");
    const report = aReport({
      readings: { networkReadings: [network, { ...network, id: "other", containers: 2 }] },
    });
    expect(await lines({ report }, "docknet_network_containers{")).toEqual([
      'docknet_network_containers{network="web"} 5',
    ]);
  });

  test("passes promtool check metrics without a word", async (context) => {
    const verdict = promtoolVerdict(await expositionOf(input()));
    if (verdict === "missing") return context.skip("promtool is missing: install prometheus");
    expect(verdict).toEqual({ exitCode: 0, said: "" });
  });
});
