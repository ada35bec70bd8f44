import { describe, expect, test } from "vitest";
import type { Readings, Report } from "../../src/model/finding.ts";
import { hostLines } from "../../src/render/terminal-host.ts";
import { printed } from "../../src/render/text.ts";
import { aReport } from "../support/a-report.ts";

const page = { columns: 200, colour: "off", detail: "folded" } as const;
const docker = { version: "29.1.2", apiVersion: "1.52", swarmState: "active" } as const;

function secondLine(report: Report): string {
  return printed(hostLines(report, page), "off").split("\n")[1] ?? "";
}

function withReadings(readings: Partial<Readings>): string {
  return secondLine(aReport({ readings }));
}

const rest = "12 of 14 containers running · 5 networks · seen 2026-11-02 10:00:00 UTC in 2.1 s";

describe("host line", () => {
  test.each([
    [{ swarmRole: "none", firewallBackend: "nftables" }, "none", "(nftables) · no swarm"],
    [{ swarmRole: "worker" }, "legacy", "(iptables-legacy) · swarm worker"],
    [
      { swarmRole: "manager", firewallBackend: "iptables+firewalld" },
      "nf_tables",
      "(iptables-nft+firewalld) · swarm manager",
    ],
    [
      { swarmRole: "worker", swarmState: "locked" },
      "unknown",
      "(iptables) · swarm worker (locked)",
    ],
    [{ swarmRole: "none" }, "none", "(iptables without rules) · no swarm"],
    [{ swarmRole: "none" }, "mixed", "(iptables-nft and iptables-legacy mixed) · no swarm"],
  ] as const)("says what the engine writes its rules with: %j %s", (change, backend, expected) => {
    const readings = { docker: { ...docker, ...change }, iptablesBackend: backend };
    expect(withReadings(readings)).toBe(`Docker 29.1.2 ${expected} · ${rest}`);
  });

  test("counts containers, and says when they are unknown", () => {
    const { containersRunning: _, networks: __, ...readings } = aReport().readings;
    expect([
      withReadings({ containersRunning: 1, containersTotal: 1, networks: 1 }),
      secondLine({ ...aReport({ durationMs: 0 }), readings }),
    ]).toEqual([
      "Docker 20.10.24+dfsg1 (iptables-nft) · no swarm · 1 container running · 1 network · seen 2026-11-02 10:00:00 UTC in 2.1 s",
      "Docker 20.10.24+dfsg1 (iptables-nft) · no swarm · containers unknown · networks unknown · seen 2026-11-02 10:00:00 UTC",
    ]);
  });

  test.each([
    ["not-installed", "Docker is not installed"],
    ["stopped", "Docker is not running"],
    ["unknown", "Docker could not be asked"],
  ] as const)("says that Docker is %s", (dockerState, expected) => {
    const { docker: _, ...readings } = aReport().readings;
    const report = { ...aReport(), readings: { ...readings, dockerState } };
    expect(secondLine(report)).toBe(`${expected} · seen 2026-11-02 10:00:00 UTC in 2.1 s`);
  });
});
