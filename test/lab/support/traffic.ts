import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { LabHost } from "./lab-host.ts";
import { runCommand } from "./run-command.ts";
import type { Vantage } from "./vantage.ts";

/** What became of a piece of traffic. */
export type TrafficOutcome =
  | {
      readonly reached: true;
      /** The client address that the server saw, and the server's name; absent for ping and TCP. */
      readonly seen?: { readonly client: string; readonly server: string };
    }
  | {
      readonly reached: false;
      /** `timeout`, `ECONNREFUSED`, `EHOSTUNREACH`, `ECONNRESET`, … */
      readonly reason: string;
    };

/** Where traffic goes. */
export interface Destination {
  readonly address: string;
  readonly port: number;
}

/** How long silence must last to count as lost. */
const patienceMs = 2_000;

/** Asks the HTTP server of a container or of the client on the LAN. */
export function http(from: Vantage, to: Destination): Promise<TrafficOutcome> {
  return sendTraffic(from, ["http", to.address, String(to.port)]);
}

/** Opens a TCP connection and closes it. */
export function tcp(from: Vantage, to: Destination): Promise<TrafficOutcome> {
  return sendTraffic(from, ["tcp", to.address, String(to.port)]);
}

/** Sends a datagram to an echo server until it answers. */
export function udpEcho(from: Vantage, to: Destination): Promise<TrafficOutcome> {
  return sendTraffic(from, ["udp", to.address, String(to.port)]);
}

export interface PingOptions {
  /** Payload; the IPv4 packet is 28 bytes longer. */
  readonly sizeBytes?: number;
}

/** Sends up to two echo requests and waits for a reply. */
export async function ping(
  from: Vantage,
  address: string,
  { sizeBytes = 56 }: PingOptions = {},
): Promise<TrafficOutcome> {
  const size = ["-s", String(sizeBytes)];
  const argv = ["busybox", "ping", "-q", "-c", "2", "-A", "-W", "1", ...size, address] as const;
  const { code, stderr } = await runCommand(await from.enter(argv), { timeoutMs: 10_000 });
  if (code === 0) return { reached: true };
  return { reached: false, reason: stderr.trim() || "timeout" };
}

/** Addresses that the embedded DNS of a container gives for a name; none when it has no answer. */
export async function resolveName(from: Vantage, name: string): Promise<readonly string[]> {
  const argv = ["busybox", "nslookup", "-type=a", name, "127.0.0.11"] as const;
  const { stdout } = await runCommand(await from.enter(argv), { timeoutMs: 5_000 });
  const answers = stdout.slice(stdout.indexOf("Name:"));
  if (!stdout.includes("Name:")) return [];
  return [...answers.matchAll(/^Address(?: \d+)?: ([\d.]+)/gm)].map(([, address = ""]) => address);
}

export interface DatagramPlan {
  readonly receiver: LabHost;
  readonly address: string;
  readonly udpPort: number;
  readonly count: number;
}

/**
 * Sends datagrams to a host and gives how many came past its firewall: counted by the kernel as
 * delivered to a socket, or to no socket. Other traffic of the host adds to it.
 * Source: Udp lines of /proc/net/snmp.
 */
export async function datagramsDelivered(from: Vantage, plan: DatagramPlan): Promise<number> {
  const before = udpCounters(plan.receiver);
  const { address, udpPort, count } = plan;
  await sendTraffic(from, ["datagrams", address, String(udpPort), String(count)]);
  await sleep(200); // a socket's owner counts as receiver only when it reads
  return udpCounters(plan.receiver) - before;
}

/** Packets that a rule has met: `chain` and `match` pick the line of iptables-save -c. */
export function packetsMatched(iptablesSave: string, rule: string): number | undefined {
  const line = iptablesSave.split("\n").find((text) => text.includes(rule));
  const packets = line?.match(/^\[(\d+):\d+\]/)?.[1];
  return packets === undefined ? undefined : Number(packets);
}

const outcomeSchema = z.object({ reached: z.boolean(), text: z.string() });

async function sendTraffic(
  from: Vantage,
  [kind, address, port, count = "1"]: readonly [string, string, string, string?],
): Promise<TrafficOutcome> {
  const client = join(import.meta.dirname, "traffic-client.ts");
  const argv = [process.execPath, client, kind, address, port, String(patienceMs), count] as const;
  const { code, stdout, stderr } = await runCommand(await from.enter(argv));
  if (code !== 0) throw new Error(`${from.name}: ${kind} to ${address}: ${stderr}`);
  const { reached, text } = outcomeSchema.parse(JSON.parse(stdout));
  if (!reached) return { reached: false, reason: text };
  const seen = text.match(/client=(?:\[?::ffff:)?([^\]\s]+)\]? server=(\S+)/);
  if (seen === null) return { reached: true };
  const [, clientAddress = "", server = ""] = seen;
  return { reached: true, seen: { client: clientAddress, server } };
}

function udpCounters(host: LabHost): number {
  const lines = readFileSync(`/proc/${host.pid}/net/snmp`, "utf8").split("\n");
  const [names = [], values = []] = lines
    .filter((line) => line.startsWith("Udp:"))
    .map((line) => line.split(" "));
  const counter = (name: string) => Number(values[names.indexOf(name)] ?? 0);
  return counter("InDatagrams") + counter("NoPorts") + counter("InErrors");
}
