import { afterAll, beforeAll, expect, test } from "vitest";
import { debianRoot } from "../../../scripts/package/debian-root.ts";
import type { Report } from "../../../src/model/finding.ts";
import type { Privilege } from "../../../src/model/reading/access.ts";
import { runContainer } from "../support/containers.ts";
import { describeLab } from "../support/describe-lab.ts";
import { buildImage, importImage } from "../support/image.ts";
import { type Lab, openLab } from "../support/lab.ts";
import { startSwitch } from "../support/lan-switch.ts";
import { waitFor } from "../support/wait-for.ts";
import { dockerHostPackages } from "./support/docker-host-packages.ts";
import { documentedCommand, documentedCommandsOf } from "./support/documented-commands.ts";
import {
  bootMachine,
  type Machine,
  mustOnMachine,
  onMachine,
  sharedFolder,
} from "./support/machine.ts";
import { madePackages } from "./support/made-packages.ts";

const full: readonly Privilege[] = [
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_SYS_ADMIN",
  "CAP_SYS_PTRACE",
  "CAP_DAC_READ_SEARCH",
];
const dropIns = "/etc/systemd/system/docknet.service.d";

/** Docker and docknet as they are after a reboot of a host on which apt installed both. */
describeLab("docknet.service under a real systemd", () => {
  let lab: Lab;
  let machine: Machine;

  beforeAll(async () => {
    const { deb } = await madePackages();
    const tree = await debianRoot({ suite: "bookworm", packages: dockerHostPackages });
    lab = await openLab();
    machine = await bootMachine(lab, {
      name: "m1",
      number: 1,
      lanSwitch: await startSwitch(lab),
      tree,
      files: [deb],
      beforeBoot: `cd ${sharedFolder} && ${documentedCommand("docs/install.md", "apt-get install")}`,
    });
    await importImage(machine, await buildImage(lab));
    await runContainer(machine, { name: "web", network: "bridge" });
    await freshReport(machine);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("starts after Docker, and is started only when it serves", async () => {
    const docker = await showMicroseconds(machine, "docker", "ActiveEnterTimestampMonotonic");
    const begun = await showMicroseconds(machine, "docknet", "ExecMainStartTimestampMonotonic");
    const ready = await showMicroseconds(machine, "docknet", "ActiveEnterTimestampMonotonic");
    expect(docker).toBeGreaterThan(0);
    expect(begun).toBeGreaterThanOrEqual(docker);
    // Node needs that long to serve; a service that is active at its start would take a few.
    expect(ready - begun).toBeGreaterThan(30_000);
  });

  test("is healthy, sees the whole host, and says so in one line", async () => {
    const report = await freshReport(machine);
    expect(report.summary).toMatchObject({ status: "ok", causes: [] });
    expect(report.coverage.missingCapabilities).toEqual([]);
    expect(report.collectors.filter(({ state }) => state === "unknown")).toEqual([]);
    expect(await show(machine, "StatusText")).toBe("host ok, 0 causes");
    const { stdout } = await onMachine(
      machine,
      documentedCommand("docs/operate.md", "systemctl status"),
    );
    expect(stdout).toContain('Status: "host ok, 0 causes"');
  });

  test("can change nothing", async () => {
    const pid = await show(machine, "MainPID");
    const writes = "for path in /etc /usr /var/lib /etc/docknet; do touch $path/x; done";
    const { stderr } = await onMachine(
      machine,
      `nsenter --target ${pid} --mount sh -c '${writes}'`,
    );
    expect(stderr.split("\n").filter((line) => line.includes("Read-only"))).toHaveLength(4);
    const status = await mustOnMachine(
      machine,
      `grep -E "^(CapBnd|NoNewPrivs|Seccomp):" /proc/${pid}/status`,
    );
    expect(status.replaceAll("\t", " ")).toBe(
      "CapBnd: 0000000000283004\nNoNewPrivs: 1\nSeccomp: 2",
    );
  });

  test("tells the truth while Docker is down, and recovers by itself", async () => {
    await mustOnMachine(machine, "systemctl stop docker.socket docker.service");
    await mustOnMachine(machine, documentedCommand("docs/operate.md", "systemctl reload"));
    await waitForMetric(machine, "docknet_up", 0);
    await mustOnMachine(machine, "systemctl start docker.socket docker.service");
    await mustOnMachine(machine, "systemctl reload docknet");
    await waitForMetric(machine, "docknet_up", 1);
    expect(await show(machine, "NRestarts")).toBe("0");
  });

  test("takes over its configuration at a reload, and keeps the old one when it is broken", async () => {
    await mustOnMachine(
      machine,
      "echo 'schedule: {every: 2s, jitter: 0s}' >/etc/docknet/docknet.yml",
    );
    await mustOnMachine(machine, "systemctl reload docknet");
    await waitForMetric(machine, "docknet_run_interval_seconds", 2);
    await mustOnMachine(machine, "echo 'schedule: {every: soon}' >/etc/docknet/docknet.yml");
    await mustOnMachine(machine, "systemctl reload docknet");
    await waitForMetric(machine, "docknet_config_last_reload_successful", 0);
    expect(await show(machine, "ActiveState")).toBe("active");
    const journal = await mustOnMachine(machine, "journalctl --unit docknet --no-pager");
    expect(journal).toMatch(/level=error .*schedule\.every/);
    await mustOnMachine(
      machine,
      "echo 'schedule: {every: 2s, jitter: 0s}' >/etc/docknet/docknet.yml",
    );
    await mustOnMachine(machine, "systemctl reload docknet");
    await waitForMetric(machine, "docknet_config_last_reload_successful", 1);
  });

  test("comes back after a restart, a crash and a kill", async () => {
    const pids = new Set([await show(machine, "MainPID")]);
    await mustOnMachine(machine, documentedCommand("docs/install.md", "systemctl restart"));
    await freshReport(machine);
    pids.add(await show(machine, "MainPID"));
    for (const signal of ["SEGV", "KILL"]) {
      const pid = await show(machine, "MainPID");
      await mustOnMachine(machine, `kill -${signal} ${pid}`);
      await waitForNewProcess(machine, pid);
      await freshReport(machine);
      pids.add(await show(machine, "MainPID"));
    }
    expect(pids.size).toBe(4);
    expect(await show(machine, "NRestarts")).toBe("2");
    expect(await processesOfAgent(machine)).toBe("1");
  });

  test("is killed by the watchdog when it hangs, and started anew", async () => {
    await dropIn(machine, "quick", "[Service]\nWatchdogSec=4s\nTimeoutAbortSec=1s");
    await freshReport(machine);
    const pid = await show(machine, "MainPID");
    await mustOnMachine(machine, "sleep 6");
    expect(await show(machine, "MainPID")).toBe(pid);
    await mustOnMachine(machine, `kill -STOP ${pid}`);
    await waitForNewProcess(machine, pid);
    await freshReport(machine);
    const journal = await mustOnMachine(machine, "journalctl --unit docknet --no-pager");
    expect(journal).toContain("docknet.service: Watchdog timeout (limit 4s)!");
    expect(journal).toContain("Failed with result 'watchdog'");
    await removeDropIn(machine, "quick");
  });

  test("lets others in, as the documentation says", async () => {
    const web = "rate_limit: {interval: 100ms, burst: 50}";
    await mustOnMachine(
      machine,
      `echo '${web}' >/etc/docknet/web.yml; cp /etc/default/docknet /tmp`,
    );
    await mustOnMachine(machine, documentedCommand("docs/operate.md", "printf"));
    await mustOnMachine(machine, "systemctl restart docknet");
    await waitForMetric(machine, "docknet_up", 1);
    const address = machine.addresses.ipv4;
    const line = `curl --silent --fail http://${address}:10323/metrics`;
    expect(await mustOnMachine(machine, line)).toContain("docknet_up 1");
    const report = `curl --silent --output /dev/null --write-out '%{http_code}' http://${address}:10323/report`;
    expect(await mustOnMachine(machine, report)).toMatch(/^40[13]$/);
    await mustOnMachine(machine, "cp /tmp/docknet /etc/default/docknet; rm /etc/docknet/web.yml");
    await mustOnMachine(machine, "systemctl restart docknet");
    await freshReport(machine);
  });

  test("answers what the pages on trouble and on configuration ask it", async () => {
    const commands = [
      ...documentedCommandsOf("docs/troubleshooting.md"),
      ...documentedCommandsOf("docs/configuration.md"),
    ];
    for (const command of commands) {
      const { code, stdout, stderr } = await onMachine(machine, `cd /etc/docknet && ${command}`);
      expect([command, code, stderr, stdout !== ""]).toEqual([command, 0, "", true]);
    }
  });

  test("stops at once and leaves no process", async () => {
    await mustOnMachine(machine, "systemctl stop docknet");
    expect(await show(machine, "Result")).toBe("success");
    expect(await processesOfAgent(machine)).toBe("0");
    await mustOnMachine(machine, "systemctl start docknet");
  });

  test("works in the lean profile, set up as the documentation says, and says what it lacks", async () => {
    const [folder, copy, restart, remove, again] = documentedCommandsOf("docs/security.md");
    for (const command of [folder, copy, restart]) await mustOnMachine(machine, command ?? "");
    const report = await freshReport(machine);
    const told = await toldAsMissing(machine);
    for (const command of [remove, again]) await mustOnMachine(machine, command ?? "");
    expect(report.coverage.missingCapabilities).toEqual(["CAP_SYS_ADMIN"]);
    expect(report.summary.causes).toEqual([]);
    expect(report.coverage.sandboxes?.inPart).toHaveLength(1);
    expect(told).toEqual(["CAP_SYS_ADMIN", "CAP_SYS_PTRACE"]);
  });

  test.each(full)("says itself what it costs to be without %s", async (missing) => {
    const rest = full.filter((each) => each !== missing).join(" ");
    await dropIn(
      machine,
      "less",
      `[Service]\nCapabilityBoundingSet=\nCapabilityBoundingSet=${rest}\nAmbientCapabilities=\nAmbientCapabilities=${rest}`,
    );
    const report = await freshReport(machine);
    const told = await toldAsMissing(machine);
    await removeDropIn(machine, "less");
    expect(told).toEqual([missing]);
    expect(report.summary.causes).toEqual([]);
    // This host has no tables of iptables-legacy, and who listens is part of a fact: neither makes a fact unknown.
    const isFelt = missing !== "CAP_NET_RAW" && missing !== "CAP_SYS_PTRACE";
    expect(report.coverage.missingCapabilities).toEqual(isFelt ? [missing] : []);
  });
});

/** Capabilities that the process which runs now named in the journal. */
async function toldAsMissing(machine: Machine): Promise<readonly string[]> {
  const invocation = await show(machine, "InvocationID");
  const journal = await mustOnMachine(
    machine,
    `journalctl --no-pager --output cat _SYSTEMD_INVOCATION_ID=${invocation}`,
  );
  return [...journal.matchAll(/msg="capability missing" capability=(\S+) without="[^"]{5,}"/g)].map(
    (match) => match[1] ?? "",
  );
}

async function show(machine: Machine, property: string, unit = "docknet"): Promise<string> {
  return mustOnMachine(machine, `systemctl show ${unit} --property ${property} --value`);
}

async function showMicroseconds(machine: Machine, unit: string, property: string): Promise<number> {
  return Number(await show(machine, property, unit));
}

async function processesOfAgent(machine: Machine): Promise<string> {
  return mustOnMachine(machine, "ps -u docknet -o args= | grep -c 'docknet agent' || true");
}

async function dropIn(machine: Machine, name: string, text: string): Promise<void> {
  await mustOnMachine(
    machine,
    `mkdir -p ${dropIns} && printf '${text}\n' >${dropIns}/${name}.conf`,
  );
  await mustOnMachine(machine, "systemctl daemon-reload && systemctl restart docknet");
}

async function removeDropIn(machine: Machine, name: string): Promise<void> {
  await mustOnMachine(machine, `rm ${dropIns}/${name}.conf`);
  await mustOnMachine(machine, "systemctl daemon-reload && systemctl restart docknet");
}

async function waitForNewProcess(machine: Machine, old: string): Promise<void> {
  const isNew = async () => {
    const pid = await show(machine, "MainPID");
    const state = await show(machine, "ActiveState");
    return pid !== "0" && pid !== old && state === "active" ? true : undefined;
  };
  await waitFor(isNew, { what: "systemd has started the agent anew", timeoutMs: 30_000 });
}

/** The first report of the process that runs now. */
async function freshReport(machine: Machine): Promise<Report> {
  const line = "curl --silent --fail http://127.0.0.1:10323/report";
  const served = async () => {
    const { code, stdout } = await onMachine(machine, line);
    return code === 0 ? stdout : undefined;
  };
  try {
    return JSON.parse(await waitFor(served, { what: "the agent's report", timeoutMs: 30_000 }));
  } catch (error) {
    const { stdout } = await onMachine(machine, "journalctl --unit docknet --no-pager | tail -30");
    throw new Error(`${error}\n${stdout}`);
  }
}

async function waitForMetric(machine: Machine, name: string, value: number): Promise<void> {
  const line = `curl --silent --fail http://127.0.0.1:10323/metrics | grep '^${name} '`;
  const asExpected = async () =>
    (await onMachine(machine, line)).stdout.trim() === `${name} ${value}` ? true : undefined;
  await waitFor(asExpected, { what: `${name} is ${value}`, timeoutMs: 20_000 });
}
