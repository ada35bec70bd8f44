import type { Address } from "../../model/ip.ts";
import type { Packet } from "../../model/packet.ts";
import type { Departure, Path } from "./follow.ts";

/** Container of a published port, for docker-proxy: the address and port that it connects to. */
export type ProxyTarget = (
  packet: Packet,
) => { readonly address: Address; readonly port: number } | undefined;

export function proxiedTo(path: Path, proxy: ProxyTarget | undefined): ReturnType<ProxyTarget> {
  const { arrival } = path;
  if (arrival?.kind !== "local" || arrival.process !== "docker-proxy") return undefined;
  return proxy?.(arrival.packet);
}

/** docker-proxy is a socket of the host that connects to the container. */
export function relay(
  { place, arrival, hops }: Path,
  { address, port }: { readonly address: Address; readonly port: number },
): Departure {
  const packet = arrival?.packet ?? hops[0]?.came;
  const protocol = packet?.protocol ?? "tcp";
  const family = address.includes(":") ? "ipv6" : "ipv4";
  return {
    place,
    attempt: {
      entry: { kind: "local" },
      packet: {
        family,
        source: family === "ipv4" ? "0.0.0.0" : "::",
        destination: address,
        protocol,
        sourcePort: 45_000,
        destinationPort: port,
        ctState: "NEW",
        ctDirection: "ORIGINAL",
      },
      expect: { kind: "leaves", sourceTranslated: false },
    },
  };
}
