import { elementText } from "../../src/derive/evidence.ts";
import { compileNetns } from "../../src/derive/walk/compile.ts";
import { walk } from "../../src/derive/walk/walk.ts";
import type { Facts } from "../../src/model/facts.ts";
import type { Attempt } from "../../src/model/intent.ts";
import type { Packet, WalkResult } from "../../src/model/packet.ts";
import type { HostBuilder } from "./a-host.ts";
import { appBridge } from "./healthy-facts.ts";

/** The first packet of a connection from the container web to the outside. */
export const outgoing: Attempt = {
  entry: { kind: "link", ifname: appBridge },
  packet: {
    family: "ipv4",
    source: "172.20.0.2",
    destination: "1.1.1.1",
    protocol: "tcp",
    sourcePort: 40_000,
    destinationPort: 443,
    ctState: "NEW",
    ctDirection: "ORIGINAL",
  },
  expect: { kind: "leaves", sourceTranslated: true },
};

/** The first packet of a client outside to port 8080 of the host. */
export const incoming: Attempt = {
  ...outgoing,
  entry: { kind: "link", ifname: "eth0" },
  packet: {
    ...outgoing.packet,
    source: "198.51.100.7",
    destination: "192.0.2.10",
    destinationPort: 8080,
  },
};

/** The answer to `outgoing`. */
export const answer: Attempt = {
  ...incoming,
  packet: {
    family: "ipv4",
    source: "1.1.1.1",
    destination: "192.0.2.10",
    protocol: "tcp",
    sourcePort: 443,
    destinationPort: 40_000,
    ctState: "ESTABLISHED",
    ctDirection: "REPLY",
  },
  connection: {
    original: {
      source: "172.20.0.2",
      destination: "1.1.1.1",
      sourcePort: 40_000,
      destinationPort: 443,
    },
    backTo: "172.20.0.2",
  },
};

export function withPacket(attempt: Attempt, change: Partial<Packet>): Attempt {
  return { ...attempt, packet: { ...attempt.packet, ...change } };
}

/** What becomes of an attempt on a host. */
export function walkOn(host: HostBuilder | { facts(): Facts }, attempt: Attempt): WalkResult {
  return walk(compileNetns(host.facts()), attempt);
}

/** The same in one line: where it arrives and as what, or what decided. */
export function fateOn(host: HostBuilder, attempt: Attempt): string {
  const result = walkOn(host, attempt);
  if (result.fate !== "delivered") return `${result.fate}: ${elementText(result.element)}`;
  const { arrival } = result;
  const { source, destination, destinationPort } = arrival.packet;
  const where =
    arrival.kind === "local"
      ? `taken by ${arrival.process ?? "?"}`
      : `out of ${arrival.outputLink}`;
  return `${where}, ${source} → ${destination}:${destinationPort ?? ""}`;
}
