import { observerTable, peerMac } from "./built-host.ts";
import { strayPackets } from "./counters.ts";
import type { DrawnHost, DrawnProbe } from "./drawn-host.ts";
import {
  ack,
  acknowledging,
  datagramOf,
  frameOf,
  rst,
  type SeenPacket,
  type SentPacket,
  syn,
} from "./frames.ts";
import type { OutgoingFrame, Prober, Seen } from "./prober.ts";
import type { TraceEvent } from "./trace-events.ts";

/** A packet that was sent: the first of a connection, or the answer to one. */
export interface Sent {
  readonly id: number;
  readonly probe: DrawnProbe;
  /** For an answer: the number of what it answers, and that packet as it was sent. */
  readonly answers?: {
    readonly id: number;
    readonly first: SentPacket;
    /** A socket of the router opened the connection. */
    readonly toItself: boolean;
  };
}

/** What the kernel made of a packet. */
export interface Fate {
  readonly kind: "forwarded" | "local" | "rejected" | "silent" | "several";
  /** Link of the router and the packet, where it left. */
  readonly link?: string;
  readonly packet?: SeenPacket;
  /** `tcp-reset`, or type and code of an ICMP error. */
  readonly error?: string;
  /** A socket of the router answered or received it. */
  readonly answered?: true;
  /** It passed INPUT, or POSTROUTING, to the end. */
  readonly passedInput: boolean;
  readonly passedOutput: boolean;
  /** Conntrack does not know it: what answers it opens a connection of its own. */
  readonly untracked: boolean;
  /** What the kernel filled in where a socket left the source open. */
  readonly chosenSource?: string;
  /** What nf_tables traced of it, without the observer. */
  readonly trace: readonly TraceEvent[];
}

/** The fate of each packet, and how many the router made itself that came back to it. */
export interface Probed {
  readonly fates: ReadonlyMap<Sent, Fate>;
  readonly strays: number;
}

/** Sends first packets, then answers to those that came out, and gives the fate of each. */
export async function probe(host: DrawnHost, prober: Prober): Promise<Probed> {
  const first = host.probes.map((one, at): Sent => ({ id: at + 1, probe: one }));
  const { fates, strays } = await fatesOf(host, prober, first);
  const answers = [...fates].flatMap(([sent, fate]) =>
    answerTo(host, { sent, fate, id: host.probes.length + sent.id }),
  );
  if (answers.length === 0) return { fates, strays };
  const later = await fatesOf(host, prober, answers);
  return { fates: new Map([...fates, ...later.fates]), strays: strays + later.strays };
}

function answerTo(
  host: DrawnHost,
  { sent, fate, id }: { readonly sent: Sent; readonly fate: Fate; readonly id: number },
): readonly Sent[] {
  const { packet, link } = fate;
  if (fate.kind !== "forwarded" || packet === undefined || link === undefined) return [];
  const { family, protocol, source, destination, sourcePort, destinationPort, echoId, icmpType } =
    packet;
  if (protocol === "icmp" && icmpType !== 8 && icmpType !== 128) return [];
  const entry = host.links.find(({ peer }) => peer === link);
  if (entry === undefined || fate.untracked) return [];
  if (sent.probe.peer !== undefined && isRouters(sent.probe.packet.source)) return [];
  const reply: SentPacket = {
    family,
    protocol,
    source: destination,
    destination: source,
    ...(sourcePort === undefined || destinationPort === undefined
      ? {}
      : { sourcePort: destinationPort, destinationPort: sourcePort }),
    ...(protocol === "tcp" ? { tcpFlags: syn | ack } : {}),
    ...(echoId === undefined ? {} : { echoId, icmpType: family === "ipv6" ? 129 : 0 }),
  };
  return [
    {
      id,
      probe: { entry: entry.master ?? entry.name, peer: link, packet: reply },
      answers: {
        id: sent.id,
        first: { ...sent.probe.packet, source: fate.chosenSource ?? sent.probe.packet.source },
        toItself: sent.probe.peer === undefined,
      },
    },
  ];
}

/** An answer to an address of the router would be to a connection of its own. */
function isRouters(address: string): boolean {
  return /^10\.0\.\d\.1$|^fd00:\d::1$/.test(address);
}

async function fatesOf(host: DrawnHost, prober: Prober, all: readonly Sent[]): Promise<Probed> {
  const frames = all.map(({ id, probe: { peer, entry, packet }, answers }): OutgoingFrame => {
    if (peer === undefined) {
      const { source, destination } = packet;
      return { source, destination, datagram: datagramOf(packet, id) };
    }
    const to = host.links.find(({ name }) => name === entry)?.mac ?? "02:00:00:00:00:02";
    const frame = frameOf(packet, { id, from: peerMac(host, peer), to });
    return {
      link: peer,
      frame:
        answers === undefined || packet.protocol !== "tcp"
          ? frame
          : acknowledging(frame, packet, answers.id),
    };
  });
  const seen = await prober.send(frames);
  if (seen.problems.length > 0) throw new Error(seen.problems.join("\n"));
  const byId = pathsOf(seen.trace, all);
  const kinds = kindsOf(all);
  const wasSent = (packet: SeenPacket) => kinds.get(packet.id) === kindOf(packet);
  const seenIndex = index(seen, wasSent);
  return {
    fates: new Map(all.map((sent) => [sent, fateOf(sent, { seen: seenIndex, paths: byId })])),
    strays: strayPackets(seen, wasSent),
  };
}

interface Index {
  readonly through: ReadonlyMap<
    number,
    readonly { readonly link: string; readonly packet: SeenPacket }[]
  >;
  readonly received: ReadonlySet<number>;
}

/** A packet that the router itself made in answer to another one. */
function isOwn(packet: SeenPacket): boolean {
  const { protocol, tcpFlags = 0, answers, icmpType = 0 } = packet;
  if (protocol === "tcp")
    return (
      (tcpFlags & rst) !== 0 || ((tcpFlags & ack) !== 0 && answers !== undefined && packet.id === 0)
    );
  return protocol === "icmp" && answers !== undefined && icmpType !== 0;
}

function index(seen: Seen, wasSent: (packet: SeenPacket) => boolean): Index {
  // The router numbers its own echo replies as it likes: one of them may have the number of a packet that was sent.
  const through = seen.frames.filter(({ packet }) => !isOwn(packet) && wasSent(packet));
  return {
    through: Map.groupBy(through, ({ packet }) => packet.id),
    received: new Set(seen.received.map(({ id }) => id)),
  };
}

function kindOf({ protocol, family, icmpType, tcpFlags = syn }: SentPacket): string {
  const type = protocol === "icmp" ? (icmpType ?? (family === "ipv6" ? 128 : 8)) : 0;
  return `${family} ${protocol} ${type} ${protocol === "tcp" ? tcpFlags : ""}`;
}

function kindsOf(all: readonly Sent[]): ReadonlyMap<number, string> {
  return new Map(all.map(({ id, probe: { packet } }) => [id, kindOf(packet)]));
}

interface Path {
  readonly events: TraceEvent[];
  /** The router made this packet itself. */
  readonly own: boolean;
}

interface Paths {
  readonly ways: ReadonlyMap<number, Path>;
  /** Packets that the router made in answer. */
  readonly made: ReadonlyMap<number, readonly SeenPacket[]>;
}

/** Events of each packet that was sent, by its number; the router's own packets by what they answer. */
function pathsOf(trace: readonly TraceEvent[], all: readonly Sent[]): Paths {
  const echoes = new Map(all.map(({ id, probe: { packet } }) => [packet.echoId ?? id, id]));
  const ways = new Map<number, Path>();
  const made = new Map<number, SeenPacket[]>();
  const open = new Map<number, Path | undefined>();
  const itself = new Set(all.filter(({ probe }) => probe.peer === undefined).map(({ id }) => id));
  const kinds = kindsOf(all);
  for (const event of trace) {
    const { packet, chain } = event;
    if (event.table === observerTable && packet !== undefined) {
      const sent = kinds.get(packet.id) === kindOf(packet);
      if (chain === "out" && !(sent && itself.has(packet.id))) {
        const path: Path = { events: [], own: true };
        const about =
          packet.answers ?? (packet.echoId === undefined ? undefined : echoes.get(packet.echoId));
        if (about !== undefined) made.set(about, [...(made.get(about) ?? []), packet]);
        open.set(event.traceId, path);
      } else if (sent && (chain === "out" || open.get(event.traceId)?.own !== true)) {
        // The kernel may have copied the packet on its way: then its trace has another number from here on. A packet that sets out
        // may have the number of one that ended, as numbers are made of the place in memory.
        const path = ways.get(packet.id) ?? { events: [], own: false };
        ways.set(packet.id, path);
        open.set(event.traceId, path);
      } else if (chain === "pre") open.delete(event.traceId);
    }
    open.get(event.traceId)?.events.push(event);
  }
  return { ways, made };
}

function fateOf(
  { id, probe: { packet }, answers }: Sent,
  { seen, paths }: { readonly seen: Index; readonly paths: Paths },
): Fate {
  const events = paths.ways.get(id)?.events ?? [];
  const at = (chain: string) =>
    events.some(({ table, chain: name }) => table === observerTable && name === chain);
  const started = packet.source === "0.0.0.0" ? events[0]?.packet?.source : undefined;
  const base = {
    ...(started === undefined ? {} : { chosenSource: started }),
    passedInput: at("in"),
    passedOutput: at("post"),
    untracked: events.some(
      ({ table, chain, type, handle }) =>
        table === observerTable && chain === "post" && type === "rule" && handle !== undefined,
    ),
    trace: events.filter(({ table }) => table !== observerTable),
  };
  const came = seen.through.get(id) ?? [];
  const [first] = came;
  if (came.length > 1 && new Set(came.map(({ link }) => link)).size > 1)
    return { ...base, kind: "several" };
  if (first !== undefined)
    return { ...base, kind: "forwarded", link: first.link, packet: first.packet };
  // The connection that it answers has no socket here but the one that sends whole packets: what comes back is not listened to.
  if (answers?.toItself && base.passedInput) return { ...base, kind: "local" };
  const own = paths.made.get(id) ?? [];
  const [made] = own;
  if (seen.received.has(id)) return { ...base, kind: "local", answered: true };
  if (made === undefined) return { ...base, kind: base.passedInput ? "local" : "silent" };
  if (made.protocol === "icmp" && made.answers !== undefined)
    return { ...base, kind: "rejected", error: `${made.icmpType}/${made.icmpCode}` };
  if (made.protocol === "tcp" && packet.protocol === "tcp" && ((made.tcpFlags ?? 0) & rst) !== 0)
    return { ...base, kind: "rejected", error: "tcp-reset" };
  return { ...base, kind: "local", answered: true };
}
