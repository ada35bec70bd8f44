import {
  type Address,
  type AddressWords,
  addressText,
  addressWords,
} from "../../../../src/model/ip.ts";

/** A packet that the lab sends, and as it sees it come out. */
export interface SentPacket {
  readonly family: "ipv4" | "ipv6";
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  /** ICMP type and code, TCP flags as a byte. */
  readonly icmpType?: number;
  readonly icmpCode?: number;
  readonly tcpFlags?: number;
  /** Identifier of an ICMP echo. */
  readonly echoId?: number;
  readonly ttl?: number;
  readonly dscp?: number;
  /** DF of IPv4. */
  readonly mustNotFragment?: true;
  /** Bytes after the transport header. */
  readonly payloadBytes?: number;
}

export const [syn, rst, ack] = [2, 4, 16];
/** With the option for the largest segment. */
export const tcpHeaderBytes = 24;
const firstSequence = 0x10000000;

/** The packet from its IP header on, as a socket of the router sends it. */
export function datagramOf(packet: SentPacket, id: number): Buffer {
  const nowhere = "00:00:00:00:00:00";
  const datagram = frameOf(packet, { id, from: nowhere, to: nowhere }).subarray(14);
  // The kernel chooses the source, and UDP needs no checksum of it over IPv4.
  if (packet.source === "0.0.0.0" && packet.protocol === "udp") datagram.writeUInt16BE(0, 26);
  return datagram;
}

/** An Ethernet frame that carries the packet; `id` is in the IPv4 identification or the IPv6 flow label, which no router changes. */
export function frameOf(
  packet: SentPacket,
  { id, from, to }: { readonly id: number; readonly from: string; readonly to: string },
): Buffer {
  const transport = transportOf(packet, id);
  const six = packet.family === "ipv6";
  const ip = six
    ? ipv6Header(packet, { id, length: transport.length })
    : ipv4Header(packet, { id, length: transport.length });
  fillChecksum(packet, transport);
  return Buffer.concat([
    mac(to),
    mac(from),
    Buffer.from([six ? 0x86 : 8, six ? 0xdd : 0]),
    ip,
    transport,
  ]);
}

function mac(text: string): Buffer {
  return Buffer.from(text.replaceAll(":", ""), "hex");
}

function addressBytes(address: Address): Buffer {
  const words = addressWords(address) ?? [];
  const bytes = Buffer.alloc(words.length * 4);
  for (const [at, word] of words.entries()) bytes.writeUInt32BE(word, at * 4);
  return bytes;
}

function protocolNumber({ protocol, family }: SentPacket): number {
  if (protocol === "icmp") return family === "ipv6" ? 58 : 1;
  return protocol === "tcp" ? 6 : 17;
}

function transportOf(packet: SentPacket, id: number): Buffer {
  const payload = Buffer.alloc(packet.payloadBytes ?? 8);
  payload.writeUInt32BE(id, 0);
  const { sourcePort = 0, destinationPort = 0 } = packet;
  if (packet.protocol === "icmp") {
    const header = Buffer.alloc(8);
    header[0] = packet.icmpType ?? (packet.family === "ipv6" ? 128 : 8);
    header[1] = packet.icmpCode ?? 0;
    header.writeUInt16BE(packet.echoId ?? id & 0xffff, 4);
    header.writeUInt16BE(1, 6);
    return Buffer.concat([header, payload]);
  }
  const header = Buffer.alloc(packet.protocol === "tcp" ? tcpHeaderBytes : 8);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  if (packet.protocol === "udp") {
    header.writeUInt16BE(8 + payload.length, 4);
    return Buffer.concat([header, payload]);
  }
  header.writeUInt32BE(firstSequence + id * 16, 4);
  header[12] = (tcpHeaderBytes / 4) << 4;
  header[13] = packet.tcpFlags ?? syn;
  header.writeUInt16BE(64_240, 14);
  // The largest segment, as every real SYN says it: without it TCPMSS makes the packet longer.
  header.writeUInt32BE(0x02_04_05_b4, 20);
  return header;
}

/** A TCP answer acknowledges what it answers. */
export function acknowledging(frame: Buffer, { family }: SentPacket, answered: number): Buffer {
  const start = 14 + (family === "ipv6" ? 40 : 20);
  const copy = Buffer.from(frame);
  copy.writeUInt32BE(firstSequence + answered * 16 + 1, start + 8);
  const transport = copy.subarray(start);
  transport.writeUInt16BE(0, 16);
  const ip = copy.subarray(14, start);
  const bytes = family === "ipv6" ? ip.subarray(8, 40) : ip.subarray(12, 20);
  transport.writeUInt16BE(
    checksum(Buffer.concat([bytes, Buffer.from([0, 6]), shortOf(transport.length), transport])),
    16,
  );
  return copy;
}

function shortOf(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

function fillChecksum(packet: SentPacket, transport: Buffer): void {
  const at = packet.protocol === "tcp" ? 16 : packet.protocol === "udp" ? 6 : 2;
  const pseudo =
    packet.protocol === "icmp" && packet.family === "ipv4"
      ? Buffer.alloc(0)
      : Buffer.concat([
          addressBytes(packet.source),
          addressBytes(packet.destination),
          shortOf(protocolNumber(packet)),
          shortOf(transport.length),
        ]);
  const sum = checksum(Buffer.concat([pseudo, transport]));
  transport.writeUInt16BE(sum === 0 && packet.protocol === "udp" ? 0xffff : sum, at);
}

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2)
    sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

interface HeaderOf {
  readonly id: number;
  readonly length: number;
}

function ipv4Header(packet: SentPacket, { id, length }: HeaderOf): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header[1] = (packet.dscp ?? 0) << 2;
  header.writeUInt16BE(20 + length, 2);
  header.writeUInt16BE(id, 4);
  header[6] = packet.mustNotFragment ? 0x40 : 0;
  header[8] = packet.ttl ?? 64;
  header[9] = protocolNumber(packet);
  addressBytes(packet.source).copy(header, 12);
  addressBytes(packet.destination).copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  return header;
}

function ipv6Header(packet: SentPacket, { id, length }: HeaderOf): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32BE((6 << 28) + ((packet.dscp ?? 0) << 22) + id, 0);
  header.writeUInt16BE(length, 4);
  header[6] = protocolNumber(packet);
  header[7] = packet.ttl ?? 64;
  addressBytes(packet.source).copy(header, 8);
  addressBytes(packet.destination).copy(header, 24);
  return header;
}

/** A packet that came out of the router, or that nf_tables traced. */
export type SeenPacket = SentPacket & {
  readonly id: number;
  /** The packet that a TCP segment acknowledges, or that an ICMP error is about. */
  readonly answers?: number;
};

/** Reads a packet from its IP header on; undefined for anything but TCP, UDP and ICMP. */
export function seenPacket(ip: Buffer, transport: Buffer): SeenPacket | undefined {
  const six = (ip[0] ?? 0) >> 4 === 6;
  if (ip.length < (six ? 40 : 20)) return undefined;
  const number = ip[six ? 6 : 9];
  const protocol =
    number === 6 ? "tcp" : number === 17 ? "udp" : number === (six ? 58 : 1) ? "icmp" : undefined;
  if (protocol === undefined || transport.length < 8) return undefined;
  // The first fragment of a packet that was cut stands for it.
  if (!six && (ip.readUInt16BE(6) & 0x1fff) !== 0) return undefined;
  const base = {
    family: six ? ("ipv6" as const) : ("ipv4" as const),
    protocol,
    id: six ? ip.readUInt32BE(0) & 0xfffff : ip.readUInt16BE(4),
    source: addressAt(ip, six ? 8 : 12, six),
    destination: addressAt(ip, six ? 24 : 16, six),
    ttl: ip[six ? 7 : 8] ?? 0,
    dscp: six ? (ip.readUInt32BE(0) >>> 22) & 63 : (ip[1] ?? 0) >> 2,
  } as const;
  if (protocol === "icmp") return { ...base, ...icmpPart(transport, six) };
  const ports = {
    sourcePort: transport.readUInt16BE(0),
    destinationPort: transport.readUInt16BE(2),
  };
  if (protocol === "udp") return { ...base, ...ports };
  const tcpFlags = transport[13] ?? 0;
  const answered =
    transport.length >= 12 ? (transport.readUInt32BE(8) - firstSequence - 1) / 16 : -1;
  const answers =
    (tcpFlags & ack) !== 0 && Number.isInteger(answered) && answered > 0
      ? { answers: answered }
      : {};
  return { ...base, ...ports, tcpFlags, ...answers };
}

function icmpPart(transport: Buffer, six: boolean) {
  const icmpType = transport[0] ?? 0;
  const echo = six ? icmpType === 128 || icmpType === 129 : icmpType === 8 || icmpType === 0;
  const error = six ? icmpType < 128 : [3, 11, 12].includes(icmpType);
  const inner =
    error && transport.length >= 14
      ? six
        ? transport.readUInt32BE(8) & 0xfffff
        : transport.readUInt16BE(12)
      : undefined;
  return {
    icmpType,
    icmpCode: transport[1] ?? 0,
    ...(echo ? { echoId: transport.readUInt16BE(4) } : {}),
    ...(inner === undefined ? {} : { answers: inner }),
  };
}

function addressAt(bytes: Buffer, at: number, six: boolean): Address {
  const words: AddressWords = (six ? [0, 4, 8, 12] : [0]).map((offset) =>
    bytes.readUInt32BE(at + offset),
  );
  return addressText(words);
}
