import { type SeenPacket, seenPacket } from "./frames.ts";

/** One event of nf_tables' tracing. Source: NFNL_MSG_TYPE NFT_MSG_TRACE, linux/netfilter/nf_tables.h NFTA_TRACE_*. */
export interface TraceEvent {
  /** Stands for one packet on its way through the host. */
  readonly traceId: number;
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly type: "rule" | "return" | "policy" | "other";
  readonly handle?: number;
  /** accept, drop, continue, return, `jump X`, `goto X`. */
  readonly verdict: string;
  /** Headers, on the first event of a base chain. */
  readonly packet?: SeenPacket;
}

const traceMessage = (10 << 8) | 17;

/** The events of a netlink datagram. */
export function traceEvent(datagram: Buffer): readonly TraceEvent[] {
  const events: TraceEvent[] = [];
  for (let at = 0; at + 20 <= datagram.length; ) {
    const length = datagram.readUInt32LE(at);
    if (length < 20) break;
    if (datagram.readUInt16LE(at + 4) === traceMessage) {
      const family = families[datagram[at + 16] ?? 0] ?? "?";
      events.push(eventOf(family, attributes(datagram.subarray(at + 20, at + length))));
    }
    at += (length + 3) & ~3;
  }
  return events;
}

const families: Readonly<Record<number, string>> = {
  1: "inet",
  2: "ip",
  3: "arp",
  5: "netdev",
  7: "bridge",
  10: "ip6",
};

function attributes(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 4) break;
    found.set(bytes.readUInt16LE(at + 2) & 0x3fff, bytes.subarray(at + 4, at + length));
    at += (length + 3) & ~3;
  }
  return found;
}

function eventOf(family: string, found: ReadonlyMap<number, Buffer>): TraceEvent {
  const type =
    (["other", "policy", "return", "rule"] as const)[found.get(4)?.readUInt32BE() ?? 0] ?? "other";
  const handle = found.get(3);
  const packet = seenPacket(found.get(8) ?? Buffer.alloc(0), found.get(9) ?? Buffer.alloc(0));
  return {
    family,
    table: text(found.get(1)),
    chain: text(found.get(2)),
    type,
    verdict:
      type === "policy" ? codeText(found.get(16)?.readInt32BE() ?? 1) : verdictOf(found.get(5)),
    traceId: found.get(6)?.readUInt32BE() ?? 0,
    ...(handle === undefined ? {} : { handle: Number(handle.readBigUInt64BE()) }),
    ...(packet === undefined ? {} : { packet }),
  };
}

function verdictOf(bytes: Buffer | undefined): string {
  if (bytes === undefined) return "continue";
  const inner = attributes(bytes);
  const code = inner.get(1)?.readInt32BE() ?? 1;
  const chain = inner.get(2);
  const name = codeText(code);
  return chain === undefined ? name : `${name} ${text(chain)}`;
}

function codeText(code: number): string {
  const names: Readonly<Record<number, string>> = {
    0: "drop",
    1: "accept",
    2: "stolen",
    3: "queue",
    [-1]: "continue",
    [-2]: "break",
    [-3]: "jump",
    [-4]: "goto",
    [-5]: "return",
  };
  return (names[code] ?? (code & 0xff) === 0) ? (names[code] ?? "drop") : `code ${code}`;
}

function text(bytes: Buffer | undefined): string {
  return bytes === undefined ? "" : bytes.toString().replaceAll("\0", "");
}
