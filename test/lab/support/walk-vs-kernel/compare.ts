import type { Attempt } from "../../../../src/model/intent.ts";
import type { Packet, Step, WalkResult } from "../../../../src/model/packet.ts";
import { type RuleNumbers, ruleKey } from "./built-host.ts";
import { type SentPacket, tcpHeaderBytes } from "./frames.ts";
import type { Fate, Sent } from "./observe.ts";

/** The question to the walk about a packet that was sent. */
export function attemptOf(
  { probe: { entry, peer, packet }, answers }: Sent,
  { sourceMac, opened }: { readonly sourceMac: string; readonly opened?: WalkResult },
): Attempt {
  const reply = answers !== undefined;
  return {
    entry:
      peer === undefined
        ? { kind: "local", uid: 0, gid: 0 }
        : { kind: "link", ifname: entry, sourceMac },
    packet: {
      ...walkedPacket(packet),
      ctState: reply ? "ESTABLISHED" : "NEW",
      ctDirection: reply ? "REPLY" : "ORIGINAL",
    },
    ...(answers === undefined
      ? {}
      : { connection: { original: tupleOf(answers.first), ...rememberedMark(opened) } }),
    expect: { kind: "leaves", sourceTranslated: false },
  };
}

/** What the walk of the first packet left on the connection. */
function rememberedMark(opened: WalkResult | undefined) {
  if (opened?.fate !== "delivered") return {};
  const { connmark = 0 } = opened.arrival;
  return connmark === "unknown" ? {} : { connmark };
}

function walkedPacket(packet: SentPacket): Omit<Packet, "ctState" | "ctDirection"> {
  const { family, source, destination, protocol, icmpType } = packet;
  const code = packet.icmpCode ?? 0;
  return {
    family,
    source,
    destination,
    protocol,
    ...portsOf(packet),
    ...(icmpType === undefined ? {} : { icmpType, icmpCode: code }),
    sizeBytes: sizeOf(packet),
    ttl: packet.ttl ?? 64,
    dscp: packet.dscp ?? 0,
    ...(family === "ipv4" && !packet.mustNotFragment ? { mayFragment: true as const } : {}),
  };
}

function sizeOf({ family, protocol, payloadBytes = 8 }: SentPacket): number {
  const header = family === "ipv6" ? 40 : 20;
  return header + (protocol === "tcp" ? tcpHeaderBytes : 8 + payloadBytes);
}

function portsOf({ sourcePort, destinationPort }: SentPacket) {
  return {
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
  };
}

function tupleOf(packet: SentPacket) {
  return { source: packet.source, destination: packet.destination, ...portsOf(packet) };
}

/** What of the kernel's doings can be seen. */
export interface Visible {
  /** Rules by their handles; absent where the path cannot be seen whole. */
  readonly numbers?: RuleNumbers;
  /** Every chain has its place: no two of one priority. */
  readonly ordered: boolean;
}

/** Where a certain verdict is something else than the kernel's; undefined = nowhere. */
export function difference(
  result: WalkResult,
  fate: Fate,
  { numbers, ordered }: Visible,
): string | undefined {
  const different = fateDifference(result, fate, ordered);
  if (different !== undefined || isDoubtful(result) || numbers === undefined) return different;
  return pathDifference(result, fate, numbers);
}

/** A step of it may not have been taken. */
export function isDoubtful({ steps }: WalkResult): boolean {
  return steps.some(({ verdict }) => verdict.endsWith("(unsure)"));
}

function fateDifference(result: WalkResult, fate: Fate, ordered: boolean): string | undefined {
  const said = saidOf(result);
  const seen = seenOf(fate, result);
  // Where a rule that cannot be told, or one of another backend, may stop the packet before another one does, either may be the one.
  const stopped = (text: string) => text === "dropped" || text.startsWith("rejected");
  const either = isDoubtful(result) || !ordered;
  if (either && stopped(said) && stopped(seen)) return undefined;
  return said === seen ? undefined : `walk: ${said}; kernel: ${seen}`;
}

function saidOf(result: WalkResult): string {
  if (result.fate !== "delivered") {
    if (
      result.fate === "rejected" &&
      result.element.kind === "rule" &&
      result.element.table === "filter"
    )
      return `rejected ${rejectKind(result.element.text, result.element.family)}`;
    return result.fate;
  }
  const { arrival } = result;
  return arrival.kind === "local"
    ? "local"
    : `out of ${arrival.outputLink} as ${packetText(arrival.packet)}`;
}

const icmpKinds: Readonly<Record<string, string>> = {
  "icmp-net-unreachable": "3/0",
  "icmp-host-unreachable": "3/1",
  "icmp-proto-unreachable": "3/2",
  "icmp-port-unreachable": "3/3",
  "icmp-net-prohibited": "3/9",
  "icmp-host-prohibited": "3/10",
  "icmp-admin-prohibited": "3/13",
  "icmp6-no-route": "1/0",
  "icmp6-adm-prohibited": "1/1",
  "icmp6-addr-unreachable": "1/3",
  "icmp6-port-unreachable": "1/4",
  "icmp6-policy-fail": "1/5",
  "icmp6-reject-route": "1/6",
  "tcp-reset": "tcp-reset",
};

function rejectKind(text: string, family: string): string {
  const kind =
    / --reject-with (\S+)/.exec(text)?.[1] ??
    (family === "ipv6" ? "icmp6-port-unreachable" : "icmp-port-unreachable");
  return icmpKinds[kind] ?? kind;
}

function seenOf(fate: Fate, result: WalkResult): string {
  switch (fate.kind) {
    case "forwarded": {
      const { packet, link = "" } = fate;
      // A port that the kernel chose among several is not known to the walk.
      const known = result.fate === "delivered" ? result.arrival.packet : undefined;
      const free =
        packet?.protocol !== "icmp" && known !== undefined && known.sourcePort === undefined;
      return `out of ${link} as ${packet === undefined ? "?" : packetText(packet, free)}`;
    }
    case "rejected": {
      const byRule =
        result.fate === "rejected" &&
        result.element.kind === "rule" &&
        result.element.table === "filter";
      return byRule ? `rejected ${fate.error ?? ""}` : "rejected";
    }
    case "silent":
      // An error has nowhere to go when its own way is closed: the rule that stopped the packet tells.
      return result.fate === "rejected" ? saidOf(result) : "dropped";
    case "local":
      // Nothing answers where the way back is closed, nor to TCP that is sent to everybody.
      return fate.answered === undefined && result.fate !== "delivered" ? saidOf(result) : "local";
    case "several":
      return "several copies";
  }
}

type Ends = Pick<Packet, "source" | "destination"> & {
  readonly sourcePort?: number;
  readonly destinationPort?: number;
};

function packetText(
  { source, destination, sourcePort, destinationPort }: Ends,
  free = false,
): string {
  const from = sourcePort === undefined || free ? source : `${source} ${sourcePort}`;
  return `${from} → ${destination}${destinationPort === undefined ? "" : ` ${destinationPort}`}`;
}

/** Rules of nf_tables and their verdicts, in the order in which the packet met them. */
function pathDifference(result: WalkResult, fate: Fate, numbers: RuleNumbers): string | undefined {
  const said = result.steps.flatMap(stepText).join("\n");
  const seen = fate.trace
    .flatMap((event) => {
      const { family, table, chain, handle, verdict, type } = event;
      if (type === "policy" && verdict === "drop")
        return [`${family} ${table} ${chain} policy drop`];
      if (type !== "rule" || handle === undefined || verdict === "continue") return [];
      const number = numbers.get(ruleKey({ family, table, chain, handle })) ?? 0;
      return [`${family} ${table} ${chain} ${number} ${verdict}`];
    })
    .join("\n");
  return said === seen ? undefined : `path of the walk:\n${said}\npath of the kernel:\n${seen}`;
}

function stepText({ element, verdict }: Step): readonly string[] {
  switch (element.kind) {
    case "rule": {
      const { backend, family, table, chain, ruleNumber } = element;
      const word = verdictWord(verdict);
      if (backend === "legacy" || word === "continue") return [];
      return [`${family === "ipv4" ? "ip" : "ip6"} ${table} ${chain} ${ruleNumber} ${word}`];
    }
    case "policy": {
      const { backend, family, table, chain } = element;
      return backend === "legacy"
        ? []
        : [`${family === "ipv4" ? "ip" : "ip6"} ${table} ${chain} policy drop`];
    }
    case "nft-chain": {
      const { nftFamily, table, chain } = element;
      return verdict === "policy drop" ? [`${nftFamily} ${table} ${chain} policy drop`] : [];
    }
    case "nft-rule": {
      const { nftFamily, table, chain, position } = element;
      const word = verdictWord(verdict);
      return word === "continue" ? [] : [`${nftFamily} ${table} ${chain} ${position} ${word}`];
    }
    default:
      return [];
  }
}

function verdictWord(verdict: string): string {
  const [word = "", chain] = verdict.split(" ");
  if (chain !== undefined && (word === "jump" || word === "goto")) return verdict;
  const lower = word.toLowerCase();
  if (["accept", "drop", "return", "queue"].includes(lower)) return lower;
  if (lower === "reject") return "drop";
  if (["dnat", "snat", "masquerade", "redirect", "netmap", "tproxy"].includes(lower))
    return "accept";
  return "continue";
}
