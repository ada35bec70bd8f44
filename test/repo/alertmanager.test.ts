import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import {
  alertmanagerConfig,
  alertmanagerInhibition,
} from "../../scripts/dashboards/alertmanager.ts";
import { alerts } from "../../scripts/dashboards/alerts.ts";
import { freePort } from "../support/free-port.ts";

// Debian's package is prometheus-alertmanager; without it there is nothing to ask.
const isMissing =
  spawnSync("amtool", ["--version"]).error !== undefined ||
  spawnSync("prometheus-alertmanager", ["--version"]).error !== undefined;

const folder = mkdtempSync(join(tmpdir(), "docknet-alertmanager-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Labels = Readonly<Record<string, string>>;
const severities = new Map<string, string>(alerts.map(({ name, severity }) => [name, severity]));

const alert = (alertname: string, instance: string, more: Labels = {}): Labels => ({
  alertname,
  severity: severities.get(alertname) ?? "",
  job: "docknet",
  instance,
  ...more,
});

test("inhibition names alerts that exist", () => {
  const named = [...alertmanagerInhibition().matchAll(/Docknet[A-Z]\w+/g)].map(([name]) => name);
  expect(named.filter((name) => !severities.has(name))).toEqual([]);
});

describe.skipIf(isMissing)("Alertmanager's configuration", () => {
  test("is good by amtool", () => {
    const file = join(folder, "whole.yml");
    writeFileSync(file, alertmanagerConfig());
    const { status, stdout } = spawnSync("amtool", ["check-config", file], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining("SUCCESS") });
  });

  test.each([
    ["critical", "page"],
    ["warning", "morning"],
    ["info", "nobody"],
  ])("sends %s to %s", (severity, receiver) => {
    const file = join(folder, "routes.yml");
    writeFileSync(file, alertmanagerConfig());
    const argv = ["config", "routes", "test", `--config.file=${file}`, `severity=${severity}`];
    expect(spawnSync("amtool", argv, { encoding: "utf8" }).stdout.trim()).toBe(receiver);
  });
});

describe.skipIf(isMissing)("a real Alertmanager", () => {
  const told: string[] = [];
  let url = "";
  let end: () => Promise<void> = async () => undefined;

  beforeAll(async () => {
    const phone = createServer((request, response) => {
      void text(request).then((body) => {
        told.push(...messagesOf(body));
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(phone, "listening");
    const port = await freePort();
    const file = join(folder, "alertmanager.yml");
    writeFileSync(file, calling(z.object({ port: z.number() }).parse(phone.address()).port));
    const argv = [
      `--config.file=${file}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ];
    const child = spawn("prometheus-alertmanager", argv, { stdio: "ignore" });
    const exit = once(child, "exit");
    url = `http://127.0.0.1:${port}`;
    end = async () => {
      child.kill("SIGTERM");
      await exit;
      phone.close();
    };
    await vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), 20_000);
  }, 30_000);

  afterAll(() => end());

  test("leaves one page for each cause", async () => {
    const cause = (instance: string, check: string, subject: string) =>
      alert("DocknetCriticalCause", instance, { check, subject });
    const port = { protocol: "udp", port: "4789" };
    const firing = [
      cause("blocked", "swarm-port-blocked", "swarm-port:4789/udp"),
      alert("DocknetSwarmPortClosed", "blocked", port),
      alert("DocknetUnknownsGrow", "blocked"),
      alert("DocknetWarningCause", "blocked", { check: "docker-fallback-dns", subject: "host" }),
      cause("two-causes", "ip-forward-off", "host"),
      cause("two-causes", "bridge-down", "bridge:docker0"),
      // Nothing says why, so the port itself has to.
      alert("DocknetSwarmPortClosed", "ignored-check", port),
      alert("DocknetAgentDown", "dead"),
      alert("DocknetWarningCause", "dead", { check: "bridge-mtu", subject: "bridge:docker0" }),
      alert("DocknetDockerDown", "no-docker"),
      alert("DocknetBlind", "no-docker"),
      alert("DocknetCollectorFailing", "no-docker", { collector: "containers" }),
      alert("DocknetRunStale", "stale"),
      alert("DocknetCollectorFailing", "stale", { collector: "links" }),
    ];
    const answer = await fetch(`${url}/api/v2/alerts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(firing.map((labels) => ({ labels, annotations: {} }))),
    });
    expect(answer.status).toBe(200);
    const expected = [
      "morning: DocknetAgentDown dead",
      "morning: DocknetDockerDown no-docker",
      "morning: DocknetRunStale stale",
      "morning: DocknetWarningCause blocked docker-fallback-dns",
      "page: DocknetCriticalCause blocked swarm-port-blocked",
      "page: DocknetCriticalCause two-causes bridge-down",
      "page: DocknetCriticalCause two-causes ip-forward-off",
      "page: DocknetSwarmPortClosed ignored-check",
    ];
    await vi.waitFor(() => expect(told.toSorted()).toEqual(expected), 15_000);
    // What is inhibited stays so: another round of groups has passed by now.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(told.toSorted()).toEqual(expected);
  }, 30_000);
});

/** The configuration with receivers that call a port, each under its own path, without its patience. */
function calling(port: number): string {
  const config = z
    .looseObject({ route: z.looseObject({}), receivers: z.array(z.object({ name: z.string() })) })
    .parse(parse(alertmanagerConfig()));
  return stringify({
    ...config,
    route: { ...config.route, group_wait: "500ms", group_interval: "500ms" },
    receivers: config.receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: `http://127.0.0.1:${port}/${name}`, send_resolved: false }],
    })),
  });
}

const messageSchema = z.object({
  receiver: z.string(),
  alerts: z.array(z.object({ labels: z.record(z.string(), z.string()) })),
});

function messagesOf(body: string): readonly string[] {
  const { receiver, alerts: told } = messageSchema.parse(JSON.parse(body));
  return told.map(({ labels }) =>
    [`${receiver}:`, labels["alertname"], labels["instance"], labels["check"]]
      .filter((part) => part !== undefined)
      .join(" "),
  );
}
