import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { type AgentProcess, startAgentProcess } from "../../test/support/agent-process.ts";
import { certificatesIn } from "../../test/support/certificates.ts";
import { freePort } from "../../test/support/free-port.ts";
import { alteredBundle } from "./altered-bundle.ts";
import { pastOfFleet } from "./past.ts";
import { type Prometheus, startPrometheus } from "./prometheus.ts";

/** Agents that judge recordings of real hosts, and a Prometheus that scrapes them. */
export interface Fleet {
  readonly prometheus: Prometheus;
  /** Before the first scrape, in seconds since 1970. */
  readonly startedAt: number;
  /** What happens only now: two hosts begin to lose traffic, one agent restarts, another gets no answers and a bad configuration. */
  breakHosts(): Promise<void>;
  end(): Promise<void>;
}

/** Name in Grafana and the story of each host, in the order of the page. */
export const hostsOfFleet = {
  "manager-1": "a healthy swarm manager; yesterday its forwarding was off",
  "worker-1": "a swarm worker whose firewall begins to drop the data path port",
  "web-1": "a host whose nat table is flushed; its agent shows three findings at most",
  "idle-1": "a host without containers whose bridge is down; its agent is restarted",
  "lean-1":
    "an agent without Docker's socket and without CAP_NET_ADMIN, and a full table of connections",
  "stuck-1":
    "an agent that ignores a cause, whose runs end no more, and whose new configuration is broken",
  "full-1":
    "a network whose addresses run out; the agent serves by TLS with a certificate of two days, and its new one is broken",
  "gone-1": "nobody listens there",
} as const satisfies Readonly<Record<string, string>>;

type HostName = keyof typeof hostsOfFleet;

const recordings = fileURLToPath(new URL("../../test/recordings/", import.meta.url));
const everySecond = ["--schedule.every", "1s", "--schedule.jitter", "0s"];
const ignored = "docker-user-blocks-all:chain:ipv4/filter/DOCKER-USER";

/** Starts everything; the hosts that will break are healthy still. */
export async function startFleet(): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), "docknet-fleet-"));
  const bundle = (name: string) => join(folder, name);
  const show = (name: HostName, recording: string) => {
    rmSync(bundle(name), { force: true });
    symlinkSync(join(recordings, recording), bundle(name));
  };
  show("manager-1", "lab-m1--healthy");
  show("worker-1", "lab-w1--healthy");
  show("web-1", "26-iptables-f-nat-h1--before");
  show("stuck-1", "30-docker-user-drop-h1--after");
  await alteredBundle(join(recordings, "01-fresh-engine-h1--healthy"), {
    to: bundle("idle-1"),
    answers: bridgeDown,
  });
  await alteredBundle(join(recordings, "lab-m1--healthy"), {
    to: bundle("lean-1"),
    answers: withoutRights,
  });
  await alteredBundle(join(recordings, "lab-h1--healthy"), {
    to: bundle("full-1"),
    answers: poolAlmostTaken,
  });
  const certificates = certificatesIn(folder);
  certificates.selfSigned("full-1");
  const webConfigFile = join(folder, "web.yml");
  const tlsFiles = { cert_file: join(folder, "full-1.pem"), key_file: join(folder, "full-1.key") };
  writeFileSync(webConfigFile, stringify({ tls_server_config: tlsFiles }));
  const configFile = join(folder, "docknet.yml");
  writeFileSync(configFile, stringify({ checks: { ignore: [ignored] } }));

  const start = (name: HostName, flags: readonly string[] = []) =>
    startAgentProcess(["--bundle", bundle(name), ...everySecond, ...flags]);
  const agents = await Promise.all([
    start("manager-1"),
    start("worker-1"),
    start("web-1", ["--metrics.max-findings", "3"]),
    start("idle-1"),
    start("lean-1"),
    start("stuck-1", ["--config.file", configFile]),
    start("full-1", ["--web.config.file", webConfigFile]),
  ]);
  const [, , , idle, , stuck] = agents;
  const targets = [
    ...agents.map(({ url }, index) => ({ url, name: Object.keys(hostsOfFleet)[index] ?? "" })),
    { url: `http://127.0.0.1:${await freePort()}`, name: "gone-1" },
  ];
  const restarted: AgentProcess[] = [];
  const startedAt = Date.now() / 1_000;
  const prometheus = await startPrometheus(folder, {
    config: scraping(targets),
    past: pastOfFleet(startedAt),
  }).catch(async (error: unknown) => {
    await endAgents(agents);
    throw error;
  });
  return {
    prometheus,
    startedAt,
    async breakHosts() {
      show("worker-1", "lab-w1--data-path-dropped");
      show("web-1", "26-iptables-f-nat-h1--after");
      writeFileSync(configFile, "schedule: { every: soon }\n");
      writeFileSync(tlsFiles.cert_file, "no certificate\n");
      stuck.child.kill("SIGHUP");
      await sleep(500);
      unlinkSync(bundle("stuck-1"));
      await idle.end("SIGTERM");
      restarted.push(await start("idle-1", ["--web.listen-address", new URL(idle.url).host]));
    },
    async end() {
      await prometheus.end();
      await endAgents([...agents.filter(({ child }) => child.exitCode === null), ...restarted]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function scraping(targets: readonly { readonly url: string; readonly name: string }[]): string {
  const rules = fileURLToPath(new URL("../../dashboards/rules/docknet.yml", import.meta.url));
  return stringify({
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: [rules],
    scrape_configs: [
      {
        job_name: "docknet",
        tls_config: { insecure_skip_verify: true },
        static_configs: targets.map(({ url, name }) => ({
          targets: [new URL(url).host],
          labels: { instance: name, __scheme__: new URL(url).protocol.replace(":", "") },
        })),
      },
    ],
  });
}

async function endAgents(agents: readonly AgentProcess[]): Promise<void> {
  await Promise.all(agents.map((agent) => agent.end("SIGTERM")));
}

type Alteration = Parameters<typeof alteredBundle>[1]["answers"];

const bridgeDown: Alteration = (question, answer) => {
  if (question !== "ip -j -d addr" || !answer.ok) return undefined;
  const flags = /("ifname":"docker0","flags":\[[^\]]*),"UP"/;
  return { ...answer, text: answer.text.replace(flags, "$1") };
};

/** A range of 64 addresses, of which 60 are somebody's. */
const poolAlmostTaken: Alteration = (question, answer) => {
  if (!/\/networks\/[0-9a-f]{64}$/.test(question) || !answer.ok) return undefined;
  const network = JSON.parse(answer.text);
  if (network.Name !== "apps") return undefined;
  const [config] = network.IPAM.Config;
  const [first, second] = String(config.Subnet).split(".");
  const address = (last: number) => `${first}.${second}.200.${last}`;
  const taken = Array.from({ length: 60 }, (_, at) => [`taken-${at}`, address(at + 64)] as const);
  config.IPRange = `${address(64)}/26`;
  config.AuxiliaryAddresses = Object.fromEntries(taken);
  return { ...answer, text: JSON.stringify(network) };
};

const withoutRights: Alteration = (question, answer) => {
  const { observedAt, durationMs } = answer;
  const failed = (kind: "not-permitted", message: string, capability?: string) => ({
    ok: false as const,
    failure: { kind, message, ...(capability === undefined ? {} : { capability }) },
    observedAt,
    durationMs,
  });
  if (question.includes("docker.sock")) return failed("not-permitted", "no access to the socket");
  if (/nsenter|-save|^nft /.test(question)) {
    return failed("not-permitted", "the kernel refused", "CAP_NET_ADMIN");
  }
  if (!answer.ok) return undefined;
  if (question.endsWith("/nf_conntrack_count")) return { ...answer, text: "250000\n" };
  if (!question.startsWith("sysctl -e")) return undefined;
  const count = /^(net\.netfilter\.nf_conntrack_count) = \d+$/m;
  return { ...answer, text: answer.text.replace(count, "$1 = 250000") };
};
