import type { Match, PortRange } from "../../model/netfilter.ts";
import type { Packet } from "../../model/packet.ts";
import { type Answer, type Test, unsure } from "./match-answer.ts";

const protocolNumbers: Readonly<Record<string, string>> = {
  icmp: "1",
  tcp: "6",
  udp: "17",
  "ipv6-icmp": "58",
  icmpv6: "58",
};

/** `-p`: a name of /etc/protocols or a number; every other protocol is none of docknet's packets. */
export function isProtocol(wanted: string, { family, protocol }: Packet): boolean {
  if (wanted === "all" || wanted === "0") return true;
  const own = protocol === "icmp" && family === "ipv6" ? "ipv6-icmp" : protocol;
  return (protocolNumbers[wanted] ?? wanted) === protocolNumbers[own];
}

/** A packet without a known port has none (ICMP), or one that the kernel chose from a range. */
export function inRange(port: number | undefined, { from, to }: PortRange, packet: Packet): Answer {
  if (port === undefined) return packet.protocol === "icmp" ? false : "unsure";
  return port >= from && port <= to;
}

export function multiportTest(
  side: "source" | "destination" | "either",
  ports: readonly PortRange[],
): Test {
  const holds = (port: number | undefined, packet: Packet): readonly Answer[] =>
    ports.map((range) => inRange(port, range, packet));
  return ({ packet }) => {
    const answers = [
      ...(side === "destination" ? [] : holds(packet.sourcePort, packet)),
      ...(side === "source" ? [] : holds(packet.destinationPort, packet)),
    ];
    if (answers.includes(true)) return true;
    return answers.includes("unsure") ? "unsure" : false;
  };
}

/** A connection's first packet carries SYN alone; a reply carries SYN and ACK, later ones ACK: unsure beyond these. */
export function tcpFlagsTest(mask: readonly string[], set: readonly string[]): Test {
  return ({ packet }) => {
    if (packet.protocol !== "tcp") return false;
    if (packet.ctState !== "NEW")
      return mask.includes("SYN") && !mask.includes("ACK")
        ? "unsure"
        : set.includes("ACK") || !mask.includes("ACK")
          ? "unsure"
          : false;
    const carried = mask.filter((flag) => flag === "SYN");
    return carried.length === set.length && carried.every((flag) => set.includes(flag));
  };
}

/** `-m ttl` and `-m hl` (xt_hl). */
export function hopLimitTest({
  comparison,
  value,
}: Extract<Match, { readonly kind: "hop-limit" }>): Test {
  return ({ packet: { ttl } }) => {
    if (ttl === undefined) return "unsure";
    return comparison === "eq" ? ttl === value : comparison === "lt" ? ttl < value : ttl > value;
  };
}

const anyType = "any";

/** `--icmp-type` as numbers, `type` or `type/code`; a name that is none of `any` is not known. */
export function icmpTypeTest({ icmpType }: Extract<Match, { readonly kind: "icmp-type" }>): Test {
  const numbers = /^(\d+)(?:\/(\d+))?$/.exec(icmpType);
  if (numbers === null && icmpType !== anyType) {
    return ({ packet }) => (packet.protocol === "icmp" ? "unsure" : false);
  }
  const type = Number(numbers?.[1]);
  const code = numbers?.[2] === undefined ? undefined : Number(numbers[2]);
  return ({ packet }) => {
    if (packet.protocol !== "icmp") return false;
    if (icmpType === anyType) return true;
    return typeOf(packet) === type && (code === undefined || (packet.icmpCode ?? 0) === code);
  };
}

/** An echo request, or its reply, where nothing else was said. */
function typeOf({ icmpType, family, ctDirection }: Packet): number {
  if (icmpType !== undefined) return icmpType;
  const [request, reply] = family === "ipv4" ? [8, 0] : [128, 129];
  return ctDirection === "REPLY" ? reply : request;
}

/**
 * Docker tells encrypted overlays by their VNI with this expression (moby, encryption.go `matchVXLAN`): the word at byte 12 after
 * the IP header holds the VNI in its upper 24 bits. Any other u32 is unsure.
 */
export function vniTest(expression: string): Test {
  const match = /^0x0>>0x16&0x3c@0xc&0xffffff00=0x([0-9a-f]+)$/.exec(expression);
  if (match === null) return unsure;
  const vni = Number.parseInt(match[1] ?? "0", 16) / 256;
  return ({ packet }) => {
    if (packet.protocol !== "udp") return "unsure";
    return packet.vni === undefined ? "unsure" : packet.vni === vni;
  };
}
