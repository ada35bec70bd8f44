import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startAgent } from "./support/agent.ts";
import { describeLab } from "./support/describe-lab.ts";
import { type Lab, openLab } from "./support/lab.ts";
import { type LabHost, mustOnHost } from "./support/lab-host.ts";
import { inHostOf } from "./support/netns-exec.ts";
import { startEngineHost, startLan } from "./support/standard-host.ts";
import { joinSwarm, startSwarm, waitUntilReady } from "./support/swarm.ts";
import { waitFor } from "./support/wait-for.ts";

const root = join(import.meta.dirname, "../..");

interface ActiveTarget {
  readonly scrapeUrl: string;
  readonly health: string;
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
}

describeLab("a Prometheus on a manager, with deploy/prometheus/dockerswarm-sd.yml", () => {
  let lab: Lab;
  let manager: LabHost;

  beforeAll(async () => {
    lab = await openLab();
    const lan = await startLan(lab);
    const [first, worker] = await Promise.all([
      startEngineHost(lan, { name: "m1", number: 11 }),
      startEngineHost(lan, { name: "w1", number: 12 }),
    ]);
    manager = first;
    await startSwarm(manager);
    await joinSwarm(worker, manager, "worker");
    await waitUntilReady(manager, [manager, worker]);
    await Promise.all(
      [manager, worker].map((host) => startAgent(host, ["--web.listen-address", ":10323"])),
    );
    await startPrometheus(lab, manager);
  });

  afterAll(async () => {
    await lab?.close();
  });

  test("finds every node, under its name and with its role, and scrapes the agent on it", async () => {
    const isUp = async () => {
      const targets = await targetsOn(manager);
      const all = targets.length === 2 && targets.every(({ health }) => health === "up");
      return all ? targets : undefined;
    };
    const targets = await waitFor(isUp, { what: "both targets are up", timeoutMs: 60_000 });
    expect(targets.map(({ scrapeUrl, labels }) => ({ scrapeUrl, labels }))).toEqual([
      {
        scrapeUrl: "http://10.99.0.11:10323/metrics",
        labels: { instance: "m1", job: "docknet", swarm_role: "manager" },
      },
      {
        scrapeUrl: "http://10.99.0.12:10323/metrics",
        labels: { instance: "w1", job: "docknet", swarm_role: "worker" },
      },
    ]);
  });

  test("loads the alerts' rules beside it, and none of them fires on the healthy swarm", async () => {
    const { groups } = await ask<{
      readonly groups: readonly { readonly rules: readonly { readonly health: string }[] }[];
    }>(manager, "rules");
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.filter(({ health }) => health === "err")).toEqual([]);
    const { alerts } = await ask<{ readonly alerts: readonly { readonly state: string }[] }>(
      manager,
      "alerts",
    );
    expect(alerts.filter(({ state }) => state === "firing")).toEqual([]);
  });
});

/** The configuration as it is given out; only the interval is shorter than Prometheus's own minute. */
async function startPrometheus(lab: Lab, host: LabHost): Promise<void> {
  const folder = join(lab.folder, "prometheus");
  mkdirSync(folder);
  const given = readFileSync(join(root, "deploy/prometheus/dockerswarm-sd.yml"), "utf8");
  const config = join(folder, "prometheus.yml");
  writeFileSync(config, `global: {scrape_interval: 2s, evaluation_interval: 2s}\n${given}`);
  copyFileSync(join(root, "dashboards/rules/docknet.yml"), join(folder, "docknet.yml"));
  const argv = [
    ...["prometheus", `--config.file=${config}`],
    ...[`--storage.tsdb.path=${join(folder, "data")}`, "--web.listen-address=127.0.0.1:9090"],
  ];
  const say = 'echo started; exec "$@"';
  await lab.hold(inHostOf(host.pid, ["sh", "-c", say, "sh", ...argv]), "prometheus.log");
}

async function targetsOn(host: LabHost): Promise<readonly ActiveTarget[]> {
  try {
    const { activeTargets } = await ask<{ readonly activeTargets: readonly ActiveTarget[] }>(
      host,
      "targets",
    );
    return activeTargets.toSorted((a, b) => a.scrapeUrl.localeCompare(b.scrapeUrl));
  } catch {
    // It does not serve yet.
    return [];
  }
}

async function ask<T>(host: LabHost, what: "targets" | "rules" | "alerts"): Promise<T> {
  const url = `http://127.0.0.1:9090/api/v1/${what}`;
  const text = await mustOnHost(host, ["busybox", "wget", "-q", "-O", "-", url]);
  const { data }: { readonly data: T } = JSON.parse(text);
  return data;
}
