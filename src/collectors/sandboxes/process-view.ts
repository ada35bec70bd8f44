import type { HostPort } from "../../host/port.ts";
import type { LinkCounters } from "../../model/link-details.ts";
import type { HostQuery } from "../../model/query.ts";
import type { Neighbour, Route } from "../../model/route.ts";
import type { ListeningSocket } from "../../model/socket.ts";
import type { Parser } from "../../parsers/parsed.ts";
import { parseFibTrie } from "../../parsers/proc/fib-trie.ts";
import { parseProcArp } from "../../parsers/proc/net-arp.ts";
import { parseNetDev } from "../../parsers/proc/net-dev.ts";
import { parseProcIpv6Route, parseProcRoute } from "../../parsers/proc/net-route.ts";
import { procSocketParser } from "../../parsers/proc/net-sockets.ts";
import { sockstatParser } from "../../parsers/proc/sockstat.ts";
import { type Answer, ask, inOne } from "../ask.ts";

const parseTcp = procSocketParser("tcp");
const parseUdp = procSocketParser("udp");

/**
 * Sockets that wait for anybody, without a process or a capability. The files of TCP cost 4 ms each, because the kernel walks the
 * connections of all namespaces for them: they are read only where sockets of their family are in use, which another file counts.
 */
export async function askSockets(
  host: HostPort,
  pid: number,
): Promise<Answer<readonly ListeningSocket[]>> {
  const [tcp, tcp6, udp, udp6] = await Promise.all([
    askTcp(host, pid, "tcp"),
    askTcp(host, pid, "tcp6"),
    ask(host, fileOf(pid, "udp"), parseUdp),
    withoutIpv6(ask(host, fileOf(pid, "udp6"), parseUdp)),
  ]);
  return flat(inOne([tcp, tcp6, udp, udp6]));
}

async function askTcp(
  host: HostPort,
  pid: number,
  file: "tcp" | "tcp6",
): Promise<Answer<readonly ListeningSocket[]>> {
  const isFour = file === "tcp";
  const counter = fileOf(pid, isFour ? "sockstat" : "sockstat6");
  const counted = ask(host, counter, sockstatParser(isFour ? "TCP" : "TCP6"));
  const inUse = isFour ? await counted : await orNone(counted, 0);
  if (!inUse.ok) return inUse;
  if (inUse.value === 0) return { ...inUse, value: [] };
  return ask(host, fileOf(pid, file), parseTcp);
}

/** A kernel without IPv6 has no files of it. */
function withoutIpv6<T>(asked: Promise<Answer<readonly T[]>>): Promise<Answer<readonly T[]>> {
  return orNone<readonly T[]>(asked, []);
}

async function orNone<T>(asked: Promise<Answer<T>>, none: T): Promise<Answer<T>> {
  const answer = await asked;
  if (answer.ok || answer.failure.kind !== "not-found") return answer;
  return { ok: true, value: none, sources: [], ignored: [] };
}

/** Counters of the links, by name. */
export function askCounters(host: HostPort, pid: number): Promise<Answer<readonly LinkCounters[]>> {
  return ask(host, fileOf(pid, "dev"), parseNetDev);
}

/** What /proc tells of the routes to somebody who may not enter the namespace. */
export async function askReducedRoutes(
  host: HostPort,
  pid: number,
): Promise<Answer<readonly Route[]>> {
  const read = (name: string, parser: Parser<readonly Route[]>) =>
    ask(host, fileOf(pid, name), parser);
  const [main, own, six] = await Promise.all([
    read("route", parseProcRoute),
    read("fib_trie", parseFibTrie),
    withoutIpv6(read("ipv6_route", parseProcIpv6Route)),
  ]);
  return flat(inOne([main, own, six]));
}

/** What /proc tells of the neighbours. */
export function askReducedNeighbours(
  host: HostPort,
  pid: number,
): Promise<Answer<readonly Neighbour[]>> {
  return ask(host, fileOf(pid, "arp"), parseProcArp);
}

function fileOf(pid: number, name: string): HostQuery {
  return { kind: "file", path: `/proc/${pid}/net/${name}` };
}

function flat<T>(answer: Answer<readonly (readonly T[])[]>): Answer<readonly T[]> {
  return answer.ok ? { ...answer, value: answer.value.flat() } : answer;
}
