import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Report } from "../../src/model/finding.ts";
import { publishHttp, runContainer } from "./support/containers.ts";
import { describeLab } from "./support/describe-lab.ts";
import { conclusionOf, doctorOn, type Examination, healthy } from "./support/doctor.ts";
import { enginePid, killEngine, restartEngine, startEngine, stopEngine } from "./support/engine.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, labFolderOnHost, mustOnHost, onHost } from "./support/lab-host.ts";
import type { Argv } from "./support/run-command.ts";
import { publishedPorts, startEngineHost, startLan } from "./support/standard-host.ts";

const cli = join(import.meta.dirname, "..", "..", "src", "cli.ts");

/** A program that is not there, and what docknet may say without it. */
const missing = [
  { program: "brctl", says: "brctl is not installed", code: 0, facts: [] },
  { program: "nft", says: "; install the package nftables", code: 3, facts: [] },
  {
    program: "xtables-nft-multi",
    says: "; install the package iptables",
    code: 3,
    facts: ["rulesets", "ipsets"],
  },
  { program: "sysctl", says: "; install the package procps", code: 3, facts: ["sysctls"] },
  {
    program: "ss",
    says: "; install the package iproute2",
    code: 3,
    facts: ["sockets", "dockerProxies"],
  },
] as const;

describeLab("what docknet cannot see on a real host", () => {
  let lab: Lab;
  let host: LabHost;

  beforeAll(async () => {
    lab = await openLab();
    host = await startEngineHost(await startLan(lab), { name: "h1", number: 1 });
    const ports = [publishHttp(publishedPorts.web)];
    await runContainer(host, { name: "web", network: "bridge", ports });
  });

  afterAll(async () => {
    await lab?.close();
  });

  test.each(missing)("is told, and is not green, without $program", async (without) => {
    const examination = await doctorThrough(host, withoutProgram(without.program));
    const { report, code } = examination;
    expect(code).toBe(without.code);
    expect(unknownFacts(report)).toEqual(without.facts);
    expect(passedOver(report, without.facts)).toEqual([]);
    expect(saidBy(examination)).toContain(without.says);
    expect(report.host.hostname).toBe("h1");
  });

  test("is told to an ordinary user, with the host's own part judged", async () => {
    const nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] as const;
    const examination = await doctorThrough(host, nobody);
    const { report, code } = examination;
    expect(code).toBe(3);
    expect(report.host).toMatchObject({ hostname: "h1" });
    expect(
      report.collectors.filter(({ state }) => state === "known").map(({ fact }) => fact),
    ).toEqual(
      expect.arrayContaining(["hostIdentity", "links", "routes", "routingRules", "sysctls"]),
    );
    expect(unknownFacts(report)).toEqual(
      expect.arrayContaining(["dockerDaemon", "containers", "dockerNetworks", "rulesets"]),
    );
    expect(statusesOf(report)).not.toContain("pass");
    expect(statusesOf(report)).not.toContain("broken");
    expect(saidBy(examination)).toMatch(/add the user to group docker or run as root/);
    expect(saidBy(examination)).toMatch(/needs CAP_NET_ADMIN; run docknet as root/);
  });

  test("is told while dockerd accepts and never answers", async () => {
    const pid = enginePid(host);
    await mustOnHost(host, ["kill", "-STOP", pid]);
    const examination = await doctorOn(host, ["--timeout", "6s"]);
    await mustOnHost(host, ["kill", "-CONT", pid]);
    expect(examination.code).toBe(3);
    expect(unknownFacts(examination.report)).toContain("dockerDaemon");
    expect(unknownFacts(examination.report)).not.toContain("rulesets");
    expect(statusesOf(examination.report)).not.toContain("broken");
    expect(saidBy(examination)).toMatch(/gave no whole answer to \/version within \d+ ms/);
    expect(conclusionOf(await doctorOn(host))).toEqual(healthy);
  });

  test("is told while dockerd is stopped", async () => {
    await stopEngine(host);
    const examination = await doctorOn(host);
    await startEngine(host);
    expect(examination.code).toBe(3);
    expect(examination.report.readings.dockerState).toBe("stopped");
    expect(statusesOf(examination.report)).not.toContain("pass");
    expect(saidBy(examination)).toContain("systemctl start docker");
  });

  test("is told after dockerd was killed and left its socket and pid file", async () => {
    await killEngine(host);
    await mustOnHost(host, ["ls", "/run/docker.sock", "/run/docker.pid"]);
    const examination = await doctorOn(host);
    await restartEngine(host);
    expect(examination.code).toBe(3);
    expect(examination.report.readings.dockerState).toBe("stopped");
    expect(statusesOf(examination.report)).not.toContain("pass");
    expect(saidBy(examination)).toContain("systemctl start docker");
    expect(conclusionOf(await doctorOn(host))).toEqual(healthy);
  });
});

/** Runs doctor on the host behind a prefix such as setpriv. */
async function doctorThrough(host: LabHost, prefix: Argv): Promise<Examination> {
  const argv = [process.execPath, cli, "doctor", "--format", "json"] as const;
  const { code, stdout, stderr } = await onHost(host, [...prefix, ...argv]);
  if (!stdout.startsWith("{")) throw new Error(`doctor ended with ${code}: ${stderr}`);
  return { code, report: JSON.parse(stdout) };
}

/** Mounts that hide a program, for one command; the host itself keeps it. */
function withoutProgram(program: string): Argv {
  const layer = `${labFolderOnHost}/without-${program}`;
  const hide = [
    "set -e",
    `file=$(command -v ${program} || echo /usr/sbin/${program})`,
    "folder=$(dirname $(readlink -f $file))",
    `mkdir -p ${layer}/upper ${layer}/work`,
    `mount -t overlay overlay -o lowerdir=$folder,upperdir=${layer}/upper,workdir=${layer}/work $folder`,
    "rm $folder/$(basename $file)",
    'exec "$@"',
  ];
  return ["unshare", "--mount", "sh", "-c", hide.join("\n"), "without"];
}

function unknownFacts(report: Report): readonly string[] {
  return report.collectors.filter(({ state }) => state === "unknown").map(({ fact }) => fact);
}

/** Checks that pass although they look at one of these facts: seen with closed eyes. */
function passedOver(report: Report, facts: readonly string[]): readonly string[] {
  return report.outcomes
    .filter(
      ({ requires, result }) =>
        result.status === "pass" && requires.some((fact) => facts.includes(fact)),
    )
    .map(({ check }) => check.id);
}

function statusesOf(report: Report): readonly string[] {
  return report.outcomes.map(({ result }) => result.status);
}

/** Every reason that the report gives for what is unknown. */
function saidBy({ report }: Examination): string {
  const collectors = report.collectors.flatMap(
    ({ failure, reason }) => failure?.message ?? reason ?? [],
  );
  const checks = report.outcomes.flatMap(({ result }) =>
    result.status === "unknown"
      ? result.because.map(({ reason, nextStep }) => `${reason}; ${nextStep}`)
      : [],
  );
  return [...collectors, ...checks].join("\n");
}
