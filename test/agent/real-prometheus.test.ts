import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashSync } from "bcryptjs";
import { describe, expect, test, vi } from "vitest";
import { aFailure, aFinding, aReport } from "../support/a-report.ts";
import { aConfig, anAgent, loaded } from "../support/an-agent.ts";
import { certificatesIn } from "../support/certificates.ts";
import { freePort } from "../support/free-port.ts";

const isMissing = spawnSync("prometheus", ["--version"]).error !== undefined;

interface Scraping {
  readonly own: number;
  readonly agent: string;
  /** What a scrape configuration says beyond the target. */
  readonly more: string;
}

function startPrometheus(folder: string, { own, agent, more }: Scraping) {
  writeFileSync(
    join(folder, "prometheus.yml"),
    `scrape_configs: [{job_name: docknet, scrape_interval: 500ms, scrape_timeout: 500ms, ${more}
      static_configs: [{targets: ["127.0.0.1:${agent}"]}]}]\n`,
  );
  const args = [
    `--config.file=${join(folder, "prometheus.yml")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${own}`,
  ];
  return spawn("prometheus", args, { stdio: "ignore" });
}

async function stop(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}

/** A web.config.file with TLS and a password in the folder, and what a scraper needs for it. */
function secured(folder: string): { readonly configFile: string; readonly more: string } {
  certificatesIn(folder).issue("server", "IP:127.0.0.1");
  const configFile = join(folder, "web.yml");
  writeFileSync(
    configFile,
    `tls_server_config: {cert_file: server.pem, key_file: server.key}
basic_auth_users: {prometheus: "${hashSync("geheim", 8).replace("$2b$", "$2y$")}"}\n`,
  );
  const more = `scheme: https, tls_config: {ca_file: ${join(folder, "ca.pem")}},
    basic_auth: {username: prometheus, password: geheim}, params: {"exclude[]": [agent]},`;
  return { configFile, more };
}

describe.skipIf(isMissing)("with prometheus installed", () => {
  test.each([
    ["plainly", () => ({ more: "" }), { build: true }],
    ["over TLS with a password, and what it asks for", secured, { build: false }],
  ] as const)(
    "a real Prometheus scrapes the agent %s",
    async (_, prepare, { build }) => {
      const name = 'app "x"\\ \nevil 1';
      const finding = aFinding({ subject: { kind: "network", name } });
      const folder = mkdtempSync(join(tmpdir(), "docknet-prometheus-"));
      const { more, ...web } = prepare(folder);
      const config = aConfig();
      const agent = await anAgent({
        loadConfig: async () => loaded({ ...config, web: { ...config.web, ...web } }),
        examine: async () => aReport({ outcomes: [aFailure([finding])] }),
      });
      const own = await freePort();
      const prometheus = startPrometheus(folder, { own, agent: new URL(agent.url).port, more });
      const query = async (expression: string): Promise<unknown> => {
        const url = `http://127.0.0.1:${own}/api/v1/query?query=${encodeURIComponent(expression)}`;
        const answer: unknown = await (await fetch(url)).json();
        return answer;
      };
      const result = (metric: object) => ({
        data: {
          result: [{ metric: expect.objectContaining(metric), value: [expect.any(Number), "1"] }],
        },
      });
      try {
        await vi.waitFor(
          async () => {
            expect(await query("up")).toMatchObject(result({ job: "docknet" }));
            expect(await query("docknet_finding_info")).toMatchObject(
              result({ subject: `network:${name}`, role: "cause" }),
            );
            expect(await query("docknet_build_info")).toMatchObject(
              build ? result({ version: "0.1.0" }) : { data: { result: [] } },
            );
          },
          { timeout: 30_000, interval: 250 },
        );
      } finally {
        await stop(prometheus);
        await agent.stop();
        rmSync(folder, { recursive: true });
      }
    },
    60_000,
  );
});
