import { coverageOf } from "../../src/engine/coverage.ts";
import { summarise } from "../../src/engine/summarise.ts";
import type { FactName } from "../../src/model/facts.ts";
import type {
  CheckMeta,
  CheckOutcome,
  CheckResult,
  CollectorOutcome,
  Doubt,
  Finding,
  Readings,
  Report,
} from "../../src/model/finding.ts";
import { subjectText } from "../../src/model/finding.ts";

/** The checks that a sample report says passed. */
const passing: readonly (readonly [id: string, area: CheckMeta["area"], passTitle: string])[] = [
  ["ip-forward-off", "kernel", "IPv4 forwarding is enabled"],
  ["if-forwarding-off", "kernel", "Every link that containers use forwards"],
  ["docker-chains-flushed", "netfilter", "Docker's chains and jumps are in place"],
  ["bridge-down", "link", "Every bridge of a network is up"],
  ["dnat-missing", "docker", "Every published port has its DNAT rule"],
];

const facts: readonly FactName[] = [
  "hostIdentity",
  "links",
  "routes",
  "rulesets",
  "sysctls",
  "dockerDaemon",
  "dockerNetworks",
  "containers",
];

/** A healthy Docker host; each argument changes one thing. */
export function aReport(
  change: Partial<Omit<Report, "readings">> & { readonly readings?: Partial<Readings> } = {},
): Report {
  const outcomes = change.outcomes ?? [
    ...passing.map(([id, area, passTitle]) =>
      anOutcome({ status: "pass" }, { id, area, passTitle }),
    ),
    anOutcome(
      { status: "not-applicable", reason: "this host is not in a swarm" },
      { id: "swarm-port-blocked", area: "overlay" },
    ),
  ];
  const collectors = change.collectors ?? facts.map((fact) => aCollector({ fact }));
  return {
    schemaVersion: 1,
    tool: { name: "docknet", version: "0.1.0" },
    host: {
      hostname: "web-07",
      kernel: "6.1.0-18-amd64",
      distribution: "Debian GNU/Linux 12 (bookworm)",
    },
    takenAt: "2026-11-02T10:00:00.000Z",
    durationMs: 2140,
    torn: false,
    moving: [],
    summary: summarise(outcomes),
    ...change,
    collectors,
    coverage: change.coverage ?? coverageOf(collectors, undefined),
    outcomes,
    readings: { ...healthyReadings, ...change.readings },
  };
}

export function aCheckMeta(change: Partial<CheckMeta> = {}): CheckMeta {
  return {
    id: "ip-forward-off",
    area: "kernel",
    title: "IPv4 forwarding is disabled",
    passTitle: "IPv4 forwarding is enabled",
    severity: "critical",
    why: "Bridge networks are routed by the host. Without forwarding, containers reach the host and nothing beyond it.",
    confirm: ["sysctl net.ipv4.ip_forward"],
    remedy: {
      summary: "Enable forwarding",
      commands: ["sysctl -w net.ipv4.ip_forward=1"],
      persistent: ["echo net.ipv4.ip_forward=1 > /etc/sysctl.d/99-docker.conf"],
    },
    ignoreWhen: "every network is internal, host or none",
    references: [
      "https://docs.kernel.org/networking/ip-sysctl.html",
      "https://github.com/moby/moby/issues/47966",
    ],
    ...change,
  };
}

export function aFinding(change: Partial<Finding> = {}): Finding {
  const finding: Omit<Finding, "fingerprint"> = {
    check: "ip-forward-off",
    subject: { kind: "sysctl", key: "net.ipv4.ip_forward" },
    message: "net.ipv4.ip_forward is 0: the host carries no packet from one link to another",
    observed: "0",
    expected: "1",
    evidence: [
      {
        source: { kind: "command", argv: ["sysctl", "-e", "net.ipv4.ip_forward"] },
        line: 1,
        text: "net.ipv4.ip_forward = 0",
      },
    ],
    severity: "critical",
    remedy: aCheckMeta().remedy,
    suppressed: false,
    ...change,
  };
  return { fingerprint: `${finding.check}|${subjectText(finding.subject)}`, ...finding };
}

export function anOutcome(result: CheckResult, meta: Partial<CheckMeta> = {}): CheckOutcome {
  const check = aCheckMeta(meta);
  return {
    check,
    docsUrl: `docs/checks/${check.id}.md`,
    requires: ["sysctls", "dockerNetworks"],
    result,
  };
}

/** The outcome of a check that found something. */
export function aFailure(
  findings: readonly [Finding, ...Finding[]],
  so: { readonly meta?: Partial<CheckMeta>; readonly doubts?: readonly Doubt[] } = {},
): CheckOutcome {
  const [{ check }] = findings;
  return anOutcome(
    { status: "fail", findings, doubts: so.doubts ?? [] },
    { id: check, ...so.meta },
  );
}

export function aCollector(change: Partial<CollectorOutcome> = {}): CollectorOutcome {
  return { fact: "links", state: "known", durationMs: 12.5, ignoredLines: 0, ...change };
}

const healthyReadings: Readings = {
  docker: {
    version: "20.10.24+dfsg1",
    apiVersion: "1.41",
    swarmRole: "none",
    swarmState: "inactive",
  },
  dockerState: "running",
  iptablesBackend: "nf_tables",
  containersRunning: 12,
  containersTotal: 14,
  networks: 5,
  forwarding: { ipv4: true, ipv6: false },
  sysctls: { "net.ipv4.ip_forward": "1" },
  chains: [],
  bridges: [],
  networkReadings: [],
  swarmPorts: [],
  intents: { kept: 48, degraded: 0, failed: 0, unsure: 0 },
};
