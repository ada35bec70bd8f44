import type { Packet } from "../../model/packet.ts";
import { shellWord } from "../../model/query.ts";
import type { TraceHop } from "../../model/trace/trace-report.ts";
import type { WhyFinding } from "../../model/why/why-report.ts";
import { followPacket, followReply, type Path } from "../path/follow.ts";
import { overheadBytes } from "../path/vxlan.ts";
import { hostPlace, linkAt } from "../path/world.ts";
import type { TracedPacket } from "../trace/packet-of.ts";
import type { Traced } from "../trace/trace.ts";
import { placeName } from "../trace/way.ts";
import { evidenceAt } from "./evidence-at.ts";
import { type Look, together } from "./look.ts";
import { placeNamed, type WhyHost } from "./why-host.ts";

/**
 * Whether a packet of full size passes both ways, where small ones do. TCP makes its packets no larger than the smaller of both ends'
 * MTUs (MSS); a datagram is as large as the sender's link takes.
 */
export function lookAtFullSize(
  host: WhyHost,
  so: { readonly packet: TracedPacket; readonly traced: Traced },
): Look {
  const { packet, traced } = so;
  const sizeBytes = fullSize(host, { traced, protocol: packet.departure.attempt.packet.protocol });
  // What stays within a namespace meets no link.
  if (traced.fate !== "delivered" || sizeBytes === undefined) return {};
  const { world } = host.trace;
  const { place, attempt } = packet.departure;
  const start = { place, attempt: { ...attempt, packet: { ...attempt.packet, sizeBytes } } };
  const there = followPacket(world, start);
  const paths = [there, followReply(world, there)].flatMap((path) => path ?? []);
  const stops = paths.flatMap((path) => stopped(host, path, sizeBytes));
  const tunnels = paths.flatMap((path) => tunnelled(host, path, sizeBytes));
  if (stops.length > 0) return together(stops);
  const [tunnel] = tunnels;
  if (tunnel !== undefined) return { suspects: [tunnel] };
  const unsure = paths.find(({ fate }) => fate !== "delivered");
  if (unsure !== undefined) {
    const text = `whether a packet of ${sizeBytes} bytes passes as a small one does`;
    return { unknown: [{ topic: "size", text, isNeeded: true }] };
  }
  return {
    seen: [
      {
        topic: "size",
        text: `a packet of ${sizeBytes} bytes fits every link on the way, there and back`,
      },
    ],
  };
}

function fullSize(
  host: WhyHost,
  { traced, protocol }: { readonly traced: Traced; readonly protocol: Packet["protocol"] },
): number | undefined {
  const hops = traced.legs.slice(0, 1).flatMap(({ request }) => request.hops);
  const [first, ...further] = hops;
  if (first === undefined) return undefined;
  const sender = first.mtuBytes ?? entryMtu(host, first);
  const last = further.at(-1);
  if (sender === undefined || last === undefined || protocol !== "tcp") return sender;
  return Math.min(sender, entryMtu(host, last) ?? sender);
}

/** MTU of the link that a packet came in by. */
function entryMtu(host: WhyHost, { name, from }: TraceHop): number | undefined {
  const place = placeNamed(host, name);
  return place === undefined
    ? undefined
    : linkAt(host.trace.world, { place, ifname: from })?.mtuBytes;
}

/** A link that takes less. Who is told sends smaller packets (path MTU discovery); where nobody is told they are lost. */
function stopped(host: WhyHost, path: Path, sizeBytes: number): readonly Look[] {
  const { element, fate, place } = path;
  if (element?.kind !== "mtu") return [];
  const { ifname, mtuBytes } = element;
  const where = placeName(host.trace.world, place);
  const enter = place === hostPlace ? "" : `nsenter --net=${shellWord(place)} `;
  const isTold = fate === "rejected";
  const effect = isTold
    ? "the sender is told and sends smaller ones, unless something drops that message (ICMP)"
    : "it is lost and nobody is told: small requests pass, large ones hang";
  const finding: WhyFinding = {
    kind: "link-too-small",
    topic: "size",
    message: `${ifname} in ${where} takes ${mtuBytes} bytes and a full-size packet has ${sizeBytes}: ${effect}`,
    evidence: [evidenceAt(host, place, element)],
    remedy: {
      summary: `Give ${ifname} the MTU of the others on the way, or all of them its own`,
      commands: [`${enter}ip link set dev ${shellWord(ifname)} mtu ${sizeBytes}`],
      persistent: [
        "the MTU of a Docker network is set when it is made: docker network create -o com.docker.network.driver.mtu=BYTES",
      ],
    },
  };
  return [isTold ? { notes: [finding] } : { causes: [finding] }];
}

/** The packets of the tunnel are larger by its headers than the one that they carry. */
function tunnelled(host: WhyHost, { outer }: Path, inner: number): readonly WhyFinding[] {
  const { world } = host.trace;
  return (outer?.hops ?? []).flatMap(({ to = "", place, came }) => {
    const overhead = overheadBytes[came.family];
    const sizeBytes = inner + overhead;
    const mtuBytes = linkAt(world, { place, ifname: to })?.mtuBytes ?? sizeBytes;
    if (sizeBytes <= mtuBytes) return [];
    return [
      {
        kind: "tunnel-too-small",
        topic: "size",
        message: `a full-size packet of ${inner} bytes needs ${sizeBytes} in the overlay's tunnel (VXLAN adds ${overhead}), and ${to} takes ${mtuBytes}: large packets are refused or cut, so small requests pass and large ones may hang`,
        evidence: [evidenceAt(host, place, { kind: "mtu", ifname: to, mtuBytes, sizeBytes })],
        remedy: {
          summary: `Give the overlay network an MTU of ${mtuBytes - overhead}, or the network below one of ${sizeBytes}`,
          commands: [],
          persistent: [
            `docker network create -d overlay -o com.docker.network.driver.mtu=${mtuBytes - overhead} …, and the services on it anew`,
          ],
        },
      },
    ];
  });
}
