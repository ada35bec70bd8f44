import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import {
  containerFacts,
  type LabContainer,
  publishHttp,
  runContainer,
} from "../test/lab/support/containers.ts";
import { docknetOn } from "../test/lab/support/docknet.ts";
import { causesOf, doctorOn } from "../test/lab/support/doctor.ts";
import { type Lab, openLab } from "../test/lab/support/lab.ts";
import { type LabHost, mustOnHost } from "../test/lab/support/lab-host.ts";
import { inHostOf } from "../test/lab/support/netns-exec.ts";
import { outsidePorts } from "../test/lab/support/outside.ts";
import { labPackages, labPrerequisites } from "../test/lab/support/prerequisites.ts";
import { runRemedy } from "../test/lab/support/remedy.ts";
import { type Lan, startEngineHost, startLan } from "../test/lab/support/standard-host.ts";
import { http, type TrafficOutcome } from "../test/lab/support/traffic.ts";
import { fromContainer, fromOutside } from "../test/lab/support/vantage.ts";
import { installLabPackages, missingLabPackages } from "./debian-packages.ts";
import { runProgram, succeeds } from "./run-program.ts";

/** A Docker host of the lab, with somebody outside who uses it. */
interface Scene extends Lan {
  readonly host: LabHost;
  readonly shop: LabContainer;
  readonly worker: LabContainer;
}

const shopPort = 8080;
const act = "iptables -I DOCKER-USER -i eth0 -j DROP";
const cli = fileURLToPath(new URL("../src/cli.ts", import.meta.url));

let lab: Lab | undefined;
let interruption: NodeJS.Signals | undefined;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (interruption !== undefined) return;
    interruption = signal;
    void cleanUp().finally(() => process.exit(130));
  });
}
process.exitCode = await main();

async function main(): Promise<number> {
  const missing = await missingForDemo();
  if (missing.length > 0) {
    say(`the demo cannot run here:\n${missing.map((what) => `  - ${what}`).join("\n")}`);
    return 1;
  }
  try {
    await play();
    return 0;
  } catch (error) {
    // What runs when Ctrl-C comes fails with the lab: that is no news.
    if (interruption !== undefined) return new Promise(() => undefined);
    throw error;
  } finally {
    if (interruption === undefined) await cleanUp();
  }
}

async function play(): Promise<void> {
  title("1", "A Docker host comes up, with a real dockerd, in namespaces of this machine");
  const scene = await setUp();
  say(`   host ${scene.host.name} with containers shop (port ${shopPort} published) and worker`);

  title("2", "It is healthy");
  await showTraffic(scene);
  await showConclusion(scene);

  title("3", "Somebody closes the uplink in Docker's own chain");
  command(act);
  await mustOnHost(scene.host, ["sh", "-c", act]);
  await showTraffic(scene);

  title("4", "What docknet says");
  command("docknet doctor\n");
  await runProgram(inHostOf(scene.host.pid, [process.execPath, cli, "doctor"]));

  title("5", "The remedy, as printed");
  const [cause] = causesOf((await doctorOn(scene.host)).report);
  for (const line of cause?.remedy.commands ?? []) {
    command(line);
    const { code, stderr } = await runRemedy(scene.host, line);
    if (code !== 0) throw new Error(`"${line}" ended with ${code}: ${stderr}`);
  }
  await showTraffic(scene);
  await showConclusion(scene);
}

async function setUp(): Promise<Scene> {
  lab = await openLab();
  const lan = await startLan(lab);
  const host = await startEngineHost(lan, { name: "harbour", number: 1 });
  const [shop, worker] = await Promise.all([
    runContainer(host, { name: "shop", network: "bridge", ports: [publishHttp(shopPort)] }),
    runContainer(host, { name: "worker", network: "bridge" }),
  ]);
  return { ...lan, host, shop, worker };
}

async function showTraffic({ host, shop, worker, outside }: Scene): Promise<void> {
  const published = { address: host.addresses.ipv4, port: shopPort };
  const server = { address: outside.addresses.ipv4, port: outsidePorts.http };
  const neighbour = { address: (await containerFacts(shop)).ipv4["bridge"] ?? "", port: 80 };
  const [fromClient, toServer, between] = await Promise.all([
    http(fromOutside(outside), published),
    http(fromContainer(worker), server),
    http(fromContainer(worker), neighbour),
  ]);
  traffic(`a client on the LAN asks http://${published.address}:${shopPort}`, fromClient);
  traffic(`container worker asks a server on the LAN`, toServer);
  traffic(`container worker asks container shop`, between);
}

/** Only the conclusion of a report that finds nothing. */
async function showConclusion({ host }: Scene): Promise<void> {
  command("docknet doctor");
  const { stdout } = await docknetOn(host, ["doctor"]);
  const conclusion = stdout.split("\n\n").find((paragraph) => paragraph.startsWith("✓ "));
  say((conclusion ?? stdout).replaceAll(/^/gm, "   "));
}

/** What stands in the way, each with how to get it; as root on Debian, missing packages are installed first. */
async function missingForDemo(): Promise<readonly string[]> {
  if (process.getuid?.() !== 0)
    return ["root, to make namespaces and start a Docker daemon in them: sudo npm run demo"];
  const packages = missingLabPackages().filter(({ name }) => labPackages.includes(name));
  if (packages.length > 0) {
    say(`installing ${packages.map(({ name }) => name).join(" ")} (no service is started)`);
    const installed = await installLabPackages(packages);
    if (installed.status === "failed") return [installed.reason];
  }
  const prerequisites = labPrerequisites();
  if (!prerequisites.ok) return prerequisites.missing;
  const namespaces = ["--net", "--mount", "--propagation=unchanged", "--pid", "--fork"];
  return succeeds(["unshare", ...namespaces, "true"])
    ? []
    : ["the right to make namespaces (CAP_SYS_ADMIN), which this root does not have"];
}

async function cleanUp(): Promise<void> {
  if (lab === undefined) return;
  await lab.close();
  say("\nCleaned up: nothing is left of the host.");
}

function traffic(what: string, outcome: TrafficOutcome): void {
  const answer = outcome.reached
    ? paint("green", `answered by ${outcome.seen?.server ?? "it"}`)
    : paint("red", `no answer (${outcome.reason})`);
  say(`   ${what.padEnd(48)} ${answer}`);
}

function title(number: string, text: string): void {
  say(`\n${paint("bold", `${number}  ${text}`)}`);
}

function command(line: string): void {
  say(`   ${paint("dim", "#")} ${line}`);
}

function paint(format: Parameters<typeof styleText>[0], text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

function say(text: string): void {
  if (interruption === undefined || text.includes("Cleaned up")) process.stdout.write(`${text}\n`);
}
