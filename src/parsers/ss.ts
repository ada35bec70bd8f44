import type { IgnoredLine } from "../model/facts.ts";
import { type Failure, unparsable } from "../model/failure.ts";
import { type Address, parseAddress } from "../model/ip.ts";
import type { ListeningSocket, SocketProcess } from "../model/socket.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { defined } from "./support/defined.ts";
import { fieldsOf, type Line, linesOf, quoted } from "./support/lines.ts";

/** `ss -lntuHp`, or without H: listening TCP sockets and unconnected UDP sockets, with their owners. Empty where nothing listens. */
export function parseSs(text: string): Parsed<readonly ListeningSocket[]> {
  const sockets: ListeningSocket[] = [];
  const ignored: IgnoredLine[] = [];
  for (const line of linesOf(text)) {
    const [protocol, state, receive, send, local, peer] = fieldsOf(line.text);
    if (line.number === 1 && protocol === "Netid" && state === "State") continue;
    const queues = `${receive} ${send}`;
    if (local === undefined || peer === undefined || !/^\d+ \d+$/.test(queues)) {
      return { ok: false, failure: oddLine(line) };
    }
    if (protocol !== "tcp" && protocol !== "udp") {
      ignored.push({ line: line.number, text: line.text, reason: "neither TCP nor UDP" });
      continue;
    }
    if (state !== "LISTEN" && state !== "UNCONN") {
      ignored.push({ line: line.number, text: line.text, reason: "it does not listen" });
      continue;
    }
    const end = localEnd(local);
    if (end === undefined) return { ok: false, failure: oddLine(line) };
    sockets.push({ protocol, ...end, processes: processesOf(line.text) });
  }
  return parsed(sockets, ignored);
}

function oddLine(line: Line): Failure {
  return unparsable(`found ${quoted(line.text)} where a socket stands`, line.number);
}

/** `0.0.0.0:80`, `[::]:80`, `*:80`, `127.0.0.53%lo:53`, `[fe80::1]%eth0:546`. */
function localEnd(
  text: string,
): Pick<ListeningSocket, "address" | "port" | "boundLink"> | undefined {
  const match = /^(\*|\[[^\]]+\]|[^%:]+)(?:%(.+))?:(\d{1,5})$/.exec(text);
  const [, host, boundLink, port] = match ?? [];
  if (host === undefined || Number(port) > 65535) return undefined;
  if (host === "*") return defined({ address: undefined, port: Number(port), boundLink });
  const address = unmapped(parseAddress(host.replace(/^\[|\]$/g, "")));
  return address === undefined ? undefined : defined({ address, port: Number(port), boundLink });
}

/** An IPv6 socket on `::ffff:192.0.2.1` takes IPv4 packets for 192.0.2.1, and no others. */
function unmapped(address: Address | undefined): Address | undefined {
  const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address ?? "");
  const [, high, low] = match ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

/** `users:(("nginx",pid=7,fd=6),("nginx",pid=8,fd=6))`, each process once. */
function processesOf(line: string): readonly SocketProcess[] {
  const users = line.slice(line.indexOf(" users:(") + 1);
  const processes = new Map<number, SocketProcess>();
  // A process has a name of at most 15 bytes (TASK_COMM_LEN).
  for (const [, name = "", pid] of users.matchAll(/\("(.{0,15}?)",pid=(\d+),fd=\d+\)/g)) {
    processes.set(Number(pid), { name, pid: Number(pid) });
  }
  return [...processes.values()];
}
