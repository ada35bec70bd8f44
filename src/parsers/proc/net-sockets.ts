import { unparsable } from "../../model/failure.ts";
import type { Address } from "../../model/ip.ts";
import type { ListeningSocket } from "../../model/socket.ts";
import { type Parsed, type Parser, parsed } from "../parsed.ts";
import { defined } from "../support/defined.ts";
import { fieldsOf, linesOf, quoted } from "../support/lines.ts";
import { procIpv4, procIpv6Words } from "./proc-address.ts";

/** TCP_LISTEN, and TCP_CLOSE, which is the state of a UDP socket that is not connected. */
const waiting = { tcp: "0A", udp: "07" } as const;

/**
 * /proc/net/tcp, tcp6, udp and udp6: sockets that wait for anybody, without those of connections. The file of IPv6 does not say
 * whether a socket on every address also takes IPv4 (IPV6_V6ONLY): it is taken to, as programs do unless they ask otherwise.
 */
export function procSocketParser(
  protocol: ListeningSocket["protocol"],
): Parser<readonly ListeningSocket[]> {
  return (text) => parseProcSockets(text, protocol);
}

function parseProcSockets(
  text: string,
  protocol: ListeningSocket["protocol"],
): Parsed<readonly ListeningSocket[]> {
  const [header, ...lines] = linesOf(text);
  if (header === undefined || !/^\s*sl\s+local_address/.test(header.text)) {
    return { ok: false, failure: unparsable("found no column names of /proc/net sockets", 1) };
  }
  const sockets: ListeningSocket[] = [];
  for (const line of lines) {
    const [, local = "", , state] = fieldsOf(line.text);
    const end = localEnd(local);
    if (end === undefined || state === undefined) {
      const what = `found ${quoted(line.text)} where a socket stands`;
      return { ok: false, failure: unparsable(what, line.number) };
    }
    if (state === waiting[protocol]) sockets.push({ protocol, ...end, processes: [] });
  }
  return parsed(sockets);
}

function localEnd(text: string): Pick<ListeningSocket, "address" | "port"> | undefined {
  const [, digits = "", port] = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/i.exec(text) ?? [];
  if (port === undefined) return undefined;
  const found = digits.length === 8 ? procIpv4(digits) : procIpv6Words(digits);
  if (found === undefined) return undefined;
  const address = found === "::" ? undefined : unmapped(found);
  return defined({ address, port: Number.parseInt(port, 16) });
}

/** An IPv6 socket on `::ffff:192.0.2.1` takes IPv4 packets for 192.0.2.1, and no others. */
function unmapped(address: Address): Address {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}
