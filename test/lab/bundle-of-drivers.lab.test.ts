import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/model/finding.ts";
import { asNobody, takeBundle, timeless } from "./support/bundles.ts";
import { containerFacts, type LabContainer, runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { doctorOn } from "./support/doctor.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { createNetwork } from "./support/networks.ts";
import { runCommand } from "./support/run-command.ts";
import { standardHost, startLan } from "./support/standard-host.ts";
import { startSwarm, waitUntilReady } from "./support/swarm.ts";

/** A name and a value that stand in no output by chance. */
const hidden = { container: "quokka-of-the-lab", label: "wombat-of-the-lab" } as const;

describeLab("a bundle of a host with every driver and a swarm", () => {
  let lab: Lab;
  let host: LabHost;
  let overlaid: LabContainer;
  /** Where an ordinary user of another machine has the bundles. */
  let elsewhere: string;

  beforeAll(async () => {
    lab = await openLab();
    elsewhere = mkdtempSync(join(tmpdir(), "docknet-bundles-"));
    chmodSync(elsewhere, 0o755);
    host = (await standardHost(await startLan(lab))).host;
    await startSwarm(host);
    await waitUntilReady(host, [host]);
    await createNetwork(host, { name: "span", driver: "overlay", attachable: "yes" });
    overlaid = await runContainer(host, {
      name: hidden.container,
      network: "span",
      environment: { TOKEN: hidden.label },
    });
  });

  afterAll(async () => {
    rmSync(elsewhere, { recursive: true, force: true });
    await lab?.close();
  });

  describe.each([
    { state: "healthy", arrange: "true" },
    { state: "broken", arrange: "iptables -t nat -F; ip link set docker0 down" },
  ])("that is $state", ({ state, arrange }) => {
    let live: Report;
    let code: number;

    beforeAll(async () => {
      await mustOnHost(host, ["sh", "-c", arrange]);
      ({ report: live, code } = await doctorOn(host));
      await takeBundle(host, `${state}.tar.gz`, { to: elsewhere });
      await takeBundle(host, `${state}-redacted/`, { to: elsewhere, flags: ["--redact"] });
    });

    test("gives an ordinary user the same report", async () => {
      const judged = await judge(join(elsewhere, `${state}.tar.gz`));
      expect({ code: judged.code, report: timeless(judged.report) }).toEqual({
        code,
        report: timeless(live),
      });
    });

    test("gives the same findings when it was redacted", async () => {
      const judged = await judge(join(elsewhere, `${state}-redacted`));
      expect({ code: judged.code, report: shapeOf(judged.report) }).toEqual({
        code,
        report: shapeOf(live),
      });
    });

    test("holds no name, address or id of a container when it was redacted", async () => {
      const { ipv4 } = await containerFacts(overlaid);
      const words = [
        hidden.container,
        hidden.label,
        overlaid.id.slice(0, 12),
        ...Object.values(ipv4),
      ];
      for (const word of words) {
        const found = await runCommand([
          "grep",
          "-rlwF",
          word,
          join(elsewhere, `${state}-redacted`),
        ]);
        expect({ word, found: found.stdout }).toEqual({ word, found: "" });
      }
    });
  });
});

async function judge(path: string): Promise<{ readonly code: number; readonly report: Report }> {
  const { code, stdout, stderr } = await asNobody(["doctor", "--format", "json", "--bundle", path]);
  if (!stdout.startsWith("{")) throw new Error(`doctor ended with ${code}: ${stderr}`);
  return { code, report: JSON.parse(stdout) };
}

/** A report without names: what every check found and how often, what was promised, what was read. */
function shapeOf({ outcomes, readings, summary, collectors, coverage }: Report) {
  const { facts, ignoredLines, missingCapabilities, sandboxes } = coverage;
  return {
    outcomes: outcomes.map(({ check, result }) => ({
      check: check.id,
      status: result.status,
      findings:
        result.status === "fail"
          ? result.findings.map(({ severity, explainedBy, proof }) => ({
              severity,
              isCause: explainedBy === undefined,
              proof,
            }))
          : [],
    })),
    intents: readings.intents,
    counts: [summary.counts, summary.findings, summary.causes.length],
    states: collectors.map(({ fact, state }) => `${fact} ${state}`),
    coverage: { facts, ignoredLines, missingCapabilities, whole: sandboxes?.whole },
  };
}
