import { describe, expect, test } from "vitest";
import type { WhyFinding, WhyReport } from "../../../src/model/why/why-report.ts";
import { whyTerminal } from "../../../src/render/why/terminal.ts";

const finding: WhyFinding = {
  kind: "path-blocked",
  topic: "path",
  message: "packets from web to db:5432 are dropped in host: ipv4 filter DOCKER-USER rule 1",
  evidence: [
    {
      source: { kind: "command", argv: ["iptables-save", "-c"] },
      text: "[1:2] -A DOCKER-USER -j DROP",
    },
    { source: { kind: "command", argv: ["iptables-save", "-c"] }, text: "x".repeat(700) },
  ],
  remedy: {
    summary: "Take the rule out",
    commands: ["iptables -D DOCKER-USER -j DROP"],
    sideEffects: "opens all",
    persistent: ["in /etc/rc.local", "and in cron"],
  },
  check: "docker-user-blocks-all",
};

const report: WhyReport = {
  schemaVersion: 1,
  tool: { name: "docknet", version: "0.0.0" },
  host: { hostname: "dock", kernel: "6.18.44" },
  takenAt: "2026-11-02T10:00:00.000Z",
  question: { from: "web", to: "db:5432/tcp", protocol: "tcp", family: "ipv4" },
  outcome: "broken",
  sentence: `web cannot reach db:5432/tcp: ${finding.message}.`,
  causes: [
    finding,
    { ...finding, kind: "nothing-listens", message: "nothing listens", evidence: [] },
  ],
  suspects: [],
  notes: [],
  seen: [{ topic: "state", text: "web runs" }],
  unknown: [],
  elsewhere: [],
};

function page(colour: "on" | "off" = "off") {
  return { columns: 80, colour, detail: "all" } as const;
}

describe("an answer on a terminal", () => {
  test("has the first cause with its evidence and remedy, then the others", () => {
    const lines = whyTerminal(report, page()).split("\n");
    expect(lines.map((line) => line.slice(0, 78))).toEqual(
      [
        "✗ web cannot reach db:5432/tcp: packets from web to db:5432 are dropped in host:",
        "  ipv4 filter DOCKER-USER rule 1.",
        "  evidence    $ iptables-save -c",
        "              [1:2] -A DOCKER-USER -j DROP",
        `              ${"x".repeat(64)}`,
        "  remedy      Take the rule out (opens all)",
        "                iptables -D DOCKER-USER -j DROP",
        "  to keep it  in /etc/rc.local",
        "              and in cron",
        "  proof       on the model, the packet arrives with this remedy",
        "  more        docknet explain docker-user-blocks-all",
        "",
        "✗ then: nothing listens",
        "  remedy      Take the rule out (opens all)",
        "                iptables -D DOCKER-USER -j DROP",
        "  to keep it  in /etc/rc.local",
        "              and in cron",
        "  proof       on the model, the packet arrives with this remedy",
        "  more        docknet explain docker-user-blocks-all",
        "",
        "Looked at",
        "  state       web runs",
        "",
      ].map((line) => line.slice(0, 78)),
    );
  });

  test("tells what is not certain, what was not seen, and what is worth a word", () => {
    const unsure: WhyReport = {
      ...report,
      outcome: "unsure",
      sentence: "Nothing certain keeps web from reaching db:5432/tcp, but something may.",
      causes: [],
      suspects: [{ ...finding, evidence: [] }],
      notes: [{ kind: finding.kind, topic: "size", message: "eth0 is small", evidence: [] }],
      seen: [],
      unknown: [
        { topic: "name", text: "which resolver web uses", isNeeded: true },
        { topic: "name", text: "which servers it asks", isNeeded: false },
      ],
    };
    expect(whyTerminal(unsure, page()).split("\n").slice(0, 1)).toEqual([
      "? Nothing certain keeps web from reaching db:5432/tcp, but something may.",
    ]);
    expect(whyTerminal(unsure, page()).split("\n").slice(-7)).toEqual([
      "",
      "i eth0 is small",
      "",
      "Not known",
      "  name        which resolver web uses",
      "  name        which servers it asks (the answer does not depend on it)",
      "",
    ]);
  });

  test("tells what may stop it behind what does", () => {
    const both: WhyReport = { ...report, causes: [finding], suspects: [finding] };
    expect(whyTerminal(both, page())).toContain("\n? then: packets from web");
  });

  test("lists what else it can be, and the command for the way", () => {
    const fine: WhyReport = {
      ...report,
      outcome: "fine",
      sentence: "Nothing on this host keeps web from reaching db:5432/tcp.",
      causes: [],
      seen: [],
      elsewhere: [`the application in db: ${"its log and more ".repeat(6).trim()}`],
      trace: { fate: "delivered", sentence: "", command: "docknet trace --from web", legs: [] },
    };
    expect(whyTerminal(fine, page())).toBe(
      [
        "✓ Nothing on this host keeps web from reaching db:5432/tcp.",
        "",
        "It is something else, then",
        "  – the application in db: its log and more its log and more its log and more",
        "    its log and more its log and more its log and more",
        "",
        "  the way     docknet trace --from web",
        "",
      ].join("\n"),
    );
  });

  test("prints nothing of a host raw, and colour only where it is wanted", () => {
    const hostile: WhyReport = {
      ...report,
      sentence: "a\u001b[2J\u202eb\n",
      causes: [
        {
          ...finding,
          evidence: [
            {
              source: finding.evidence[0]?.source ?? { kind: "system", topic: "memory" },
              text: "\u001b]0;x\u0007",
            },
          ],
        },
      ],
      seen: [{ topic: "state", text: "\r\u009b31m" }],
    };
    const plain = whyTerminal(hostile, page());
    expect(plain.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(plain.split("\n")[0]).toBe("✗ a\\x1b[2J\\u202eb\\n");
    expect(whyTerminal(report, page("on"))).toContain("\u001b[");
  });
});
