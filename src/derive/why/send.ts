import type { Family } from "../../model/ip.ts";
import type { Packet } from "../../model/packet.ts";
import type { EndpointName } from "../trace/endpoint.ts";
import { familyFor, packetOf, type TracedPacket } from "../trace/packet-of.ts";
import { type Found, partyOf } from "../trace/party.ts";
import { type Traced, trace } from "../trace/trace.ts";
import { relationOf } from "./networks.ts";
import type { Sides } from "./sides.ts";
import { hasNetwork } from "./states.ts";
import type { WhyHost } from "./why-host.ts";

/** A first packet, followed. */
export interface Sent {
  /** Who was aimed at: one of several networks where both are on several. */
  readonly to: EndpointName;
  readonly traced: Traced;
  /** Absent where a part of the way cannot be seen at all. */
  readonly packet?: TracedPacket;
}

export interface SentPackets {
  readonly sent: readonly Sent[];
  readonly family?: Family;
}

export interface Asked {
  readonly protocol: Packet["protocol"];
  readonly family?: Family;
}

/** The first packets of the connection: one for each network that both are on; none where an end has no network. */
export function send({ trace: host }: WhyHost, sides: Sides, asked: Asked): Found<SentPackets> {
  const { from, to } = sides;
  const isStill = [from, to].some(
    (side) => side.kind === "container" && !(hasNetwork(side.container) && hasNetwork(side.owner)),
  );
  if (isStill || relationOf(sides).kind === "none") return { ok: true, value: { sent: [] } };
  const sender = partyOf(host, from.endpoint);
  if (!sender.ok) return sender;
  const target = partyOf(host, to.endpoint);
  if (!target.ok) return target;
  const { protocol, family = familyFor(sender.value, target.value) } = asked;
  const sent: Sent[] = [];
  for (const aimed of aims(sides, family)) {
    const traced = trace(host, { from: from.endpoint, to: aimed, protocol, family });
    if (!traced.ok) return traced;
    const packets = found(partyOf(host, aimed)).flatMap((party) =>
      found(packetOf(host, { from: sender.value, to: party, protocol, family })),
    );
    for (const packet of packets) sent.push({ to: aimed, traced: traced.value, packet });
    if (packets.length === 0) sent.push({ to: aimed, traced: traced.value });
  }
  return { ok: true, value: { sent, family } };
}

function found<T>(result: Found<T>): readonly T[] {
  return result.ok ? [result.value] : [];
}

const mostNetworks = 4;

/** A name resolves to an address on each network that both are on; of networks that they do not share one is enough. */
function aims({ from, to }: Sides, family: Family): readonly EndpointName[] {
  const { endpoint } = to;
  if (to.kind !== "container" || endpoint.kind !== "container" || endpoint.network !== undefined)
    return [endpoint];
  const own = to.owner.endpoints.filter(({ addresses }) =>
    addresses.some((address) => address.family === family),
  );
  const near = from.kind === "container" ? from.owner.endpoints : [];
  const shared = own.filter(({ networkId }) => near.some((other) => other.networkId === networkId));
  if (own.length < 2 || shared.length === 1) return [endpoint];
  const meant = shared.length > 1 ? shared.slice(0, mostNetworks) : own.slice(0, 1);
  return meant.map(({ networkName }) => ({ ...endpoint, network: networkName }));
}
