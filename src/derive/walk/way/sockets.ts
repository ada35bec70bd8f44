import type { Packet } from "../../../model/packet.ts";
import type { ListeningSocket } from "../../../model/socket.ts";
import type { InFlight } from "../in-flight.ts";

/** The socket that takes a packet for one of the host's own addresses: the most specific address wins. */
export function socketThatTakes(
  sockets: readonly ListeningSocket[],
  { packet, inLink }: Pick<InFlight, "packet" | "inLink">,
): ListeningSocket | undefined {
  const open = sockets.filter(
    ({ protocol, port, boundLink }) =>
      protocol === packet.protocol &&
      port === packet.destinationPort &&
      (boundLink === undefined || boundLink === inLink),
  );
  return (
    open.find(({ address }) => isOf(address, packet)) ??
    open.find(({ address }) => isWildcard(address, packet))
  );
}

/** An IPv6 socket may be bound to an IPv4 address. */
function isOf(address: string | undefined, { destination }: Packet): boolean {
  return address === destination || address === `::ffff:${destination}`;
}

/** `*` serves both families; `0.0.0.0` and `::` their own. */
function isWildcard(address: string | undefined, packet: Packet): boolean {
  if (address === undefined) return true;
  return address === (packet.family === "ipv4" ? "0.0.0.0" : "::");
}
