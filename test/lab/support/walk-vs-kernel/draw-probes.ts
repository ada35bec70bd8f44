import type { Draw } from "./draw.ts";
import {
  type Face,
  type Family,
  farHost,
  hostIn,
  hostNumbers,
  type Network,
} from "./draw-network.ts";
import type { DrawnProbe, DrawnSocket } from "./drawn-host.ts";
import type { SentPacket } from "./frames.ts";

/** Ports that rules and packets are about. */
export const ports = [22, 53, 80, 443, 5432, 8080] as const;

/** Packets that are about the network: from where, to where, as what. */
export function drawProbes(draw: Draw, network: Network, count: number): readonly DrawnProbe[] {
  return Array.from({ length: count }, (_, at) => drawProbe(draw, network, at));
}

function drawProbe(draw: Draw, network: Network, at: number): DrawnProbe {
  const family: Family = draw.chance(45) ? "ipv6" : "ipv4";
  const face = draw.pick(network.faces);
  const protocol = draw.pick(["tcp", "tcp", "udp", "udp", "icmp"] as const);
  const header = {
    ...(protocol === "icmp" ? icmpOf(draw, family) : portsOf(draw, at)),
    ...(draw.chance(10) ? { ttl: draw.pick([2, 5, 128]) } : {}),
    ...(draw.chance(8) ? { dscp: draw.pick([8, 46]) } : {}),
  };
  if (draw.chance(localPercent))
    return { entry: "lo", packet: ownPacket(draw, network, { family, protocol, ...header }) };
  const packet: SentPacket = {
    family,
    protocol,
    source: sourceOf(draw, network, { family, face }),
    destination: destinationOf(draw, network, { family, face }),
    ...header,
    ...sizeOf(draw, protocol),
  };
  return { entry: face.name, peer: draw.pick(face.peers), packet };
}

/** Share of the packets that sockets of the router send. */
const localPercent = 12;

function sizeOf(draw: Draw, protocol: SentPacket["protocol"]) {
  if (protocol === "tcp" || !draw.chance(20)) return {};
  const payloadBytes = draw.pick([40, 300, 1000, 1340, 1440]);
  if (payloadBytes < 1340 || draw.chance(50)) return { payloadBytes };
  draw.uses("packet that must not be cut");
  return { payloadBytes, mustNotFragment: true as const };
}

function ownPacket(
  draw: Draw,
  network: Network,
  header: Pick<SentPacket, "family" | "protocol">,
): SentPacket {
  const { family } = header;
  const face = draw.pick(network.faces);
  draw.uses("packet of the router itself");
  // The kernel fills in a source of IPv4 alone, and no checksum that depends on it.
  const open = family === "ipv4" && header.protocol !== "tcp" && draw.chance(50);
  if (open) draw.uses("packet with a source that the kernel chooses");
  return {
    ...header,
    source: open ? "0.0.0.0" : hostIn(family, draw.pick(network.faces).number, 1),
    destination: destinationOf(draw, network, { family, face }),
  };
}

/** Each connection has a source port of its own, so that no translation meets another's. */
function portsOf(draw: Draw, at: number) {
  return { sourcePort: 10_000 + at * 37 + draw.below(37), destinationPort: draw.pick(ports) };
}

function icmpOf(draw: Draw, family: Family) {
  if (family === "ipv6" || !draw.chance(10)) return {};
  draw.uses("packet ICMP beside echo");
  return { icmpType: 13 };
}

interface Where {
  readonly family: Family;
  readonly face: Face;
}

function sourceOf(draw: Draw, { faces }: Network, { family, face }: Where): string {
  const kind = draw.below(100);
  if (kind < 75) return hostIn(family, face.number, draw.pick(hostNumbers));
  if (kind < 88) return farHost(family, 1 + draw.below(4), draw.pick([10, 11]));
  if (kind < 96) {
    draw.uses("packet from another link's network");
    return hostIn(family, draw.pick(faces).number, draw.pick(hostNumbers));
  }
  draw.uses("packet from the router's own address");
  return hostIn(family, draw.pick(faces).number, 1);
}

function destinationOf(draw: Draw, { faces }: Network, { family, face }: Where): string {
  const kind = draw.below(100);
  const others = faces.filter((other) => other !== face);
  if (kind < 45) return hostIn(family, draw.pick(others).number, draw.pick(hostNumbers));
  if (kind < 70) return farHost(family, 1 + draw.below(4), draw.pick([10, 11]));
  if (kind < 90) {
    draw.uses("packet to the router");
    return hostIn(family, draw.chance(70) ? face.number : draw.pick(faces).number, 1);
  }
  if (kind < 95) {
    draw.uses("packet without a route of its own");
    return family === "ipv4" ? "192.0.2.7" : "2001:db8::7";
  }
  if (kind < 97 && family === "ipv4") {
    draw.uses("packet to the broadcast address");
    return hostIn(family, face.number, 255);
  }
  return hostIn(family, face.number, draw.pick(hostNumbers));
}

export function drawSockets(draw: Draw, { faces }: Network): readonly DrawnSocket[] {
  const wildcards = (["tcp", "udp"] as const).flatMap((protocol) =>
    ports.flatMap((port) => wildcardsOf(draw).map((address) => ({ protocol, address, port }))),
  );
  const taken = (socket: DrawnSocket) =>
    wildcards.some(
      ({ protocol, port, address }) =>
        protocol === socket.protocol &&
        port === socket.port &&
        (address === "*" || address.includes(":") === socket.address.includes(":")),
    );
  const own = faces
    .map(({ number }) => ({
      protocol: draw.pick(["tcp", "udp"] as const),
      address: hostIn(draw.pick(["ipv4", "ipv6"] as const), number, 1),
      port: draw.pick(ports),
    }))
    .filter((socket) => !taken(socket));
  if (own.length > 0) draw.uses("socket of one address");
  return [...wildcards, ...own];
}

/** `*` is one socket for both families. */
function wildcardsOf(draw: Draw): readonly string[] {
  if (draw.chance(20)) {
    draw.uses("socket for both families");
    return ["*"];
  }
  return ["0.0.0.0", "::"].filter(() => draw.chance(45));
}
