import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { debianRoot } from "../../../scripts/package/debian-root.ts";
import type { Report } from "../../../src/model/finding.ts";
import { describeLab } from "../support/describe-lab.ts";
import { type Lab, openLab } from "../support/lab.ts";
import { startSwitch } from "../support/lan-switch.ts";
import { inNetnsOf } from "../support/netns-exec.ts";
import { mustRun, runCommand } from "../support/run-command.ts";
import { waitFor } from "../support/wait-for.ts";
import { documentedCommand } from "./support/documented-commands.ts";
import {
  bootMachine,
  type Machine,
  mustOnMachine,
  onMachine,
  sharedFolder,
} from "./support/machine.ts";
import { madePackages } from "./support/made-packages.ts";
import { type Traces, tracesOn } from "./support/traces.ts";

const metrics = "curl --silent --fail http://127.0.0.1:10323/metrics";

/** A Debian with systemd and curl, nothing else: no Docker, no iptables, no Node. */
describeLab("the Debian package on a clean machine", () => {
  let lab: Lab;
  let machine: Machine;
  let before: Traces;
  let newer: string;

  beforeAll(async () => {
    const { deb } = await madePackages();
    const tree = await debianRoot({ suite: "bookworm", packages: ["systemd-sysv", "curl"] });
    lab = await openLab();
    newer = await asNewerVersion(deb, lab.folder);
    const lanSwitch = await startSwitch(lab);
    const files = [deb, newer];
    machine = await bootMachine(lab, { name: "m1", number: 1, lanSwitch, tree, files });
    before = await tracesOn(machine);
    expect(await onMachine(machine, "command -v node nodejs npm docker iptables ip")).toMatchObject(
      {
        code: 127,
        stdout: "",
      },
    );
    const options = "--yes --quiet --no-install-recommends";
    await mustOnMachine(machine, `apt-get install ${options} ${sharedFolder}/${fileOf(deb)}`);
    await waitForMetrics(machine);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("has started the service, as a user that owns nothing", async () => {
    const properties = "ActiveState,SubState,NRestarts,User,Result";
    expect(await mustOnMachine(machine, `systemctl show docknet --property ${properties}`)).toBe(
      "Result=success\nNRestarts=0\nUser=docknet\nActiveState=active\nSubState=running",
    );
    expect(await mustOnMachine(machine, "systemctl is-enabled docknet")).toBe("enabled");
    expect(await mustOnMachine(machine, "systemctl is-system-running")).toBe("running");
    expect(await mustOnMachine(machine, "find / -xdev -user docknet -not -path '/run/*'")).toBe("");
  });

  test("gives metrics to curl, and promtool has nothing to say", async () => {
    const input = await mustOnMachine(machine, metrics);
    expect(input).toContain("docknet_up 0");
    const checked = await runCommand(["promtool", "check", "metrics"], { input: `${input}\n` });
    expect(checked).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("is scraped by a real Prometheus", async () => {
    const folder = join(machine.folder, "share");
    writeFileSync(
      join(folder, "prometheus.yml"),
      "scrape_configs: [{job_name: docknet, scrape_interval: 500ms, scrape_timeout: 400ms, static_configs: [{targets: ['127.0.0.1:10323']}]}]\n",
    );
    const argv = [
      "sh",
      "-c",
      'echo; exec "$@" >/dev/null 2>&1',
      "prometheus",
      "prometheus",
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/tsdb`,
      "--web.listen-address=127.0.0.1:9090",
    ] as const;
    await lab.hold(inNetnsOf(machine.pid, argv), "prometheus.log");
    const query = "curl -s 'http://127.0.0.1:9090/api/v1/query?query=up%7Bjob%3D%22docknet%22%7D'";
    const scraped = async () =>
      /"value":\[[\d.]+,"1"\]/.test((await onMachine(machine, query)).stdout) ? true : undefined;
    await waitFor(scraped, { what: "Prometheus has scraped the agent", timeoutMs: 20_000 });
  });

  test("raises no alarm, and names the programs that it would need", async () => {
    const report: Report = JSON.parse(
      await mustOnMachine(machine, "curl --silent --fail http://127.0.0.1:10323/report"),
    );
    expect(report.summary.causes).toEqual([]);
    const { missingPrograms, missingCapabilities } = report.coverage;
    expect({ missingPrograms, missingCapabilities }).toEqual({
      missingPrograms: ["bridge", "ip", "iptables", "ss"],
      missingCapabilities: [],
    });
  });

  test("has a manual, completion, examples and the alerts", async () => {
    const paths = [
      "/usr/share/man/man1/docknet.1.gz",
      "/usr/share/bash-completion/completions/docknet",
      "/usr/share/doc/docknet/examples/lean.conf",
      "/usr/share/docknet/dashboards/rules/docknet.yml",
    ];
    expect(await mustOnMachine(machine, `ls ${paths.join(" ")} | wc -l`)).toBe("4");
    const complete =
      ". /usr/share/bash-completion/completions/docknet; COMP_WORDS=(docknet doc); COMP_CWORD=1; _docknet; echo $COMPREPLY";
    expect(await mustOnMachine(machine, `bash -c '${complete}'`)).toBe("doctor");
  });

  test("keeps its configuration over an upgrade, and the newer version runs", async () => {
    const pid = await mustOnMachine(machine, "systemctl show docknet --property MainPID --value");
    await mustOnMachine(
      machine,
      `echo 'ARGS="--schedule.every 30s"' >/etc/default/docknet; sed -i 's/# level: "info"/level: debug/' /etc/docknet/docknet.yml`,
    );
    await mustOnMachine(machine, `apt-get install --yes --quiet ${sharedFolder}/${fileOf(newer)}`);
    await waitForMetrics(machine);
    expect(await mustOnMachine(machine, "cat /etc/default/docknet")).toBe(
      'ARGS="--schedule.every 30s"',
    );
    expect(await mustOnMachine(machine, "grep level: /etc/docknet/docknet.yml")).toBe(
      "  level: debug",
    );
    expect(await mustOnMachine(machine, metrics)).toContain("docknet_run_interval_seconds 30\n");
    expect(await mustOnMachine(machine, "systemctl is-active docknet")).toBe("active");
    expect(
      await mustOnMachine(machine, "systemctl show docknet --property MainPID --value"),
    ).not.toBe(pid);
  });

  test("is gone but for its configuration when it is removed", async () => {
    await mustOnMachine(
      machine,
      `echo y | ${documentedCommand("docs/install.md", "apt-get remove")}`,
    );
    expect(await onMachine(machine, "systemctl is-active docknet")).toMatchObject({ code: 3 });
    expect((await onMachine(machine, metrics)).code).not.toBe(0);
    expect(await mustOnMachine(machine, "ls /etc/docknet/docknet.yml /etc/default/docknet")).toBe(
      "/etc/default/docknet\n/etc/docknet/docknet.yml",
    );
    expect(await mustOnMachine(machine, "ps -C docknet -o pid= 2>/dev/null || true")).toBe("");
  });

  test("leaves nothing when it is purged", async () => {
    await mustOnMachine(
      machine,
      `echo y | ${documentedCommand("docs/install.md", "apt-get purge")}`,
    );
    expect(await tracesOn(machine)).toEqual(before);
  });
});

function fileOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

async function waitForMetrics(machine: Machine): Promise<void> {
  const served = async () => {
    const { stdout } = await onMachine(machine, metrics);
    return stdout.includes("docknet_last_run_timestamp_seconds") ? true : undefined;
  };
  try {
    await waitFor(served, { what: "the agent has run once", timeoutMs: 30_000 });
  } catch (error) {
    const { stdout } = await onMachine(machine, "journalctl --unit docknet --no-pager | tail -30");
    throw new Error(`${error}\n${stdout}`);
  }
}

/** The same package under a later version: what an upgrade is for dpkg. */
async function asNewerVersion(deb: string, folder: string): Promise<string> {
  const tree = join(folder, "newer");
  await mustRun(["dpkg-deb", "--raw-extract", deb, tree]);
  const control = join(tree, "DEBIAN", "control");
  const text = readFileSync(control, "utf8");
  const version = `${/^Version: (.*)$/m.exec(text)?.[1]}+1`;
  writeFileSync(control, text.replace(/^Version: .*$/m, `Version: ${version}`));
  const outputFile = join(folder, "docknet-newer.deb");
  const pack = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, outputFile] as const;
  await mustRun(pack, { timeoutMs: 120_000 });
  return outputFile;
}
